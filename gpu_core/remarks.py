"""What the user should know of a face and its generator: what was assumed, what does not fit, what is missing."""

from __future__ import annotations

from collections.abc import Iterator

from gpu_core.contract import picture_contract
from gpu_core.face import FaceAsset
from gpu_core.neural.model import GeneratorModel


def remarks(face: FaceAsset, generator: GeneratorModel | None, lacks: str = "") -> Iterator[str]:
    """One sentence each. `lacks` is a precision that was chosen and that this generator cannot run in."""
    if generator is None:
        yield f"no generator was trained for {face.name}: the render image is shown"
    else:
        yield from _of_generator(face, generator, lacks)
    if face.missing:
        yield f"{face.name} lacks {len(face.missing)} of the 52 shapes: {', '.join(face.missing)}"


def _of_generator(face: FaceAsset, generator: GeneratorModel, lacks: str) -> Iterator[str]:
    if generator.contract not in ("", picture_contract(face.sha256)):
        yield (
            f"the generator {generator.name} was trained on another face, shader, camera or light: "
            "its picture may be off"
        )
    if generator.assumed:
        yield generator.assumed
    if lacks:
        yield f"{generator.name} cannot run in {lacks} here: it runs in auto"
