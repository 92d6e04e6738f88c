"""The curves of a graph of frames: a line a stage, solid by the processor's clock, dashed by the GPU's own."""

from __future__ import annotations

import statistics

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPen

from gpu_core.timing import LATENCY, Floats
from viewer import theme
from viewer.figures.columns import ROWS, FrameColumns
from viewer.figures.grid import FrameGrid
from viewer.figures.plot_style import with_lone_points
from viewer.figures.spans import WAIT

STEP_PX = 2  # a frame
DASHES = (4, 2)  # pixels
DRAWN = tuple(name for name in ROWS if name != WAIT)


def tallest_ms(columns: FrameColumns) -> float:
    """What the axis has to reach: a hiccup may leave the graph, its percentiles are in the table."""
    kept = columns.values(LATENCY)[columns.steady]
    if not np.isfinite(kept).any():
        kept = columns.durations[columns.steady]
    finite = kept[np.isfinite(kept)]
    return 1.15 * float(np.percentile(finite, 98)) if finite.size else 0.0


def ends(grid: FrameGrid, columns: FrameColumns) -> dict[str, float]:
    """The pixels from the top at which the curves end."""
    newest = {name: columns.values(name)[columns.steady] for name in DRAWN}
    known = {name: values[np.isfinite(values)][-9:].tolist() for name, values in newest.items()}
    medians = {name: statistics.median(values) for name, values in known.items() if values}
    return dict(zip(medians, grid.y(np.array(list(medians.values()))).tolist(), strict=True))


class Curve(pg.PlotCurveItem):  # type: ignore[misc]
    """One that is said to fill the graph: to find out which part of it, pyqtgraph takes a third of a redraw."""

    def __init__(self, pen: QPen) -> None:
        super().__init__(pen=pen, connect="finite", antialias=False)
        self._area = QRectF()

    def boundingRect(self) -> QRectF:
        """Qt: where it may paint; what is beyond the graph's edges is cut off there."""
        return self._area

    def fill(self, area: QRectF) -> None:
        """Say how large the graph is, in places and on its axis."""
        if area != self._area:
            self.prepareGeometryChange()
            self._area = area


class StageCurves:
    """pyqtgraph's curves, two a stage, made when there is something to draw.

    They have neither a range to find nor smooth edges: with both a redraw costs twice as much.
    """

    def __init__(self, plot: pg.PlotItem) -> None:
        self._plot = plot
        self._area = QRectF()
        self.items: dict[tuple[str, bool], Curve] = {}  # by stage, and whether a GPU timed it

    def show(self, grid: FrameGrid, columns: FrameColumns) -> None:
        """Draw every series of the steady frames; never a line across a gap."""
        (left, right), (low, high) = grid.x_range, grid.y_range
        self._area = QRectF(left, low, right - left, high - low)
        values, timed = _by_place(grid, columns)
        is_any_timed = bool(timed.any())
        for name in DRAWN:
            told, by_gpu = values[:, ROWS.index(name)], timed[:, ROWS.index(name)]
            self._show(name, np.where(by_gpu, np.nan, told) if is_any_timed else told, is_timed=False)
            if is_any_timed or (name, True) in self.items:
                self._show(name, np.where(by_gpu, told, np.nan), is_timed=True)

    def _show(self, name: str, values: Floats, *, is_timed: bool) -> None:
        is_known = bool(np.isfinite(values).any())
        item = self.items.get((name, is_timed))
        if item is None and is_known:
            item = self._add(name, is_timed=is_timed)
        if item is not None:
            item.setVisible(is_known)
            item.fill(self._area)
            item.setData(*with_lone_points(np.arange(1.0 - values.size, 1.0), values))

    def hide(self) -> None:
        """Draw none."""
        for item in self.items.values():
            item.hide()

    def _add(self, name: str, *, is_timed: bool) -> Curve:
        pen = pg.mkPen(theme.STAGE_COLOURS[name], dash=DASHES if is_timed else None)
        self.items[name, is_timed] = item = Curve(pen)
        item.setZValue(DRAWN.index(name))
        self._plot.addItem(item)
        return item


def _by_place(grid: FrameGrid, columns: FrameColumns) -> tuple[Floats, NDArray[np.bool_]]:
    """(places, ROWS) on the axis, NaN where there is no steady frame; and whether a GPU timed it."""
    values = np.full((grid.capacity, len(ROWS)), np.nan)
    timed = np.zeros(values.shape, bool)
    places = grid.capacity - 1 - (grid.last_slot - columns.slots)
    seen = columns.steady & (places >= 0)
    values[places[seen]] = grid.on_axis(columns.durations[seen])
    timed[places[seen]] = columns.on_gpu[seen]
    return values, timed
