"""The utilisation panel: how busy the GPU (where there is one) or the processor is, once a second."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from viewer import gpu_text, theme
from viewer.viewer_model import ViewerModel

if TYPE_CHECKING:
    from gpu_core.nvml import GpuSample
    from gpu_core.telemetry import Sampler, UtilisationSample

INTERVAL_MS = 1000
SECONDS = 60
# Drawing composes the whole window, 30 ms of a core where the processor rasterises: an idle window does it less often.
DRAWN_EVERY_IDLE = 3
COLOURS = {"machine": "#56b4e9", "process": "#e69f00", "GPU": "#2fb890", "own GPU": "#cc79a7"}


class UtilisationPanel(QWidget):
    """Samples while it can be seen, of several GPUs the one that computes."""

    def __init__(self, model: ViewerModel, sampler: Sampler, cores: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._model, self._sampler, self._cores = model, sampler, cores
        self._undrawn = 0
        self._newest: UtilisationSample | None = None
        self._series: dict[str, deque[float]] = {name: deque(maxlen=SECONDS) for name in COLOURS}
        self.gpu = QLabel()  # two lines, three where the GPU is held back
        # A long line is cut, its tooltip is not: the panel must not grow and shrink with what the GPU says.
        self.gpu.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.gpu.hide()
        self.figures = QLabel("…")
        for label in (self.gpu, self.figures):
            label.setFont(theme.figures(theme.SMALL_PX))
        self.source = QLabel(sampler.description, wordWrap=True)
        self.source.setObjectName("dim")
        self.source.setMinimumHeight(2 * theme.SMALL_PX + 6)  # two lines: a label that wraps asks for one
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self._on_time)
        self._build_plot()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(4)
        layout.addWidget(self.gpu)
        layout.addWidget(self.figures)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.source)
        model.path_changed.connect(self._on_path)

    def _build_plot(self) -> None:
        self.plot = pg.PlotWidget(background=theme.PANEL)
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.setMinimumHeight(48)
        self.plot.setXRange(-SECONDS, 0, padding=0.01)
        self.plot.setYRange(-12, 112, padding=0)  # room for the axis's own figures
        axis = self.plot.getAxis("left")
        axis.setPen(theme.LINE)
        axis.setTextPen(theme.DIM)
        axis.setStyle(tickFont=theme.figures(theme.SMALL_PX), tickLength=-4)
        axis.setTicks([[(0, "0"), (50, "50"), (100, "100 %")]])
        self.plot.hideAxis("bottom")
        self._curves = {name: self.plot.plot(pen=pg.mkPen(colour, width=1)) for name, colour in COLOURS.items()}

    def showEvent(self, event: QShowEvent) -> None:
        """Qt: begin to sample."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Qt: nobody looks."""
        super().hideEvent(event)
        self._timer.stop()

    def _on_path(self) -> None:
        engine = self._model.engine
        if engine is not None and engine.state.gpu:
            self._sampler.watch(engine.state.gpu)
            self.source.setText(self._sampler.description)

    def _on_time(self) -> None:
        self.sample()
        self._undrawn += 1
        if self._undrawn >= (DRAWN_EVERY_IDLE if self._model.is_idle else 1):
            self._undrawn = 0
            self.show_samples()

    def sample(self) -> None:
        """Take a sample."""
        now = self._sampler.sample()
        values = {
            "machine": now.machine_percent,
            "process": now.process_percent / self._cores,
            "GPU": now.gpu.busy_percent if now.gpu is not None else None,
            "own GPU": now.gpu.own_sm_percent if now.gpu is not None else None,
        }
        for name, value in values.items():
            if value is not None:
                self._series[name].append(value)
        self._newest = now
        self._model.utilisation_sampled.emit(now)

    def show_samples(self) -> None:
        """Draw what was sampled."""
        for name, series in self._series.items():
            if series:
                self._curves[name].setData(np.arange(1 - len(series), 1), np.array(series))
        if self._newest is not None:
            self.figures.setText(describe(self._newest))
            self._show_gpu(self._newest.gpu)

    def _show_gpu(self, gpu: GpuSample | None) -> None:
        self.gpu.setVisible(gpu is not None)
        if gpu is not None:
            self.gpu.setText(describe_gpu(gpu))
            self.gpu.setToolTip(gpu_text.tooltip(gpu))

    def close_sampler(self) -> None:
        """Let go of the driver. Call before the window is destroyed."""
        self._timer.stop()
        self._sampler.close()


def describe(sample: UtilisationSample) -> str:
    """Processor and memory in words, coloured like their curves."""
    cores = sample.process_percent / 100
    parts = (
        _coloured(COLOURS["machine"], f"CPU {sample.machine_percent:.0f} %"),
        _coloured(COLOURS["process"], f"Mien {cores:.2f} cores"),
        f"{sample.resident_mb:.0f} MB",
    )
    return " · ".join(parts)


def describe_gpu(gpu: GpuSample) -> str:
    """A GPU in two lines, coloured like its curves, and a third if something slows it down."""
    load_colour = theme.ERROR if gpu.is_silent else COLOURS["GPU"]
    first = (
        _coloured(load_colour, gpu_text.load(gpu)),
        _coloured(COLOURS["own GPU"], gpu_text.own_load(gpu)),
        gpu_text.memory(gpu),
    )
    lines = (
        " · ".join(filter(None, first)),
        gpu_text.state(gpu),
        _coloured(theme.WARNING, gpu_text.slowed(gpu)),
    )
    return "<br>".join(filter(None, lines))


def _coloured(colour: str, text: str) -> str:
    return f'<span style="color:{colour}">{text}</span>' if text else ""
