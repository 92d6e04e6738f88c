"""A graph of frames in which one can be picked: curves of the stages, or a stack of where the time of each went.

Plot, axes, ranges, mouse and curves are pyqtgraph's. What frames scroll over does not move: places are counted from the
newest frame, so that a redraw changes the data and no axis. Bars and marks are one picture.
"""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from viewer import theme
from viewer.figures import curves as frame_curves
from viewer.figures import stack as frame_stack
from viewer.figures.axes import EndLabels, FramesAxis, MillisecondAxis
from viewer.figures.columns import ROWS, FrameColumns, FrameRows
from viewer.figures.grid import FrameGrid, Pixels, marks
from viewer.figures.panel_cost import PanelCost
from viewer.figures.pointed_box import PointedBox

CURVES, STACK = "curves", "stack"
TOP_PX = 6
PICKED_PX = 4  # the mark of the picked frame is at least so wide
SHRINK, SLACK = 0.97, 0.85  # a redraw: the range grows at once and shrinks slowly, and not for a little
HELP = (
    "<p>Click or drag to pick a frame: the figures pause, and the panel Frame shows where its time went. ← and → go "
    "from frame to frame.</p><p>Hatched: a frame in which something was loaded or compiled, or one of the first. "
    "Dotted line: nothing was asked for, the clock jumped or the path changed.</p>"
)
_KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}


