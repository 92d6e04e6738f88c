"""What kernels read and write pictures through: a surface, or rows of linear memory. Plain values that own nothing.

Pictures are RGBA8 (4 channels of uint8) or depth (1 channel of float32), in the order of rows that their owner has:
OpenGL's bottom row first for everything that comes out of a framebuffer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Dtype = Literal["uint8", "float32"]
ITEM_BYTES = {"uint8": 1, "float32": 4}


@dataclass(frozen=True)
class SurfaceSource:
    """A CUDA array behind a surface object: a texture, mapped in place."""

    handle: int  # CUsurfObject
    width: int  # pixels
    height: int
    channels: int = 4
    dtype: Dtype = "uint8"

    @property
    def address(self) -> int:
        """What a kernel is given: here the surface object."""
        return self.handle

    @property
    def pitch(self) -> int:
        """0: that is how kernels tell a surface from linear memory."""
        return 0


@dataclass(frozen=True)
class LinearSource:
    """Rows in device memory, or in pinned memory of the host that the device can reach."""

    pointer: int
    pitch: int  # bytes from one row to the next
    width: int  # pixels
    height: int
    channels: int = 4
    dtype: Dtype = "uint8"

    def __post_init__(self) -> None:
        row = self.width * self.channels * ITEM_BYTES[self.dtype]
        if self.pitch < row or self.pitch % 4 or self.pointer % 4:
            raise ValueError(
                f"{self.width} pixels of {self.channels} {self.dtype} need rows of {row} bytes or more, and start and "
                f"rows on multiples of 4; they are {self.pitch} bytes apart from {self.pointer:#x}"
            )

    @property
    def address(self) -> int:
        """What a kernel is given: the first row's address."""
        return self.pointer


Source = SurfaceSource | LinearSource
