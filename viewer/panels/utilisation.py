"""The utilisation panel: how busy the GPU (where there is one) or the processor is, once a second."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from viewer import theme
from viewer.viewer_model import ViewerModel

if TYPE_CHECKING:
    from gpu_core.telemetry import Sampler, UtilisationSample

INTERVAL_MS = 1000
SECONDS = 60
# Drawing composes the whole window, 30 ms of a core where the processor rasterises: an idle window does it less often.
DRAWN_EVERY_IDLE = 3
COLOURS = {"machine": "#56b4e9", "process": "#e69f00", "GPU": "#009e73"}


class UtilisationPanel(QWidget):
    """Samples while it can be seen. `description` says what is measured and, without a GPU, why there is none."""

    def __init__(
        self, model: ViewerModel, sampler: Sampler, description: str, cores: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._model, self._sampler, self._cores = model, sampler, cores
        self._undrawn = 0
        self._newest: UtilisationSample | None = None
        self._series: dict[str, deque[float]] = {name: deque(maxlen=SECONDS) for name in COLOURS}
        self.figures = QLabel("…")
        self.figures.setFont(theme.figures(theme.SMALL_PX))
        self.source = QLabel(description, wordWrap=True)
        self.source.setObjectName("dim")
        self.source.setMinimumHeight(2 * theme.SMALL_PX + 6)  # two lines: a label that wraps asks for one
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self._on_time)
        self._build_plot()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(4)
        layout.addWidget(self.figures)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.source)

    def _build_plot(self) -> None:
        self.plot = pg.PlotWidget(background=theme.PANEL)
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.setMinimumHeight(64)
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

    def _on_time(self) -> None:
        self.sample()
        self._undrawn += 1
        if self._undrawn >= (DRAWN_EVERY_IDLE if self._model.is_idle else 1):
            self._undrawn = 0
            self.show_samples()

    def sample(self) -> None:
        """Take a sample."""
        now = self._sampler.sample()
        values = {"machine": now.machine_percent, "process": now.process_percent / self._cores, "GPU": now.gpu_percent}
        for name, value in values.items():
            if value is not None:
                self._series[name].append(value)
        self._newest = now

    def show_samples(self) -> None:
        """Draw what was sampled."""
        for name, series in self._series.items():
            if series:
                self._curves[name].setData(np.arange(1 - len(series), 1), np.array(series))
        if self._newest is not None:
            self.figures.setText(describe(self._newest))

    def close_sampler(self) -> None:
        """Let go of the driver. Call before the window is destroyed."""
        self._timer.stop()
        self._sampler.close()


def describe(sample: UtilisationSample) -> str:
    """One sample in words, coloured like its curves."""
    parts = []
    if sample.gpu_percent is not None:
        parts.append(_coloured("GPU", f"GPU {sample.gpu_percent:.0f} %"))
    if sample.vram_used_mb is not None and sample.vram_total_mb is not None:
        parts.append(f"{sample.vram_used_mb / 1024:.1f} of {sample.vram_total_mb / 1024:.0f} GB")
    cores = sample.process_percent / 100
    parts.append(_coloured("machine", f"CPU {sample.machine_percent:.0f} %"))
    parts.append(_coloured("process", f"Mien {cores:.2f} cores"))
    parts.append(f"{sample.resident_mb:.0f} MB")
    return " · ".join(parts)


def _coloured(name: str, text: str) -> str:
    return f'<span style="color:{COLOURS[name]}">{text}</span>'
