"""The utilisation panel: how busy the GPU (where there is one) or the processor and its threads are, once a second."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from viewer import theme
from viewer.elided_label import ElidedLabel
from viewer.figures import gpu_text, panel_cost
from viewer.figures.figures_grid import Figure, FiguresGrid
from viewer.figures.panel_cost import PanelCost
from viewer.figures.percent_graph import PercentGraph
from viewer.figures.taker_bars import TakerBars
from viewer.figures.thread_text import takers
from viewer.measures import Measure, measures
from viewer.viewer_model import ViewerModel

if TYPE_CHECKING:
    from gpu_core.telemetry import Sampler, UtilisationSample

INTERVAL_MS = 1000
SECONDS = 60
# Drawing composes the whole window, 30 ms of a core where the processor rasterises: an idle window does it less often.
DRAWN_EVERY_IDLE = 3
TAKERS = 6
LATE_NS = 2_500_000_000  # between two samples: the panel was hidden, the machine slept or its clock jumped
DRAWN_KEY = "utilisation/curves"
COST = "panels"
NO_THREADS = "This system does not tell what threads take: CPU by process only"


class UtilisationPanel(QWidget):
    """Samples while it can be seen or a trace runs, of several GPUs the one that computes.

    `memory` keeps which curves are drawn.
    """

    def __init__(
        self,
        model: ViewerModel,
        sampler: Sampler,
        cores: int,
        cost: PanelCost,
        memory: QSettings | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._model, self._sampler, self._cost, self._memory = model, sampler, cost, memory
        self._cores, self._undrawn = cores, 0
        self._newest: UtilisationSample | None = None
        self._has_gpu = False  # it has told something in this session
        self._measures: tuple[Measure, ...] = measures(cores)
        self._series: dict[str, deque[float]] = {m.name: deque(maxlen=SECONDS) for m in self._measures}
        self.drawn = self._remembered()
        self.figures = FiguresGrid(cost)
        self.figures.clicked.connect(self._on_clicked)
        self.graph = PercentGraph(SECONDS, cost)
        self.takers = TakerBars(TAKERS, cores, cost)
        # A long line is cut, its tooltip is not: the panel must not grow and shrink with what the driver says.
        self.source = ElidedLabel(sampler.description)
        self.source.setObjectName("dim")
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self._on_time)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(3)
        for widget, stretch in ((self.figures, 0), (self.graph, 1), (self.takers, 0), (self.source, 0)):
            layout.addWidget(widget, stretch)
        model.path_changed.connect(self._on_path)
        model.trace_changed.connect(self._keep_time)
        self._show_source(None)

    # -- Qt ----------------------------------------------------------------------------------------------------------
    def showEvent(self, event: QShowEvent) -> None:
        """Qt: begin to sample."""
        super().showEvent(event)
        self._keep_time()

    def hideEvent(self, event: QHideEvent) -> None:
        """Qt: nobody looks."""
        super().hideEvent(event)
        self._keep_time()

    def _keep_time(self) -> None:
        """Sample while somebody looks, or a trace is written, which has the samples as counters."""
        if not self.isVisible() and not self._model.trace:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()

    def _on_path(self) -> None:
        engine = self._model.engine
        if engine is not None and engine.state.gpu:
            self._sampler.watch(engine.state.gpu)
            self._show_source(self._newest)

    def _on_time(self) -> None:
        with self._cost.measured():
            self.sample()
            self._undrawn += 1
            if self.isVisible() and self._undrawn >= (DRAWN_EVERY_IDLE if self._model.is_idle else 1):
                self._undrawn = 0
                self.show_samples()

    def _on_clicked(self, name: str) -> None:
        self.drawn ^= {name}
        if self._memory is not None:
            self._memory.setValue(DRAWN_KEY, sorted(self.drawn))
        self.show_samples()

    def _remembered(self) -> set[str]:
        told = self._memory.value(DRAWN_KEY) if self._memory is not None else None
        if told is None:
            return {measure.name for measure in self._measures if measure.drawn}
        return set(map(str, told if isinstance(told, list) else [told]))

    # -- sampling ----------------------------------------------------------------------------------------------------
    def sample(self) -> None:
        """Take a sample. What it lacks is a gap in its curve, and so is time in which none was taken."""
        now, before = self._sampler.sample(), self._newest
        if before is not None and not 0 <= now.taken_ns - before.taken_ns <= LATE_NS:
            for series in self._series.values():
                series.append(float("nan"))
        for measure in self._measures:
            value = measure.share(now)
            self._series[measure.name].append(float("nan") if value is None else value)
        self._has_gpu |= now.gpu is not None and not now.gpu.is_silent
        self._newest = now
        self._model.utilisation_sampled.emit(now)

    def curve(self, name: str) -> list[float]:
        """What was sampled of one measure, percent, oldest first."""
        return list(self._series[name])

    # -- showing -----------------------------------------------------------------------------------------------------
    def show_samples(self) -> None:
        """Draw what was sampled."""
        now = self._newest
        if now is None:
            return
        shown = [measure for measure in self._measures if self._has_gpu or not measure.of_gpu]
        cells = [measure.figure(now, drawn=measure.name in self.drawn) for measure in shown]
        self.figures.show_figures([*cells, Figure(COST, f"{self._cost.percent:.1f} % of a core", panel_cost.TIP)])
        self.graph.show_series({m.colour: self._series[m.name] for m in shown if m.name in self.drawn})
        # Where a GPU works, its figures take the room.
        self.takers.setVisible(not self._has_gpu and now.threads is not None)
        if now.threads is not None:
            others = self._cores * now.machine_percent / 100 - now.process_percent / 100
            self.takers.show_takers(takers(now.threads, others_cores=others))
        self._show_source(now)

    def _show_source(self, now: UtilisationSample | None) -> None:
        text, state, tip = self._sampler.description, "", self._sampler.description
        if now is not None and now.gpu is not None:
            tip = f"<p>{text}</p>{gpu_text.tooltip(now.gpu)}"
            if now.gpu.is_silent:
                text, state = "The GPU does not answer: its driver tells nothing", "error"
            elif now.gpu.slowed_by:
                text, state = f"GPU {gpu_text.slowed(now.gpu)}", "warning"
        elif now is not None and now.threads is None:
            text = NO_THREADS
        self.source.setText(text)
        self.source.setToolTip(tip)
        theme.set_state(self.source, state)

    def close_sampler(self) -> None:
        """Let go of the driver. Call before the window is destroyed."""
        self._timer.stop()
        self._sampler.close()
