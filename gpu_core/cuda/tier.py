"""What every tier of the passage between OpenGL and CUDA can do, and the pictures they pass."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from gpu_core.cuda.sources import ITEM_BYTES, Dtype, Source
from gpu_core.gl.targets import TargetSet
from gpu_core.settings import View

DISPLAY = "display"  # the generated picture


@dataclass(frozen=True)
class Picture:
    """One texture on its way to CUDA or back; rows bottom first."""

    name: str
    texture: int  # OpenGL's name
    width: int
    height: int
    channels: int = 4
    dtype: Dtype = "uint8"
    written: bool = False  # by CUDA, all of it; else read

    @property
    def pitch(self) -> int:
        """Bytes of a row."""
        return self.width * self.channels * ITEM_BYTES[self.dtype]

    @property
    def size(self) -> int:
        """Bytes of all rows."""
        return self.pitch * self.height


class Tier(Protocol):
    """One way for pictures to pass. Used on the thread whose GL context is current."""

    def passing(self, pictures: Sequence[Picture], stream: Any) -> AbstractContextManager[dict[str, Source]]:
        """Pictures by name, as kernels on `stream` may use them within the block; OpenGL's again afterwards.

        Raises:
            CudaError, GLError: the passage is refused; nothing stays mapped.
        """

    def bus_bytes(self, pictures: Sequence[Picture]) -> int:
        """Bytes that pass over the bus for these pictures, once."""

    def forget(self, textures: Collection[int]) -> None:
        """Let go of textures that OpenGL is about to delete."""

    def abandon(self) -> None:
        """The device is lost: forget everything without calling CUDA."""

    def close(self) -> None:
        """Let go of everything; idempotent."""


def picture_of(target: TargetSet, name: str, *, written: bool = False) -> Picture:
    """One of `signature.PICTURES` of a set, or "display"."""
    width, height = target.atlas.width, target.atlas.height
    if name == "depth":
        return Picture(name, target.geometry.depth, width, height, 1, "float32")
    if name == "normal":
        return Picture(name, target.geometry.normals, width, height)
    view = View.GENERATED if name == DISPLAY else View(name)
    return Picture(name, target.textures[view], width, height, written=written)
