"""The ground of a graph of frames: which place and which milliseconds are which pixel, and what marks the frames.

Plain geometry and numpy. The graph's axes show the same ranges.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from gpu_core.timing import Floats
from viewer import theme
from viewer.figures.columns import GAP_SLOTS, FrameColumns

LOWEST_MS = 0.01  # of a logarithmic graph
HATCH_PX, DOT_PX = 8, 3

Pixels = NDArray[np.uint32]  # bytes R, G, B, A; (height, width), the first row at the top


@dataclass(frozen=True)
class FrameGrid:
    """Frames to the right, the newest at the edge; milliseconds upwards from 0, or logarithmic from LOWEST_MS."""

    width: int
    height: int
    step_px: int  # a frame
    last_slot: int  # at the right edge
    top_ms: float
    logarithmic: bool = False

    @property
    def capacity(self) -> int:
        """How many frames there is room for."""
        return self.width // self.step_px

    @property
    def x_range(self) -> tuple[float, float]:
        """Edges of the graph in places; the newest frame's is 0."""
        return 0.5 - self.width / self.step_px, 0.5

    @property
    def y_range(self) -> tuple[float, float]:
        """Edges of the graph in milliseconds, or in their logarithms to the base of 10."""
        if self.logarithmic:
            return math.log10(LOWEST_MS), math.log10(max(self.top_ms, 10 * LOWEST_MS))
        return 0.0, self.top_ms

    def left(self, slots: NDArray[np.int64]) -> NDArray[np.int64]:
        """The first column of pixels of these places; negative where there is no room for them."""
        first: NDArray[np.int64] = self.width - (self.last_slot - slots + 1) * self.step_px
        return first

    def on_axis(self, values: Floats) -> Floats:
        """Milliseconds as the axis counts them."""
        return np.log10(np.maximum(values, LOWEST_MS)) if self.logarithmic else values

    def y(self, values: Floats) -> Floats:
        """Pixels from the top of milliseconds; what is above the top is cut there."""
        low, high = self.y_range
        share = (self.on_axis(values) - low) / (high - low)
        pixels: Floats = (1.0 - np.clip(share, 0.0, 1.0)) * self.height
        return pixels


def rgba(colour: str) -> int:
    """A colour of the theme as a pixel."""
    named = QColor(colour)
    return named.red() | named.green() << 8 | named.blue() << 16 | 255 << 24


def marks(grid: FrameGrid, columns: FrameColumns, *, hatched: bool) -> Pixels:
    """A picture with nothing but a dotted line in every gap and hatching where frames were not steady."""
    pixels = np.zeros((grid.height, grid.width), np.uint32)
    faint = rgba(theme.FAINT)
    left = grid.left(columns.slots)
    rows = np.arange(grid.height)[:, None]
    if hatched:
        unsteady = (left[~columns.steady][:, None] + np.arange(grid.step_px)).ravel()
        unsteady = unsteady[unsteady >= 0]
        pixels[:, unsteady] = np.where((rows + unsteady) % HATCH_PX < 1, np.uint32(faint), np.uint32(0))
    gaps = left[columns.gaps] - GAP_SLOTS * grid.step_px // 2
    pixels[::DOT_PX, gaps[gaps >= 0]] = faint
    return pixels