class FrameGraph(pg.PlotWidget):  # type: ignore[misc]
    """Shows columns it is given. It knows places on the graph, not what a frame is."""

    picked = Signal(int)  # which of the columns
    stepped = Signal(int)  # from the picked frame, so many on

    def __init__(self, cost: PanelCost, parent: QWidget | None = None) -> None:
        self._cost = cost
        self.box, self.ends, self._frames = PointedBox(), EndLabels(), FramesAxis()
        self._milliseconds = MillisecondAxis()
        axes = {"left": self._milliseconds, "bottom": self._frames, "right": self.ends}
        super().__init__(parent, background=None, viewBox=self.box, axisItems=axes, enableMenu=False)
        self.style_name, self.logarithmic = CURVES, False
        self.columns: FrameColumns = FrameRows().columns(())
        self.picked_row = -1
        self.top_ms = 1.0
        self._last_slot = 0
        self._now = "now"
        self._shown_range: tuple[tuple[float, float], ...] = ()
        self._build()
        self.setMinimumHeight(60)  # with all that is around it, the window still fits 1024x700
        self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Graph of the last frames")
        self.box.pointed.connect(self._on_pointed)
        self.box.turned.connect(self._on_turned)
        self.box.sigResized.connect(self._draw)

    def _build(self) -> None:
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.layout.setContentsMargins(0, TOP_PX, 0, 0)
        unit = pg.LabelItem("ms", color=theme.DIM, size=f"{theme.SMALL_PX}px", justify="right")
        unit.setMaximumHeight(16)
        plot.layout.addItem(unit, 3, 0)
        self.picture = pg.ImageItem(axisOrder="row-major")
        self.picture.setZValue(-1)
        plot.addItem(self.picture)
        self.curves = frame_curves.StageCurves(plot)
        self._mark = pg.LinearRegionItem(movable=False, brush=pg.mkBrush(None), pen=pg.mkPen(theme.ACCENT))
        self._mark.hide()
        plot.addItem(self._mark)
        plot.disableAutoRange()
        self._milliseconds.setZValue(-1)  # its lines are behind the data

    # -- what is shown -----------------------------------------------------------------------------------------------
    def show_columns(self, columns: FrameColumns, *, picked: int = -1, now: str = "now") -> None:
        """Show these frames; `now` says what the newest is, `picked` which one is marked."""
        self.columns, self.picked_row, self._now = columns, picked, now
        self._scroll()
        tallest = (frame_stack if self.style_name == STACK else frame_curves).tallest_ms(self._seen())
        if not SLACK * self.top_ms <= tallest <= self.top_ms:
            self.top_ms = max(tallest, self.top_ms * SHRINK, 0.1)
        self._draw()

    def set_style(self, name: str) -> None:
        """CURVES or STACK."""
        self.style_name = name
        self.show_columns(self.columns, picked=self.picked_row, now=self._now)

    def set_logarithmic(self, wanted: bool) -> None:
        """A logarithmic axis for the curves; shares of a whole have none."""
        self.logarithmic = wanted
        self._draw()

    def forget_range(self) -> None:
        """What comes may be of another order of magnitude."""
        self.top_ms = 0.1

    @property
    def labels(self) -> dict[str, float]:
        """The names at the curves' ends, and their pixels from the top."""
        return self.ends.labels

    @property
    def grid(self) -> FrameGrid:
        """Which place is which pixel now."""
        is_stack = self.style_name == STACK
        step = frame_stack.STEP_PX if is_stack else frame_curves.STEP_PX
        width, height = max(int(self.box.width()), 1), max(int(self.box.height()), 1)
        return FrameGrid(width, height, step, self._last_slot, self.top_ms, self.logarithmic and not is_stack)

    @property
    def room(self) -> int:
        """How many frames it can show at once; one more, for what comes before the first."""
        return self.grid.capacity + 1

    def pixel(self, row: int) -> QPoint:
        """Where one of the columns is on the widget, at half of its height."""
        place = float(self.columns.slots[row]) - self._last_slot
        low, high = self.grid.y_range
        at: QPoint = self.mapFromScene(self.box.mapViewToScene(QPointF(place, (low + high) / 2)))
        return at

    def _scroll(self) -> None:
        """The newest frame at the right edge, or so far back that the picked one is seen."""
        slots = self.columns.slots
        newest = int(slots[-1]) if slots.size else 0
        if not 0 <= self.picked_row < self.columns.count:
            self._last_slot = newest
            return
        picked, room = int(slots[self.picked_row]), max(self.grid.capacity - 4, 1)
        self._last_slot = min(min(max(self._last_slot, picked), picked + room), newest)

    def _seen(self) -> FrameColumns:
        slots = self.columns.slots
        first = int(np.searchsorted(slots, self._last_slot - self.grid.capacity + 1))
        return self.columns.part(first, int(np.searchsorted(slots, self._last_slot, side="right")))

    # -- drawing -----------------------------------------------------------------------------------------------------
    def _draw(self) -> None:
        grid = self.grid
        self._show_range(grid)
        columns = self._seen()
        if self.style_name == STACK:
            pixels, ends = frame_stack.stack(grid, columns)
            self.curves.hide()
        else:
            pixels, ends = marks(grid, columns, hatched=True), frame_curves.ends(grid, columns)
            self.curves.show(grid, columns)
        self._show_picture(grid, pixels)
        self.ends.show_ends(ends, grid.height)
        self._show_mark(grid)

    def _show_picture(self, grid: FrameGrid, pixels: Pixels) -> None:
        is_needed = bool(pixels.any())
        if is_needed:
            self.picture.setImage(pixels.view(np.uint8).reshape(*pixels.shape, 4), autoLevels=False)
            (left, right), (low, high) = grid.x_range, grid.y_range
            self.picture.setRect(left, high, right - left, low - high)  # the first row is the top one
        self.picture.setVisible(is_needed)

    def _show_range(self, grid: FrameGrid) -> None:
        """Axes are worked out anew only when they change."""
        self._frames.show_frames(grid.capacity, grid.step_px, self._now)
        if self._shown_range != (grid.x_range, grid.y_range):
            self._shown_range = grid.x_range, grid.y_range
            self._milliseconds.setLogMode(y=grid.logarithmic)
            self.box.setRange(xRange=grid.x_range, yRange=grid.y_range, padding=0.0)

    def _show_mark(self, grid: FrameGrid) -> None:
        is_marked = 0 <= self.picked_row < self.columns.count
        if is_marked:
            place = int(self.columns.slots[self.picked_row]) - self._last_slot
            half = max(0.5, PICKED_PX / 2 / grid.step_px)
            last = grid.x_range[1] - 1 / grid.step_px  # a line further right would be outside
            self._mark.setRegion((place - half, min(place + half, last)))
        self._mark.setVisible(is_marked)

    # -- Qt ----------------------------------------------------------------------------------------------------------
    def sizeHint(self) -> QSize:
        """Qt: the size it likes."""
        return QSize(280, 120)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: paint, and count what it costs."""
        with self._cost.measured():
            super().paintEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: pyqtgraph leaves open whether it was for this widget until it is a click or a drag."""
        super().mousePressEvent(event)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt: as above."""
        super().mouseReleaseEvent(event)
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        """Qt: the frame under the pointer."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip(event.pos()), self)
            return True
        return bool(super().viewportEvent(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: arrow keys go from frame to frame."""
        key = Qt.Key(event.key())
        if key in _KEYS:
            self.stepped.emit(_KEYS[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and self.columns.count:
            self.picked.emit(0 if key == Qt.Key.Key_Home else self.columns.count - 1)
        else:
            super().keyPressEvent(event)

    # -- picking -----------------------------------------------------------------------------------------------------
    def tip(self, at: QPoint) -> str:
        """The frame under a pixel in figures, and what can be done with it."""
        row = self._row(self.box.mapSceneToView(self.mapToScene(at)).x())
        if row < 0:
            return HELP
        told = zip(ROWS, self.columns.durations[row].tolist(), strict=True)
        stages = (f"{theme.STAGE_TITLES[name]} {value:.1f}" for name, value in told if math.isfinite(value))
        return f"<p><b>Frame {self.columns.records[row].index}</b>, ms: {' · '.join(stages)}</p>{HELP}"

    def _row(self, place: float) -> int:
        return self.columns.nearest(self._last_slot + place)

    def _on_pointed(self, place: float) -> None:
        row = self._row(place)
        if row >= 0:
            self.picked.emit(row)

    def _on_turned(self, way: int) -> None:
        """Through the frames that are frozen; a graph that runs is not stopped by a wheel."""
        if self.picked_row >= 0:
            self.stepped.emit(-way)
