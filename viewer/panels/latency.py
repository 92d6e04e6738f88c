"""The latency panel: one curve a stage over the last frames, labelled at its end, and what they come to in a table.

Below it, the bytes that crossed the bus for the last frame. Stages that a GPU timed are marked: they come some frames
late, and overlap what the processor does meanwhile.

It is redrawn when frames arrive, ten times a second at most, and not at all while nothing moves.
"""

from __future__ import annotations

import time

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gpu_core.settings import Traffic
from gpu_core.timing import LATENCY, SERIES, STAGES, Percentiles, StageHistory
from viewer import theme
from viewer.percentile_table import PercentileTable
from viewer.viewer_model import ViewerModel

TABLE_S = 0.5  # figures that change faster cannot be read
FRAMES = 300  # on the graph, at most
FEWEST = 60
TRAFFIC_TIP = (
    "<p>Bytes of the last frame that crossed the bus between host and GPU; on software OpenGL, memory copied "
    "instead.</p><p><b>pixels</b>: pictures and tensors, zero where CUDA works on OpenGL's textures in place</p>"
    "<p><b>all</b>: poses and weights as well</p>"
    "<p><b>REC</b>: the copy that a recording takes, in neither of the others</p>"
)
LABEL_ROOM = 0.36  # of the graph's length: the labels stand to the right of the newest frame
LABEL_GAP_PX = 13  # between two labels
SHRINK = 0.97  # a redraw: the range grows at once and shrinks slowly, so that it does not jump


