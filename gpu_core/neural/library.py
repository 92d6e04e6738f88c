"""The generators that ship with Mien: which there are, and which fits a face."""

from __future__ import annotations

from gpu_core.assets import resource
from gpu_core.contract import picture_contract
from gpu_core.face import FaceAsset
from gpu_core.neural.model import PRECISIONS, GeneratorModel, load_model, read_card
from gpu_core.settings import EngineSettings

DEFAULT_SIZE = EngineSettings().size
FASTEST = "swift"  # in the names of those that run in real time on a CPU, and so come first


def shipped_models(contract: str | None = None) -> list[GeneratorModel]:
    """Every shipped generator, or those trained for one picture contract; `swift` first, then by name.

    Precision variants are not listed: `GeneratorModel.variant` finds them. Only what is listed is read whole.

    Raises:
        ModelError: a shipped file or card is damaged.
    """
    found = []
    for path in sorted(resource("models").glob("*.onnx")):
        card = read_card(path)
        wanted = card is not None and not card.get("made_from")
        if wanted and card and contract in (None, card.get("contract")):
            found.append(load_model(path))
    return sorted(found, key=lambda model: (not _is_fast(model), model.name))


def generator_for(face: FaceAsset, size: int = DEFAULT_SIZE) -> GeneratorModel | None:
    """The shipped generator that was trained on this face as it is drawn today, or None.

    Of several equally fast ones, the smallest that makes pictures of `size` pixels a side, or else the largest: one for
    small pictures takes a quarter of the time, but cannot show what it was never given.
    """
    found = shipped_models(picture_contract(face.sha256))
    alike = [model for model in found if _is_fast(model)] or found[:1]
    return min(alike, key=lambda model: (_side(model) < size, abs(_side(model) - size)), default=None)


def is_usual(model: GeneratorModel, contract: str) -> bool:
    """Whether pictures of this contract get `model` when nothing is said, or its like for another size."""
    return model.path.parent == resource("models") and _is_fast(model) and model.contract == contract


def versions(model: GeneratorModel) -> list[GeneratorModel]:
    """A generator and its precision variants, in the order of `model.PRECISIONS`."""
    return [found for precision in PRECISIONS if (found := model.variant(precision)) is not None]


def _is_fast(model: GeneratorModel) -> bool:
    return FASTEST in model.name.split("-")


def _side(model: GeneratorModel) -> int:
    return model.signature.output.width
