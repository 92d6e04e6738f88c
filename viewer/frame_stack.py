"""The stack of a graph of frames: a bar a frame, from the request up, in the colours of what was done for it.

The bars are made as one picture with numpy and drawn at once: a thousand rectangles would cost ten times as much.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter

from viewer import theme
from viewer.frame_axes import FrameAxes
from viewer.frame_columns import LAYERS, FrameColumns
from viewer.frame_spans import WAIT

STEP_PX = 4  # a frame: a bar and what is between two
BAR_PX = 3
HATCH_PX = 4

Pixels = NDArray[np.uint32]  # 0xAARRGGBB


def tallest_ms(columns: FrameColumns) -> float:
    """What the axis has to reach for the steady frames."""
    heights = columns.layers[columns.steady].sum(axis=1)
    return 1.15 * float(np.percentile(heights, 98)) if heights.size else 0.0


def paint_stack(painter: QPainter, axes: FrameAxes, columns: FrameColumns) -> dict[str, float]:
    """Draw the bars; the pixels in which the layers of the newest frames have their middles."""
    box = axes.box
    height = int(box.height())
    pixels = bars(columns.layers, columns.steady, height=height, top_ms=axes.top_ms)
    image = QImage(pixels.data, pixels.shape[1], height, pixels.strides[0], QImage.Format.Format_ARGB32)
    if columns.count:
        placed = axes.x(columns.slots.astype(float)) - axes.step_px / 2
        for first, last in _blocks(columns.gaps):
            area = image.copy(first * STEP_PX, 0, (last - first) * STEP_PX, height)
            painter.drawImage(QPointF(float(placed[first]), box.top()), area)
    return _middles(axes, columns)


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
    return np.ascontiguousarray(columns)


def _palette() -> Pixels:
    colours = [QColor(theme.WAIT_FILL if name == WAIT else theme.STAGE_COLOURS[name]).rgba() for name in LAYERS]
    return np.array([*colours, 0], np.uint32)


def _blocks(gaps: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """[first, last) of the frames that stand without a gap between them."""
    edges = [0, *np.flatnonzero(gaps).tolist(), gaps.size]
    return [(first, last) for first, last in itertools.pairwise(edges) if last > first]


def _middles(axes: FrameAxes, columns: FrameColumns) -> dict[str, float]:
    newest = columns.layers[columns.steady][-9:]
    if not newest.size:
        return {}
    sizes = np.median(newest, axis=0)
    tops = np.cumsum(sizes)
    middles = axes.y(tops - sizes / 2)
    # A layer of less than two pixels is not seen: its label would point at nothing.
    seen = sizes * axes.box.height() / axes.top_ms >= 2.0
    return {name: float(y) for name, y, is_seen in zip(LAYERS, middles, seen, strict=True) if is_seen}
