"""What this machine holds: the planner's sentence, its figures as a table and a small plot, and a button to measure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
from viewer.streaming.planning import Planning
from viewer.streams.plan import Plan, Point, efficiency

WAYS = {"batch": ("one batch", theme.CURVES[0]), "workers": ("a process each", theme.CURVES[1])}
UNMEASURED = "Not measured yet: how many faces this machine holds, in one batch or in a process each."
PLOT_PX, LEFT_PX = 110, 34
UNITS = {
    "faces/s": "New faces a second, all together, as fast as it goes",
    "ms": "From the expression's time to the picture, median, with the pipeline full",
    "%": "What each face gets of what one alone gets the same way",
}


class PlanView(QWidget):
    """Follows a `Planning`; `fps` is the rate that is thought about."""

    def __init__(self, planning: Planning, fps: Callable[[], float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._planning, self._fps = planning, fps
        self._shown: tuple[Plan, float] | None = None
        self.sentence = QLabel(wordWrap=True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.measure = QPushButton("Measure")
        self.measure.setToolTip(
            "Run 1, 2, 4 and 8 faces each way in processes beside the window: a minute or two.\n"
            "The window's own face takes its share meanwhile: pause it for better figures"
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
        planning.changed.connect(self.refresh)
        self.refresh()

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

    def refresh(self) -> None:
        """Show what is known, and what is being done."""
        planning = self._planning
        self.measure.setVisible(not planning.is_measuring)
        self.measure.setEnabled(not planning.why_not)
        self.measure.setText("Measure" if planning.plan is None else "Measure again")
        self.cancel.setVisible(planning.is_measuring)
        self.bar.setVisible(planning.is_measuring)
        self.bar.setValue(round(1000 * planning.share))
        self.doing.setText(planning.doing or planning.why_not)
        self.doing.setVisible(bool(self.doing.text()))
        theme.set_state(self.doing, "error" if planning.has_failed else "")
        self._show_plan(planning.plan, self._fps())

    def _show_plan(self, plan: Plan | None, fps: float) -> None:
        for widget in (self.plot, self.table):
            widget.setVisible(plan is not None)
        if plan is None:
            self._shown = None
            self.sentence.setText(UNMEASURED)
        elif self._shown != (plan, fps):
            self._shown = plan, fps
            sentence = plan.sentence(fps)
            self.sentence.setText(f"{sentence[0].upper()}{sentence[1:]}.")
            self.sentence.setToolTip(
                f"Measured {plan.made.replace('T', ' ')[:16]} with {plan.engine}" if plan.made else ""
            )
            self.plot.show_plan(plan, fps)
            self._fill(plan)

    def _fill(self, plan: Plan) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for place, way in enumerate(plan.ways):
            title, colour = WAYS[way]
            self._put(title, 0, 1 + 3 * place, span=3, colour=colour)
            for offset, (unit, tip) in enumerate(UNITS.items()):
                self._put(unit, 1, 1 + 3 * place + offset, tip=tip, colour=theme.DIM)
        self._put("faces", 1, 0, colour=theme.DIM)
        for row, faces in enumerate(_counts(plan), 2):
            self._put(str(faces), row, 0)
            for place, way in enumerate(plan.ways):
                self._put_point(
                    plan, next((one for one in plan.curve(way) if one.faces == faces), None), row, 3 * place
                )

    def _put_point(self, plan: Plan, point: Point | None, row: int, column: int) -> None:
        if point is None:
            return
        share = efficiency(plan.points, point)
        figures = (f"{point.faces_per_s:.0f}", f"{point.p50_ms:.0f}", f"{100 * share:.0f}" if share else "–")
        tip = f"95 % within {point.p95_ms:.0f} ms · {point.cpu_percent:.0f} % of a core · {point.memory_mb:.0f} MB"
        for offset, text in enumerate(figures, 1):
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

    def show_plan(self, plan: Plan, fps: float) -> None:
        """Draw its curves, and what so many streams need at this rate."""
        self.clear()
        counts = _counts(plan)
        places = {faces: place for place, faces in enumerate(counts)}
        self._axes["bottom"].setTicks([[(place, _count(faces, counts)) for faces, place in places.items()]])
        measured = [point for way in plan.ways for point in plan.curve(way)]
        top = 1.15 * max((point.faces_per_s for point in measured), default=1.0)
        dotted = pg.mkPen(theme.DIM, style=Qt.PenStyle.DotLine)
        need = np.array([fps * faces for faces in counts])
        self.addItem(pg.PlotCurveItem(np.arange(len(counts), dtype=float), need, pen=dotted))
        unit = pg.TextItem("faces/s", color=theme.DIM, anchor=(0, 0))
        unit.setFont(theme.figures(theme.SMALL_PX))
        unit.setPos(-0.2, top)
        self.addItem(unit)
        for way in plan.ways:
            self._draw(plan.curve(way), places, WAYS[way][1])
        plot = self.getPlotItem()
        plot.setRange(xRange=(-0.2, len(counts) - 0.8), yRange=(0.0, top), padding=0.0, disableAutoRange=True)

    def _draw(self, measured: Sequence[Point], places: dict[int, int], colour: str) -> None:
        x = np.array([places[one.faces] for one in measured], float)
        y = np.array([one.faces_per_s for one in measured], float)
        self.addItem(pg.PlotCurveItem(x, y, pen=pg.mkPen(colour), antialias=True))
        self.addItem(pg.ScatterPlotItem(x, y, size=5, pen=None, brush=pg.mkBrush(colour)))


def _counts(plan: Plan) -> list[int]:
    return sorted({point.faces for way in plan.ways for point in plan.curve(way)})


def _count(faces: int, counts: Sequence[int]) -> str:
    """The last says what is counted."""
    return f"{faces} faces" if faces == counts[-1] else str(faces)
