"""The curves of a graph of frames: a line a stage, solid by the processor's clock, dashed by the GPU's own.

They are made as one picture with numpy, like the stack: half of what lines drawn from a thousand points cost.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter

from gpu_core.timing import LATENCY, Floats
from viewer import theme
from viewer.frame_axes import FrameAxes
from viewer.frame_columns import ROWS, FrameColumns
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


def paint_curves(painter: QPainter, axes: FrameAxes, columns: FrameColumns) -> dict[str, float]:
    """Draw every series; the pixels at which they end."""
    box, ends = axes.box, {}
    height = int(box.height()) + 1
    width = STEP_PX * (int(columns.slots[-1] - columns.slots[0]) + 1) if columns.count else 0
    pixels = np.zeros((height, width), np.uint32)
    for name in DRAWN:
        values = np.where(columns.steady, columns.values(name), np.nan)
        known = values[np.isfinite(values)]
        if not known.size:
            continue
        timed = columns.on_gpu[:, ROWS.index(name)]
        for mask, is_dashed in ((~timed, False), (timed, True)):
            if mask.any():
                heights = _dense(columns, axes.y(np.where(mask, values, np.nan)) - box.top())
                is_drawn = line(heights, height=height)
                if is_dashed:
                    is_drawn[:, np.arange(width) % (DASH_PX + 2) >= DASH_PX] = False
                pixels[is_drawn] = QColor(theme.STAGE_COLOURS[name]).rgba()
        ends[name] = float(axes.y(np.array([np.median(known[-9:])]))[0])
    if width:
        left = float(axes.x(columns.slots[:1].astype(float))[0]) - axes.step_px / 2
        image = QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_ARGB32)
        painter.drawImage(QPointF(left, box.top()), image)
    return ends


def line(heights: Floats, *, height: int) -> NDArray[np.bool_]:
    """Pixels (height, 2 a place) of a line from place to place; none where either end is NaN, but for lone points.

    Args:
        heights: of each place, in pixels from the top, or NaN.
    """
    between = np.full(heights.size, np.nan)
    between[:-1] = (heights[:-1] + heights[1:]) / 2
    at = np.stack([heights, between], 1).ravel()  # a pixel each
    after = np.concatenate([at[1:], [np.nan]])
    low = np.rint(np.fmin(at, after))
    high = np.rint(np.fmax(at, after))
    rows = np.arange(height)[:, None]
    # Where nothing is known `at` is NaN, and so is no row between.
    is_drawn: NDArray[np.bool_] = (rows >= low) & (rows <= high) & np.isfinite(at)
    return is_drawn


def _dense(columns: FrameColumns, values: Floats) -> Floats:
    """Values by place: NaN in the places of gaps."""
    dense = np.full(int(columns.slots[-1] - columns.slots[0]) + 1, np.nan)
    dense[columns.slots - columns.slots[0]] = values
    return dense
