"""Where each face of a batch lies in the one framebuffer: pure arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Region:
    """A square of the framebuffer in pixels, origin bottom left as OpenGL counts."""

    x: int
    y: int
    size: int


@dataclass(frozen=True)
class Atlas:
    """`faces` squares of `size` pixels in a grid as near to a square as it gets, filled row by row from below."""

    faces: int
    size: int

    def __post_init__(self) -> None:
        if self.faces < 1 or self.size < 16:
            raise ValueError(f"an atlas needs at least one face of 16 pixels, got {self.faces} of {self.size}")

    @property
    def columns(self) -> int:
        return math.ceil(math.sqrt(self.faces))

    @property
    def width(self) -> int:
        return self.columns * self.size

    @property
    def height(self) -> int:
        return math.ceil(self.faces / self.columns) * self.size

    @property
    def regions(self) -> tuple[Region, ...]:
        return tuple(
            Region(face % self.columns * self.size, face // self.columns * self.size, self.size)
            for face in range(self.faces)
        )
