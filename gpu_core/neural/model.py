"""GeneratorModel: an ONNX network, and the signature that says what its tensors mean.

The signature comes from whoever gives it, else from the card (JSON beside the network, same stem), else from the file's
metadata `mien`, else from an unambiguous guess. `resources/models/README.md` describes the card.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gpu_core.errors import ModelError
from gpu_core.neural.inspection import (
    NetworkFacts,
    check_file,
    guess_signature,
    inspect_network,
    refuse_what_cannot_be_pictures,
)
from gpu_core.neural.signature import Signature
from gpu_core.neural.signature_check import check_signature

CARD_SCHEMA = 2
CARD_HELP = "resources/models/README.md describes cards"
METADATA_KEY = "mien"
PRECISIONS = ("fp32", "fp16", "int8")  # of files; bf16 is arithmetic that needs no file of its own


class SignatureNeeded(ModelError):
    """The network is sound, but nothing says what its tensors mean. `guess` may be None; it is to start asking from."""

    def __init__(self, facts: NetworkFacts, guess: Signature | None) -> None:
        tensors = ", ".join(f"{tensor.name!r} ({tensor.told})" for tensor in facts.inputs)
        super().__init__(
            f"what {facts.path.name} wants is not known; its inputs are {tensors}: open it in the window and say, "
            f"or put a card beside it ({CARD_HELP})"
        )
        self.facts, self.guess = facts, guess


@dataclass(frozen=True)
class GeneratorModel:
    """A generator ready to be opened by a neural path."""

    name: str
    path: Path
    signature: Signature
    sha256: str  # of the ONNX file
    contract: str = ""  # see gpu_core.contract; empty where nobody says what it was trained on
    precision: str = "fp32"  # of its weights: one of PRECISIONS
    assumed: str = ""  # a sentence for the user where the signature was guessed
    trusted: bool = False  # the card names this very file: it has been looked at before
    card: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def variant(self, precision: str) -> GeneratorModel | None:
        """The same network in another precision, if a file beside this one is that by its card."""
        if precision == self.precision:
            return self
        path = self.path.with_suffix(f".{precision}.onnx")
        try:
            card = read_card(path) if path.is_file() else None
            made_from_this = card is not None and card.get("made_from") == self.sha256
            return load_model(path) if made_from_this else None
        except ModelError:
            return None


def load_model(path: Path, signature: Signature | None = None) -> GeneratorModel:
    """Read a generator. A given signature goes before everything that the file or its card say.

    Raises:
        SignatureNeeded: it could run, but nothing says what its tensors mean.
        ModelError: file, card or signature are broken, or do not fit each other.
    """
    path = Path(path)
    check_file(path)
    card = None if signature else read_card(path)
    digest = _digest(path)
    if signature is not None:
        return _checked(GeneratorModel(path.stem, path, signature, digest))
    if card is not None:
        return _carded(path, card, digest)
    facts = inspect_network(path)
    if METADATA_KEY in facts.metadata:
        return _checked(_from_metadata(facts, digest), facts)
    return _guessed(facts, digest)


def read_card(path: Path) -> dict[str, Any] | None:
    """The card beside a network's file, or None if there is none.

    Raises:
        ModelError: it cannot be read, or is no card of this schema.
    """
    card_path = Path(path).with_suffix(".json")
    try:
        card = json.loads(card_path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ModelError(f"the generator's card {card_path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ModelError(f"the generator's card {card_path} is not JSON: {error}") from error
    if not isinstance(card, dict) or card.get("schema") != CARD_SCHEMA:
        raise ModelError(f"the generator's card {card_path} is not of schema {CARD_SCHEMA}: {CARD_HELP}")
    return card


def write_card(model: GeneratorModel) -> Path:
    """Write what is known of a network beside it, so that nobody has to be asked again; the card's path.

    Raises:
        ModelError: the folder cannot be written to, or the disk is full; a card that was there stays whole.
    """
    path = model.path.with_suffix(".json")
    card = {"schema": CARD_SCHEMA, "name": model.name, "sha256": model.sha256, "precision": model.precision}
    card |= {"signature": model.signature.to_dict(), "made": datetime.date.today().isoformat()}
    try:
        _write_whole(path, json.dumps(card, indent=2) + "\n")
    except OSError as error:
        raise ModelError(f"the generator's card {path} cannot be written: {error.strerror}") from error
    return path


def _write_whole(path: Path, text: str) -> None:
    """The file as it shall be, or as it was: written beside it first, then put in its place."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _carded(path: Path, card: Mapping[str, Any], digest: str) -> GeneratorModel:
    expected = card.get("sha256")
    if expected not in (None, digest):
        raise ModelError(
            f"{path.name} is not the network its card describes: SHA-256 {digest[:12]} against {str(expected)[:12]}"
        )
    precision = card.get("precision", "fp32")
    if precision not in PRECISIONS:
        raise ModelError(f"the card of {path.name} has precision {precision!r}: {', '.join(PRECISIONS)} are known")
    model = GeneratorModel(
        name=_text(card, "name", path) or path.stem,
        path=path,
        signature=_signature(card.get("signature"), f"the card of {path.name}"),
        sha256=digest,
        contract=_text(card, "contract", path),
        precision=precision,
        trusted=expected == digest,
        card=card,
    )
    return model if model.trusted else _checked(model)


def _from_metadata(facts: NetworkFacts, digest: str) -> GeneratorModel:
    where = f"the metadata {METADATA_KEY!r} of {facts.path.name}"
    try:
        said = json.loads(facts.metadata[METADATA_KEY])
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{where} is not JSON: {error}") from error
    if not isinstance(said, dict):
        raise ModelError(f"{where} is no JSON object: {CARD_HELP}")
    signature = _signature(said.get("signature", said), where)
    name = _text(said, "name", facts.path) or facts.path.stem
    return GeneratorModel(name, facts.path, signature, digest, _text(said, "contract", facts.path))


def _guessed(facts: NetworkFacts, digest: str) -> GeneratorModel:
    guess, sure = guess_signature(facts)
    if guess is None:
        refuse_what_cannot_be_pictures(facts)
    if guess is None or not sure:
        raise SignatureNeeded(facts, guess)
    model = GeneratorModel(facts.path.stem, facts.path, guess, digest)
    return replace(_checked(model, facts), assumed=_assumption(guess, facts.path))


def _assumption(guess: Signature, path: Path) -> str:
    first = guess.inputs[0]
    pictures = " + ".join(picture for tensor in guess.inputs for picture in tensor.pictures)
    form = f"{first.order.upper()} {'0..255' if first.dtype == 'uint8' else '0..1'}, {first.layout}"
    return f"{path.name} has no card: taken as {pictures}, {form}, {first.width}x{first.height}"


def _checked(model: GeneratorModel, facts: NetworkFacts | None = None) -> GeneratorModel:
    check_signature(model.signature, facts or inspect_network(model.path))
    return model


def _signature(said: Any, where: str) -> Signature:
    try:
        return Signature.from_dict(said)
    except ModelError as error:
        raise ModelError(f"{where}: {error}; {CARD_HELP}") from error


def _text(said: Mapping[str, Any], key: str, path: Path) -> str:
    value = said.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ModelError(f"the {key} of {path.name} is {value!r}: text is needed")
    return value


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"cannot read the generator {path}: {error.strerror}") from error
