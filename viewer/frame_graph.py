"""A graph of frames in which one can be picked: curves of the stages, or a stack of where the time of each went.

It paints itself: at ten redraws a second a plot of pyqtgraph took 8 ms of the processor each (3.3 to take the data,
4.7 to paint it, measured), more than the whole budget of both panels.
"""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from viewer import frame_curves, frame_stack, theme
from viewer.frame_axes import FrameAxes, end_label_heights
from viewer.frame_columns import ROWS, FrameColumns, FrameRows
from viewer.panel_cost import PanelCost

CURVES, STACK = "curves", "stack"
LABEL_GAP_PX = 13  # between two labels
SHRINK = 0.97  # a redraw: the range grows at once and shrinks slowly, so that it does not jump
HELP = (
    "<p>Click or drag to pick a frame: the figures pause, and the panel Frame shows where its time went. ← and → go "
    "from frame to frame.</p><p>Hatched: a frame in which something was loaded or compiled, or one of the first. "
    "Dotted line: nothing was asked for, the clock jumped or the path changed.</p>"
)
_KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}


class FrameGraph(QWidget):
    """Shows columns it is given. It knows places on the graph, not what a frame is."""

    picked = Signal(int)  # which of the columns
    stepped = Signal(int)  # from the picked frame, so many on

    def __init__(self, cost: PanelCost, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.style_name, self.logarithmic = CURVES, False
        self.columns: FrameColumns = FrameRows().columns(())
        self.picked_row = -1
        self.top_ms = 1.0
        self.labels: dict[str, float] = {}  # drawn at the curves' ends: name, pixel
        self._cost = cost
        self._last_slot = 0.0
        self._now = "now"
        self.setMinimumHeight(90)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Graph of the last frames")

    # -- what is shown -----------------------------------------------------------------------------------------------
    def show_columns(self, columns: FrameColumns, *, picked: int = -1, now: str = "now") -> None:
        """Show these frames; `now` says what the newest is, `picked` which one is marked."""
        self.columns, self.picked_row, self._now = columns, picked, now
        self._scroll()
        tallest = (frame_stack if self.style_name == STACK else frame_curves).tallest_ms(self._seen())
        self.top_ms = max(tallest, self.top_ms * SHRINK, 0.1)
        self.update()

    def set_style(self, name: str) -> None:
        """CURVES or STACK."""
        self.style_name = name
        self.show_columns(self.columns, picked=self.picked_row, now=self._now)

    def set_logarithmic(self, wanted: bool) -> None:
        """A logarithmic axis for the curves; shares of a whole have none."""
        self.logarithmic = wanted
        self.update()

    def forget_range(self) -> None:
        """What comes may be of another order of magnitude."""
        self.top_ms = 0.1

    @property
    def axes(self) -> FrameAxes:
        """Which place is which pixel now."""
        is_stack = self.style_name == STACK
        step = frame_stack.STEP_PX if is_stack else frame_curves.STEP_PX
        is_logarithmic = self.logarithmic and not is_stack
        return FrameAxes(self.width(), self.height(), step, self._last_slot, self.top_ms, is_logarithmic)

    @property
    def room(self) -> int:
        """How many frames it can show at once; one more, for what comes before the first."""
        return self.axes.capacity + 1

    def _scroll(self) -> None:
        """The newest frame at the right edge, or so far back that the picked one is seen."""
        slots = self.columns.slots
        newest = float(slots[-1]) if slots.size else 0.0
        if not 0 <= self.picked_row < self.columns.count:
            self._last_slot = newest
            return
        picked, room = float(slots[self.picked_row]), max(self.axes.capacity - 4, 1)
        self._last_slot = min(min(max(self._last_slot, picked), picked + room), newest)

    def _seen(self) -> FrameColumns:
        slots = self.columns.slots
        first = int(np.searchsorted(slots, self._last_slot - self.axes.capacity + 1))
        return self.columns.part(first, int(np.searchsorted(slots, self._last_slot, side="right")))

    # -- painting ----------------------------------------------------------------------------------------------------
    def sizeHint(self) -> QSize:
        """Qt: the size it likes."""
        return QSize(280, 120)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: grid, marks, data, labels, the picked frame."""
        with self._cost.measured(), QPainter(self) as painter:
            axes, columns = self.axes, self._seen()
            axes.paint(painter, self._now)
            self._paint_marks(painter, axes, columns)
            if self.style_name == STACK:
                ends = frame_stack.paint_stack(painter, axes, columns)
            else:
                ends = frame_curves.paint_curves(painter, axes, columns)
            self._paint_labels(painter, axes, ends)
            if 0 <= self.picked_row < self.columns.count:
                self._paint_picked(painter, axes)

    def _paint_marks(self, painter: QPainter, axes: FrameAxes, columns: FrameColumns) -> None:
        """Hatching behind the frames that were not steady, a dotted line in every gap."""
        box, x = axes.box, axes.x(columns.slots.astype(float))
        if self.style_name == CURVES:
            brush = QBrush(QColor(theme.FAINT), Qt.BrushStyle.BDiagPattern)
            for middle in x[~columns.steady].tolist():
                painter.fillRect(QRectF(middle - axes.step_px / 2, box.top(), axes.step_px, box.height()), brush)
        painter.setPen(QPen(QColor(theme.FAINT), 1, Qt.PenStyle.DotLine))
        for middle in x[columns.gaps].tolist():
            at = round(middle - 2 * axes.step_px)
            painter.drawLine(QPointF(at, box.top()), QPointF(at, box.bottom()))

    def _paint_labels(self, painter: QPainter, axes: FrameAxes, ends: dict[str, float]) -> None:
        box = axes.box
        painter.setFont(theme.figures(theme.SMALL_PX))
        self.labels = end_label_heights(ends, gap_px=LABEL_GAP_PX, top=box.top() + 4, bottom=box.bottom() + 6)
        for name, y in self.labels.items():
            painter.setPen(QColor(theme.STAGE_COLOURS[name]))
            area = QRectF(box.right() + 6, y - 9, self.width() - box.right() - 6, 18)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, theme.STAGE_TITLES[name])

    def _paint_picked(self, painter: QPainter, axes: FrameAxes) -> None:
        box = axes.box
        (middle,) = axes.x(self.columns.slots[[self.picked_row]].astype(float)).tolist()
        half = max(axes.step_px / 2, 2.0)
        painter.setPen(QColor(theme.ACCENT))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(middle - half - 1, box.top() - 4, 2 * half + 1, box.height() + 4))

    def event(self, event: QEvent) -> bool:
        """Qt: the frame under the pointer."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip(event.pos().x()), self)
            return True
        return super().event(event)

    def tip(self, x: float) -> str:
        """The frame under a pixel in figures, and what can be done with it."""
        row = self.columns.nearest(self.axes.slot(x))
        if row < 0:
            return HELP
        told = zip(ROWS, self.columns.durations[row].tolist(), strict=True)
        stages = (f"{theme.STAGE_TITLES[name]} {value:.1f}" for name, value in told if math.isfinite(value))
        return f"<p><b>Frame {self.columns.records[row].index}</b>, ms: {' · '.join(stages)}</p>{HELP}"

    # -- picking -----------------------------------------------------------------------------------------------------
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: pick what is under the pointer."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._pick_at(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt: dragged over the frames."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._pick_at(event.position().x())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt: through the frames that are frozen; a graph that runs is not stopped by a wheel."""
        if self.picked_row >= 0 and event.angleDelta().y():
            self.stepped.emit(-1 if event.angleDelta().y() > 0 else 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: arrow keys go from frame to frame."""
        key = Qt.Key(event.key())
        if key in _KEYS:
            self.stepped.emit(_KEYS[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and self.columns.count:
            self.picked.emit(0 if key == Qt.Key.Key_Home else self.columns.count - 1)
        else:
            super().keyPressEvent(event)

    def _pick_at(self, x: float) -> None:
        row = self.columns.nearest(self.axes.slot(x))
        if row >= 0:
            self.picked.emit(row)
