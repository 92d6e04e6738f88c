"""What this machine holds: the planner's sentence, its figures as a table and a small plot, and a button to measure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from viewer import theme
from viewer.figures.plot_style import ThemedAxis
from viewer.streaming.capacity import Capacity, Measured
from viewer.streaming.planning import Planning

WAYS = {"batch": ("one batch", theme.CURVES[0]), "workers": ("a process each", theme.CURVES[1])}
UNMEASURED = "Not measured yet: how many faces this machine holds, in one batch or in a process each."
PLOT_PX, LEFT_PX = 110, 34
_TIPS = (
    "New faces a second, all together",
    "From the expression's time to the picture, median",
    "Faces a second, against as many times one face alone",
)


class PlanView(QWidget):
    """Follows a `Planning`."""

    def __init__(self, planning: Planning, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._planning = planning
        self._shown: Capacity | None = None
        self.sentence = QLabel(wordWrap=True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.measure = QPushButton("Measure")
        self.measure.setToolTip(
            "Run 1, 2, 4 and 8 faces in one batch and in a process each, in a process beside the window: some minutes"
        )
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Stop measuring; what was known before stays")
        self.bar = QProgressBar(minimum=0, maximum=1000, textVisible=False)
        self.bar.setAccessibleName("Measuring")
        self.bar.setFixedHeight(6)
        self.doing = QLabel(wordWrap=True)
        self.doing.setObjectName("dim")
        self.plot = CurvePlot()
        self.table = QWidget()
        self._grid = QGridLayout(self.table)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(1)
        self._build()
        self.measure.clicked.connect(planning.measure)
        self.cancel.clicked.connect(planning.cancel)
        planning.changed.connect(self._show)
        self._show()

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        row = QHBoxLayout()
        row.addWidget(self.measure)
        row.addWidget(self.cancel)
        row.addWidget(self.bar, 1)
        row.addStretch(0)
        layout.addWidget(self.sentence)
        layout.addLayout(row)
        for widget in (self.doing, self.plot, self.table):
            layout.addWidget(widget)
        layout.addStretch(1)

    def _show(self) -> None:
        planning = self._planning
        self.measure.setVisible(not planning.is_measuring)
        self.measure.setEnabled(not planning.why_not)
        self.cancel.setVisible(planning.is_measuring)
        self.bar.setVisible(planning.is_measuring)
        self.bar.setValue(round(1000 * planning.share))
        self.doing.setText(planning.doing or planning.why_not)
        self.doing.setVisible(bool(self.doing.text()))
        theme.set_state(self.doing, "error" if planning.has_failed else "")
        capacity = planning.capacity
        self.sentence.setText(capacity.sentence if capacity is not None else UNMEASURED)
        self.sentence.setObjectName("" if capacity is not None else "dim")
        for widget in (self.plot, self.table):
            widget.setVisible(capacity is not None)
        if capacity is not None and capacity is not self._shown:
            self._shown = capacity
            self.measure.setText("Measure again")
            self.plot.show_capacity(capacity)
            self._fill(capacity)

    def _fill(self, capacity: Capacity) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        ways = [way for way in WAYS if any(one.way == way for one in capacity.measured)]
        for place, way in enumerate(ways):
            self._put(WAYS[way][0], 0, 1 + 3 * place, span=3, colour=WAYS[way][1])
            for offset, (title, tip) in enumerate(zip(("faces/s", "ms", "%"), _TIPS, strict=True)):
                self._put(title, 1, 1 + 3 * place + offset, tip=tip, colour=theme.DIM)
        self._put("faces", 1, 0, colour=theme.DIM)
        for row, faces in enumerate(sorted({one.faces for one in capacity.measured}), 2):
            self._put(str(faces), row, 0)
            for one in capacity.measured:
                if one.faces == faces and one.way in ways:
                    self._put_figures(one, row, 1 + 3 * ways.index(one.way))

    def _put_figures(self, one: Measured, row: int, column: int) -> None:
        if one.problem:
            self._put("–", row, column, tip=one.problem)
            return
        figures = (f"{one.faces_per_s:.0f}", f"{one.latency_ms:.0f}", f"{100 * one.efficiency:.0f}")
        for offset, (text, tip) in enumerate(zip(figures, _TIPS, strict=True)):
            self._put(text, row, column + offset, tip=tip)

    def _put(self, text: str, row: int, column: int, *, span: int = 1, tip: str = "", colour: str = theme.TEXT) -> None:
        label = QLabel(text)
        label.setFont(theme.figures(theme.SMALL_PX))
        label.setStyleSheet(f"color: {colour}; font-size: {theme.SMALL_PX}px")
        label.setToolTip(tip)
        label.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._grid.addWidget(label, row, column, 1, span)


class CurvePlot(pg.PlotWidget):  # type: ignore[misc]
    """Faces a second over the number of faces; dotted, what as many streams would need."""

    def __init__(self) -> None:
        self._axes = {"left": ThemedAxis("left"), "bottom": ThemedAxis("bottom")}
        super().__init__(None, background=None, enableMenu=False, axisItems=self._axes)
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.setMouseEnabled(x=False, y=False)
        plot.layout.setContentsMargins(0, 7, 20, 0)
        self._axes["left"].setWidth(LEFT_PX)
        self._axes["left"].setGrid(255)
        self._axes["left"].setZValue(-1)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedHeight(PLOT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("Faces a second over the number of faces; dotted, what as many streams need")
        self.setAccessibleName("Faces a second over the number of faces")

    def show_capacity(self, capacity: Capacity) -> None:
        """Draw its curves."""
        self.clear()
        counts = sorted({one.faces for one in capacity.measured})
        places = {faces: place for place, faces in enumerate(counts)}
        self._axes["bottom"].setTicks([[(place, _count(faces, counts)) for faces, place in places.items()]])
        good = [one for one in capacity.measured if not one.problem]
        top = 1.1 * max((one.faces_per_s for one in good), default=1.0)
        need = np.array([capacity.fps * faces for faces in counts])
        dotted = pg.mkPen(theme.DIM, style=Qt.PenStyle.DotLine)
        self.addItem(pg.PlotCurveItem(np.arange(len(counts), dtype=float), need, pen=dotted))
        unit = pg.TextItem("faces/s", color=theme.DIM, anchor=(0, 0))
        unit.setFont(theme.figures(theme.SMALL_PX))
        unit.setPos(-0.2, top)
        self.addItem(unit)
        for way, (_, colour) in WAYS.items():
            self._draw([one for one in good if one.way == way], places, colour)
        plot = self.getPlotItem()
        plot.setRange(xRange=(-0.2, len(counts) - 0.8), yRange=(0.0, top), padding=0.0, disableAutoRange=True)

    def _draw(self, measured: Sequence[Measured], places: dict[int, int], colour: str) -> None:
        if not measured:
            return
        x = np.array([places[one.faces] for one in measured], float)
        y = np.array([one.faces_per_s for one in measured], float)
        self.addItem(pg.PlotCurveItem(x, y, pen=pg.mkPen(colour), antialias=True))
        self.addItem(pg.ScatterPlotItem(x, y, size=5, pen=None, brush=pg.mkBrush(colour)))


def _count(faces: int, counts: Sequence[int]) -> str:
    """The last says what is counted."""
    return f"{faces} faces" if faces == counts[-1] else str(faces)
