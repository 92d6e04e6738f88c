"""GeneratorModel: an ONNX network and its card, checked against each other.

The card is a JSON file beside the network with the same stem. It says what the network expects and what it was trained
on, so that no path has to guess: see `resources/models/README.md` for every field.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gpu_core.errors import ModelError

CARD_SCHEMA = 1
INPUT_CHANNELS, OUTPUT_CHANNELS = 6, 4


@dataclass(frozen=True)
class Normalisation:
    """How bytes become the network's numbers: value = (byte / 255 - mean) / std, channels in `order`."""

    order: str = "rgb"  # or "bgr"
    mean: float = 0.0
    std: float = 1.0


@dataclass(frozen=True)
class GeneratorModel:
    """A generator ready to be opened by a neural path.

    Input: float32 (batch, 6, size, size), texture image and render image, premultiplied sRGB over black, top row first.
    Output: float32 (batch, 4, size, size), premultiplied sRGB and alpha.
    """

    name: str
    path: Path
    size: int
    input: Normalisation
    output: Normalisation
    contract: str  # see gpu_core.contract
    sha256: str  # of the ONNX file
    card: dict[str, Any]


def load_model(path: Path) -> GeneratorModel:
    """Read a generator's card and check that it describes the network beside it.

    Raises:
        ModelError: file or card is missing, broken, or of a kind this version does not run.
    """
    path = Path(path)
    network = _network_bytes(path)
    card = _read_card(path.with_suffix(".json"))
    digest = hashlib.sha256(network).hexdigest()
    try:
        return GeneratorModel(
            name=str(card["name"]),
            path=path,
            size=_size(card["size"], path),
            input=_normalisation(card["input"], INPUT_CHANNELS, path),
            output=_normalisation(card["output"], OUTPUT_CHANNELS, path),
            contract=str(card["contract"]),
            sha256=_same_network(digest, str(card["sha256"]), path),
            card=card,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"the card of {path.name} is incomplete: {error}; see resources/models/README.md") from error


def _network_bytes(path: Path) -> bytes:
    if path.suffix.lower() != ".onnx":
        raise ModelError(f"{path} is no generator: an ONNX file (.onnx) with its card (.json) beside it is needed")
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"cannot read the generator {path}: {error.strerror}") from error


def _read_card(path: Path) -> dict[str, Any]:
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"the generator's card {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ModelError(f"the generator's card {path} is not JSON: {error}") from error
    if not isinstance(card, dict) or card.get("schema") != CARD_SCHEMA:
        raise ModelError(f"the generator's card {path} is not of schema {CARD_SCHEMA}")
    return card


def _same_network(digest: str, expected: str, path: Path) -> str:
    if digest != expected:
        raise ModelError(
            f"{path.name} is not the network its card describes: SHA-256 {digest[:12]} against {expected[:12]}"
        )
    return digest


def _size(value: Any, path: Path) -> int:
    if not isinstance(value, int) or value % 16 or not 64 <= value <= 4096:
        raise ModelError(f"the card of {path.name} asks for a size of {value!r}: a multiple of 16 up to 4096 is needed")
    return value


def _normalisation(section: dict[str, Any], channels: int, path: Path) -> Normalisation:
    if section["layout"] != "NCHW" or section["channels"] != channels:
        raise ModelError(
            f"{path.name} wants {section['layout']} with {section['channels']} channels; "
            f"NCHW with {channels} channels is supported"
        )
    order, mean, std = section["order"], float(section["mean"]), float(section["std"])
    if order not in ("rgb", "bgr") or not math.isfinite(mean) or not std > 0:
        raise ModelError(f"the card of {path.name} has order {order!r}, mean {mean}, std {std}: not usable")
    return Normalisation(order, mean, std)
