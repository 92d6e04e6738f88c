"""What a viewport draws: pictures in their places, one over the other; and who may arrange them otherwise."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gpu_core.settings import Frame, View
from viewer.picture_layout import Cell


@dataclass(frozen=True)
class Layer:
    """One picture in its place: the frame's own of that view, unless there are `pixels` of somebody else.

    `pixels` are (side, side, 4) uint8 premultiplied, top row first, and `key` is another one for other pixels.
    """

    view: View
    cell: Cell
    pixels: NDArray[np.uint8] | None = None
    key: Hashable = None
    opacity: float = 1.0

    @property
    def source(self) -> Hashable:
        """What tells its picture from the other ones."""
        return self.view if self.pixels is None else self.key


class Arrangement(Protocol):
    """Lays out pictures in another way than the model's mode does."""

    @property
    def count(self) -> int:
        """Pictures beside each other; 0: the mode decides."""

    def layers(self, frame: Frame, there: Collection[View]) -> list[Layer]:
        """What to draw, of a frame that has these pictures."""

    def place_marks(self) -> None:
        """Pictures lie elsewhere now: so do the marks over them."""
