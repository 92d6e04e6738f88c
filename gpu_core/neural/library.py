"""The generators that ship with Mien: which there are, and which fits a face."""

from __future__ import annotations

from gpu_core.assets import resource
from gpu_core.contract import picture_contract
from gpu_core.face import FaceAsset
from gpu_core.neural.model import PRECISIONS, GeneratorModel, load_model, read_card

FASTEST = "swift"  # the kind that runs in real time on a CPU, and so comes first


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
    return sorted(found, key=lambda model: (kind(model) != FASTEST, model.name))


def generator_for(face: FaceAsset) -> GeneratorModel | None:
    """The shipped generator that was trained on this face as it is drawn today, or None."""
    return next(iter(shipped_models(picture_contract(face.sha256))), None)


def versions(model: GeneratorModel) -> list[GeneratorModel]:
    """A generator and its precision variants, in the order of `model.PRECISIONS`."""
    return [found for precision in PRECISIONS if (found := model.variant(precision)) is not None]


def kind(model: GeneratorModel) -> str:
    """The size of network a name stands for: "swift" of "swift" and of "man-swift"."""
    return model.name.rpartition("-")[2]
