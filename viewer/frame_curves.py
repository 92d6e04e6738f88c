"""The curves of a graph of frames: a line a stage, solid by the processor's clock, dashed by the GPU's own.

They are made as one picture with numpy, like the stack: ten curves of pyqtgraph cost several times as much a redraw.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gpu_core.timing import LATENCY, Floats
from viewer import theme
from viewer.frame_columns import ROWS, FrameColumns
from viewer.frame_grid import FrameGrid, Pixels, marks, rgba
from viewer.frame_spans import WAIT

STEP_PX = 2  # a frame
DASH_PX = 4
DRAWN = tuple(name for name in ROWS if name != WAIT)


def tallest_ms(columns: FrameColumns) -> float:
    """What the axis has to reach: a hiccup may leave the graph, its percentiles are in the table."""
    kept = columns.values(LATENCY)[columns.steady]
    if not np.isfinite(kept).any():
        kept = columns.durations[columns.steady]
    finite = kept[np.isfinite(kept)]
    return 1.15 * float(np.percentile(finite, 98)) if finite.size else 0.0


def curves(grid: FrameGrid, columns: FrameColumns) -> tuple[Pixels, dict[str, float]]:
    """Every series as a line; and the pixels from the top at which they end."""
    pixels, ends = marks(grid, columns, hatched=True), {}
    first = grid.width - grid.capacity * STEP_PX
    is_dash = np.arange(grid.capacity * STEP_PX) % (DASH_PX + 2) < DASH_PX
    for name in DRAWN:
        values = np.where(columns.steady, columns.values(name), np.nan)
        known = values[np.isfinite(values)]
        if not known.size:
            continue
        timed = columns.on_gpu[:, ROWS.index(name)]
        for mask, is_dashed in ((~timed, False), (timed, True)):
            if mask.any():
                is_drawn = line(_dense(grid, columns, grid.y(np.where(mask, values, np.nan))), height=grid.height)
                pixels[:, first:][is_drawn & is_dash if is_dashed else is_drawn] = rgba(theme.STAGE_COLOURS[name])
        ends[name] = float(grid.y(np.array([np.median(known[-9:])]))[0])
    return pixels, ends


def line(heights: Floats, *, height: int) -> NDArray[np.bool_]:
    """Pixels (height, 2 a place) of a line from place to place; none where either end is NaN, but for lone points.

    Args:
        heights: of each place, in pixels from the top, or NaN.
    """
    between = np.full(heights.size, np.nan)
    between[:-1] = (heights[:-1] + heights[1:]) / 2
    at = np.minimum(np.stack([heights, between], 1).ravel(), height - 1)  # a pixel each
    after = np.concatenate([at[1:], [np.nan]])
    low = np.rint(np.fmin(at, after))
    high = np.rint(np.fmax(at, after))
    rows = np.arange(height)[:, None]
    # Where nothing is known `at` is NaN, and so is no row between.
    is_drawn: NDArray[np.bool_] = (rows >= low) & (rows <= high) & np.isfinite(at)
    return is_drawn


def _dense(grid: FrameGrid, columns: FrameColumns, values: Floats) -> Floats:
    """Values of every place of the graph: NaN where there is no frame."""
    dense = np.full(grid.capacity, np.nan)
    places = grid.capacity - 1 - (grid.last_slot - columns.slots)
    dense[places[places >= 0]] = values[places >= 0]
    return dense
