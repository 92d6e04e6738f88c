"""The latency panel: what the last frames took, as curves or as a stack, what they come to, and the verdict.

It is redrawn when frames arrive, ten times a second at most, its figures once, and not at all while nothing moves. If
that takes more of the processor than it may, it is redrawn half as often. Paused, it shows the review's frozen frames.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer import theme
from viewer.figures import latency_text
from viewer.figures.columns import ROWS, FrameRows
from viewer.figures.figures_grid import FiguresGrid
from viewer.figures.graph import CURVES, STACK, FrameGraph
from viewer.figures.judgement import Judgement, context_of, judge, machine_facts, others_percent
from viewer.figures.panel_cost import PanelCost
from viewer.figures.percentile_table import PercentileTable
from viewer.figures.review import FrameReview
from viewer.viewer_model import ViewerModel

if TYPE_CHECKING:
    from gpu_core.frame_record import FrameRecord
    from gpu_core.settings import Traffic
    from gpu_core.telemetry import UtilisationSample
    from gpu_core.verdict import VerdictContext
    from viewer.engine_info import EngineInfo

FIGURES_S = 1.0  # a choice: figures that change faster are hard to read, and cost more than the graph
BUDGET_PERCENT = (
    3.5  # of a core for both panels, with what Qt adds to it 5; above it the graph follows every other beat
)
STYLE_KEY = "latency/style"
CURVES_TIP = (
    "How long each stage took, dashed where the GPU timed it itself. Stages overlap those of other frames: they do not "
    "add up to the latency"
)
STACK_TIP = "Where the time of each frame went, from the request to the screen; grey is waiting"


@dataclass(frozen=True)
class _Surroundings:
    """What made the frames on show, and beside whom."""

    context: VerdictContext
    engine: EngineInfo | None
    traffic: Traffic | None


class LatencyPanel(QWidget):
    """Shows what the review has; clicks on the graph pick a frame there. `memory` keeps the style of the graph."""

    def __init__(
        self,
        model: ViewerModel,
        review: FrameReview,
        cost: PanelCost,
        memory: QSettings | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._model, self._review, self._cost, self._memory = model, review, cost, memory
        self._rows = FrameRows()
        self._cores = os.cpu_count() or 1
        self.redraws = 0
        self._beats = 0
        self._figures_s = 0.0
        self._sample: UtilisationSample | None = None  # the newest, while somebody takes them
        self._frozen: _Surroundings | None = None  # of frozen frames, when they were frozen
        self._drawn: FrameRecord | None = None  # the newest one on the graph
        self.graph = FrameGraph(cost)
        self.figures = FiguresGrid(cost)
        self.table = PercentileTable(ROWS, cost)
        self._build_labels()
        self._build_controls()
        self._build()
        self._set_style(str(memory.value(STYLE_KEY, CURVES)) if memory is not None else CURVES)
        model.refreshed.connect(self._on_refreshed)
        model.engine_changed.connect(self._on_engine)
        model.utilisation_sampled.connect(self._on_sampled)
        review.changed.connect(self._on_review)
        self.graph.picked.connect(self._on_picked)
        self.graph.stepped.connect(review.step)
        self._show_figures()

    # -- building ----------------------------------------------------------------------------------------------------
    def _build_labels(self) -> None:
        self.verdict = QLabel(latency_text.EMPTY, wordWrap=True)
        self.verdict.setObjectName("verdict")
        self.verdict.setMinimumHeight(2 * theme.SMALL_PX + 6)  # two lines: a label that wraps asks for one

    def _build_controls(self) -> None:
        self._styles = QButtonGroup(self)
        self.styles = {}
        for name, tip in ((CURVES, CURVES_TIP), (STACK, STACK_TIP)):
            button = self._button(name.capitalize(), tip, "segment")
            button.setCheckable(True)
            button.clicked.connect(lambda _checked=False, name=name: self._set_style(name))
            self._styles.addButton(button)
            self.styles[name] = button
        self.logarithmic = self._button("Log", "A logarithmic axis for the curves", "small")
        self.logarithmic.setCheckable(True)
        self.logarithmic.toggled.connect(self.graph.set_logarithmic)
        self.pause = self._button("Pause", "Freeze the figures, not the face  (P)", "small")
        self.pause.setCheckable(True)
        self.pause.clicked.connect(lambda _checked=False: self._review.toggle())
        self.copy = self._button(
            "Copy", "Copy figures, verdict, machine and settings as Markdown  (Ctrl+Shift+C)", "small"
        )
        self.copy.clicked.connect(lambda _checked=False: self.copy_figures())

    def _button(self, text: str, tip: str, kind: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setObjectName(kind)
        return button

    def _build(self) -> None:
        controls = QHBoxLayout()
        controls.setSpacing(0)
        for button in self.styles.values():
            controls.addWidget(button)
        controls.addSpacing(4)
        controls.addWidget(self.logarithmic)
        controls.addStretch(1)
        controls.addWidget(self.pause)
        controls.addSpacing(4)
        controls.addWidget(self.copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(4)
        layout.addWidget(self.verdict)
        layout.addLayout(controls)
        layout.addWidget(self.graph, 1)
        layout.addWidget(self.figures)
        layout.addWidget(self.table)

    # -- what happens ------------------------------------------------------------------------------------------------
    def _on_engine(self) -> None:
        self.graph.forget_range()  # what comes may be of another order of magnitude

    def _on_sampled(self, sample: UtilisationSample) -> None:
        self._sample = sample

    def _on_refreshed(self) -> None:
        if self._review.is_paused or not self.isVisible():
            return
        self._beats += 1
        if self._cost.percent > BUDGET_PERCENT and self._beats % 2 and not self._model.is_idle:
            return
        with self._cost.measured():
            self._show_graph()
            now_s = time.monotonic()
            if now_s - self._figures_s >= FIGURES_S or self._model.is_idle:
                self._figures_s = now_s
                self._show_figures()

    def _on_review(self) -> None:
        if not self._review.is_paused:
            self._frozen = None
        elif self._frozen is None:
            self._frozen = self._surroundings()
        with self._cost.measured():
            self.pause.setChecked(self._review.is_paused)
            self.pause.setText("Live" if self._review.is_paused else "Pause")
            self._drawn = None
            self._show_graph()
            self._show_figures()

    def _on_picked(self, row: int) -> None:
        if row < self.graph.columns.count:
            self._review.pick(self.graph.columns.records[row])

    def _set_style(self, name: str) -> None:
        name = name if name in self.styles else CURVES
        self.styles[name].setChecked(True)
        self.logarithmic.setEnabled(name == CURVES)
        self.graph.set_style(name)
        if self._memory is not None:
            self._memory.setValue(STYLE_KEY, name)

    # -- showing -----------------------------------------------------------------------------------------------------
    def _show_graph(self) -> None:
        """Redraw the graph if there is another frame."""
        records = self._review.records
        newest = records[-1] if records else None
        if newest is self._drawn and newest is not None:
            return
        self._drawn = newest
        self.redraws += 1
        is_paused = self._review.is_paused
        columns = self._rows.columns(records if is_paused else records[-self.graph.room :])
        self.graph.show_columns(columns, picked=self._review.row, now="paused" if is_paused else "now")

    def _show_figures(self) -> None:
        found = self.judge()
        self.verdict.setText(found.verdict)
        self.verdict.setToolTip(latency_text.verdict_tip(found.verdict, found.evidence))
        self.figures.show_figures(found.figures)
        self.table.show_rows(found.table, found.on_gpu, left_out=found.left_out)

    def judge(self) -> Judgement:
        """What the frames on show come to."""
        model, columns = self._model, self._rows.columns(self._review.records)
        around = self._frozen or self._surroundings()
        context = replace(around.context, target_fps=self._review.target_fps)
        stands = self._review.is_paused or model.is_idle
        age_ms = columns.records[-1].latency_ms if stands and columns.count else None
        return judge(columns, context, shown_age_ms=age_ms, traffic=around.traffic)

    def _surroundings(self) -> _Surroundings:
        model = self._model
        others = others_percent(self._sample, cores=self._cores, now_ns=time.perf_counter_ns())
        context = context_of(
            model.engine, model.choices, cores=self._cores, target_fps=self._review.target_fps, others=others
        )
        return _Surroundings(context, model.engine, model.shown.traffic if model.shown is not None else None)

    def copy_figures(self) -> None:
        """Put all that is shown on the clipboard as Markdown, and say so."""
        engine = (self._frozen or self._surroundings()).engine
        report = self.judge().report(engine, machine_facts())
        QGuiApplication.clipboard().setText(report.markdown())
        self._model.post("The figures are on the clipboard, as Markdown")