class LatencyPanel(QWidget):
    """Reads the model's history; changes nothing."""

    def __init__(self, model: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._model = model
        self.redraws = 0
        self.logarithmic = QCheckBox("Logarithmic")
        self.logarithmic.toggled.connect(self._on_scale)
        self.verdict = QLabel("Frames will appear here as soon as something moves.", wordWrap=True)
        self.verdict.setObjectName("dim")
        self.verdict.setMinimumHeight(2 * theme.SMALL_PX + 6)  # two lines: a label that wraps asks for one
        self.table = PercentileTable(SERIES)
        self.traffic = QLabel("Bus: –")
        self.traffic.setFont(theme.figures(theme.SMALL_PX))
        self.traffic.setObjectName("dim")
        self.traffic.setToolTip(TRAFFIC_TIP)
        # It comes with a recording and must not widen the dock.
        self.traffic.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._top_ms = 1.0
        self._length = 0  # of the graph, in frames
        self._table_drawn_s = 0.0
        self._drawn_frames = 0
        self._build_plot()
        self._build()
        model.refreshed.connect(self._on_refreshed)
        model.engine_changed.connect(self._on_engine)

    def _build_plot(self) -> None:
        self.plot = pg.PlotWidget(background=theme.PANEL)
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.setMinimumHeight(72)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(theme.LINE)
            axis.setTextPen(theme.DIM)
            axis.setStyle(tickFont=theme.figures(theme.SMALL_PX), tickLength=-4)
        self.plot.setLabel("left", "ms", color=theme.DIM)
        # Width-1 pens: wider ones are sixty times slower in pyqtgraph.
        self._curves = {name: self.plot.plot(pen=pg.mkPen(theme.STAGE_COLOURS[name], width=1)) for name in SERIES}
        self._labels = {name: pg.TextItem(theme.STAGE_TITLES[name], theme.STAGE_COLOURS[name]) for name in SERIES}
        for label in self._labels.values():
            label.setFont(theme.figures(theme.SMALL_PX))
            label.setAnchor((0, 0.5))
            label.hide()
            self.plot.addItem(label, ignoreBounds=True)

    def _build(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.verdict, 1)
        top.addWidget(self.logarithmic, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.table)
        layout.addWidget(self.traffic)

    def _on_engine(self) -> None:
        self._top_ms = 1.0  # what comes may be of another order of magnitude

    def _on_refreshed(self) -> None:
        frames = self._model.history.frames
        if self.isVisible() and frames != self._drawn_frames:
            self._drawn_frames = frames
            self._draw()

    def _on_scale(self, is_logarithmic: bool) -> None:
        self.plot.setLogMode(y=is_logarithmic)
        self._draw()

    def _draw(self) -> None:
        """One redraw of the curves, and of the table if its time has come."""
        self.redraws += 1
        history = self._model.history
        ends = self._draw_curves(history)
        self._fit(history)
        self._place_labels(ends)
        now_s = time.monotonic()
        if now_s - self._table_drawn_s > TABLE_S:
            self._table_drawn_s = now_s
            table = history.table()
            self.table.show_rows(table, history.on_gpu)
            self.verdict.setText(verdict(table))
            if self._model.shown is not None:
                self.traffic.setText(bus(self._model.shown.traffic))

    def _draw_curves(self, history: StageHistory) -> dict[str, float]:
        """Redraw every curve; the heights at which they end."""
        ends = {}
        for name, curve in self._curves.items():
            values = history.values(name)[-FRAMES:]
            known = np.isfinite(values)
            curve.setVisible(bool(known.any()))
            if known.any():
                curve.setData(np.arange(1 - values.size, 1)[known], np.maximum(values[known], 1e-3))
                ends[name] = float(np.median(values[known][-9:]))
        return ends

    def _fit(self, history: StageHistory) -> None:
        recent = history.values(LATENCY)[-FRAMES:]
        if not np.isfinite(recent).any():
            recent = np.concatenate([history.values(name)[-FRAMES:] for name in STAGES])
        finite = recent[np.isfinite(recent)]
        # A single hiccup may leave the graph: its percentiles are in the table, and the rest stays readable.
        wanted = 1.15 * float(np.percentile(finite, 98)) if finite.size else 1.0
        self._set_length(min(max(len(history), FEWEST), FRAMES))
        self._top_ms = max(wanted, self._top_ms * SHRINK, 1.0)
        if self.logarithmic.isChecked():
            self.plot.setYRange(-2.0, float(np.log10(self._top_ms)) + 0.1, padding=0)
        else:
            self.plot.setYRange(0.0, self._top_ms, padding=0)

    def _set_length(self, frames: int) -> None:
        if frames != self._length:
            self._length = frames
            self.plot.setXRange(-frames, frames * LABEL_ROOM, padding=0)
            step = next(step for step in (20, 50, 100) if frames / step <= 3)
            marks = [(-x, f"−{x}" if x else "now") for x in range(0, frames + 1, step)]
            marks[1] = (marks[1][0], f"{marks[1][1]} frames")  # the leftmost may not fit
            self.plot.getAxis("bottom").setTicks([marks])

    def _place_labels(self, ends: dict[str, float]) -> None:
        """Labels at the curves' ends, highest first, moved apart; what does not fit is only in the table."""
        low, high = self.plot.viewRange()[1]
        gap = LABEL_GAP_PX / max(self.plot.getViewBox().height(), 1.0) * (high - low)
        ceiling = high
        for name in sorted(SERIES, key=lambda key: -ends.get(key, -1.0)):
            end = ends.get(name)
            label = self._labels[name]
            if end is None:
                label.hide()
                continue
            wanted = float(np.log10(max(end, 1e-3))) if self.logarithmic.isChecked() else end
            y = min(wanted, ceiling - gap)
            label.setVisible(y > low + gap / 2 and wanted - y < 1.5 * gap)
            if label.isVisible():
                label.setPos(0.01 * self._length, y)
                ceiling = y


def bus(traffic: Traffic) -> str:
    """The counters of one frame, in a line."""
    parts = [f"pixels {size(traffic.pixel_bytes)}", f"all {size(traffic.host_bytes)}"]
    if traffic.recorded_bytes:
        parts.append(f"REC {size(traffic.recorded_bytes)}")
    return "Bus: " + " · ".join(parts)


def size(count: int) -> str:
    """Bytes as people read them, in powers of 1024."""
    if count < 1024:
        return f"{count} B"
    return f"{count / 1024:.0f} KiB" if count < 1024 * 1024 else f"{count / 1024 / 1024:.1f} MiB"


def verdict(table: dict[str, Percentiles]) -> str:
    """What takes the time, in one sentence."""
    stages = {name: table[name].p50 for name in STAGES if name in table}
    if not stages:
        return "Frames will appear here as soon as something moves."
    slowest = max(stages, key=lambda name: stages[name])
    return f"{theme.STAGE_TITLES[slowest].capitalize()} is what takes the time: {stages[slowest]:.1f} ms of each frame."
