"""Draws poses as a generator wants them, without the engine's queue: its tensors, and the render image as floats."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_core.atlas import Atlas
from gpu_core.expression import Expression
from gpu_core.face import FaceAsset
from gpu_core.gl.context import headless_context
from gpu_core.gl.renderer import Renderer
from gpu_core.gl.targets import TargetSet
from gpu_core.neural.pixels import pack
from gpu_core.neural.readback import read_picture
from gpu_core.neural.signature import GEOMETRY_PICTURES, Signature

SIZE = 512  # pixels a side: what the truth was rendered at


@dataclass(frozen=True, eq=False)
class Drawn:
    """One pose drawn. `render` is (size, size, 4) premultiplied floats 0..1, top row first."""

    pictures: dict[str, NDArray[Any]]  # as the GL room reads them: bottom row first
    render: NDArray[np.float32]

    @property
    def size(self) -> int:
        """Pixels a side."""
        return len(self.render)

    def tensors(self, signature: Signature) -> list[NDArray[Any]]:
        """The network's inputs with a batch axis of one."""
        made = [np.zeros((1, *said.shape), said.dtype) for said in signature.inputs]
        for said, tensor in zip(signature.inputs, made, strict=True):
            pack(self.pictures, said, tensor[0])
        return made


class Drawing:
    """Draws one face again and again."""

    def __init__(self, renderer: Renderer, target: TargetSet, wanted: frozenset[str]) -> None:
        self._renderer, self._target, self._wanted = renderer, target, wanted

    def draw(self, expression: Expression) -> Drawn:
        """Draw everything that was wanted."""
        self._renderer.pose((expression,))
        self._renderer.draw(self._target)
        if self._wanted & GEOMETRY_PICTURES:
            self._renderer.draw_geometry(self._target)
        pictures = {name: read_picture(self._target, name) for name in sorted(self._wanted | {"render"})}
        return Drawn(pictures, pictures["render"][::-1].astype(np.float32) / np.float32(255))


@contextmanager
def opened_drawing(face: FaceAsset, wanted: frozenset[str], size: int = SIZE) -> Iterator[Drawing]:
    """A GL context of its own and everything to draw `face` with."""
    with ExitStack() as stack:
        stack.enter_context(headless_context())
        renderer = stack.enter_context(Renderer(face))
        target = stack.enter_context(TargetSet(Atlas(1, size)))
        yield Drawing(renderer, target, wanted)
