"""The stack of a graph of frames: a bar a frame, from the request up, in the colours of what was done for it.

The bars are made as one picture with numpy: a thousand rectangles would cost ten times as much.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viewer import theme
from viewer.figures.columns import LAYERS, FrameColumns
from viewer.figures.grid import FrameGrid, Pixels, marks, rgba
from viewer.figures.spans import WAIT

STEP_PX = 4  # a frame: a bar and what is between two
BAR_PX = 3
HATCH_PX = 4


def tallest_ms(columns: FrameColumns) -> float:
    """What the axis has to reach for the steady frames."""
    heights = columns.layers[columns.steady].sum(axis=1)
    return 1.15 * float(np.percentile(heights, 98)) if heights.size else 0.0


def stack(grid: FrameGrid, columns: FrameColumns) -> tuple[Pixels, dict[str, float]]:
    """The bars; and the pixels from the top in which the layers of the newest frames have their middles."""
    pixels = marks(grid, columns, hatched=False)
    left = grid.left(columns.slots)
    seen = columns.layers[left >= 0]
    if seen.size:
        picture = bars(seen, columns.steady[left >= 0], height=grid.height, top_ms=grid.top_ms)
        pixels[:, (left[left >= 0][:, None] + np.arange(STEP_PX)).ravel()] = picture
    return pixels, _middles(grid, columns)


def bars(layers: NDArray[np.float64], steady: NDArray[np.bool_], *, height: int, top_ms: float) -> Pixels:
    """Bars as a picture of (height, frames * STEP_PX) pixels, hatched where a frame was not steady.

    Args:
        layers: (frames, LAYERS) milliseconds from the bottom up.
    """
    edges = np.cumsum(layers, axis=1) * height / top_ms  # (frames, layers), pixels from the bottom
    rows = np.arange(height)[::-1, None, None] + 0.5
    layer = (rows > edges[None]).sum(axis=2)  # (height, frames); len(LAYERS) where there is none
    columns = np.repeat(_palette()[layer], STEP_PX, axis=1)
    x, y = np.arange(columns.shape[1]), np.arange(height)
    is_hatch = (x[None] + y[:, None]) % HATCH_PX < HATCH_PX // 2
    columns[is_hatch & np.repeat(~steady, STEP_PX)[None]] = 0
    columns[:, x % STEP_PX >= BAR_PX] = 0
    return columns


def _palette() -> Pixels:
    colours = [rgba(theme.WAIT_FILL if name == WAIT else theme.STAGE_COLOURS[name]) for name in LAYERS]
    return np.array([*colours, 0], np.uint32)


def _middles(grid: FrameGrid, columns: FrameColumns) -> dict[str, float]:
    newest = columns.layers[columns.steady][-9:]
    if not newest.size:
        return {}
    sizes = np.median(newest, axis=0)
    tops = np.cumsum(sizes)
    middles = grid.y(tops - sizes / 2)
    # A layer of less than two pixels is not seen: its label would point at nothing.
    seen = sizes * grid.height / grid.top_ms >= 2.0
    return {name: float(y) for name, y, is_seen in zip(LAYERS, middles, seen, strict=True) if is_seen}
