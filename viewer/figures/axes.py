"""The axes of a graph of frames: milliseconds on the left, frames below, the stages' names at the curves' ends."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from viewer import theme
from viewer.figures.plot_style import ThemedAxis

LEFT_PX, RIGHT_PX, BOTTOM_PX = 36, 62, 16
LABEL_GAP_PX = 13  # between two names
FRAME_STEPS = (10, 20, 50, 100, 200, 500, 1000)


class MillisecondAxis(ThemedAxis):
    """Round milliseconds with lines through the graph; of a logarithmic one the powers of ten."""

    def __init__(self) -> None:
        super().__init__("left", offset_px=4)
        self.setTickDensity(3.0)
        self.setWidth(LEFT_PX)
        self.setGrid(255)

    def logTickValues(self, low: float, high: float, _size: float, _ticks: object) -> list[tuple[float, list[float]]]:
        """pyqtgraph: where lines are."""
        return [(1.0, [float(power) for power in range(math.ceil(low - 1e-9), math.floor(high) + 1)])]

    def logTickStrings(self, values: Sequence[float], _scale: float, _spacing: float) -> list[str]:
        """pyqtgraph: what is written at them."""
        return [f"{10.0**value:g}" for value in values]


class FramesAxis(ThemedAxis):
    """How many frames ago; it changes with the width only, not with every frame that comes."""

    def __init__(self) -> None:
        super().__init__("bottom", offset_px=1)
        self.setHeight(BOTTOM_PX)
        self._told: tuple[int, int, str] | None = None

    def show_frames(self, capacity: int, step_px: int, now: str) -> None:
        """Room for `capacity` frames of `step_px` pixels; `now` says what the newest is."""
        if self._told != (capacity, step_px, now):
            self._told = (capacity, step_px, now)
            self.setTicks([frame_ticks(capacity, step_px, now)])


def frame_ticks(capacity: int, step_px: int, now: str) -> list[tuple[float, str]]:
    """Places and what is written there: three at most beside the newest, and none over another."""
    every = next((step for step in FRAME_STEPS if capacity / step < 3.5), FRAME_STEPS[-1])
    told = [(0.0, now)]
    for back in range(every, capacity + 1, every):
        text = f"−{back} frames" if back == every else f"−{back}"
        if back * step_px >= 70 and (capacity - back) * step_px > 12:
            told.append((-float(back), text))
    return told


class EndLabels(pg.AxisItem):  # type: ignore[misc]
    """In the place of an axis on the right: which curve is which."""

    def __init__(self) -> None:
        super().__init__("right", showValues=False)
        self.setWidth(RIGHT_PX)
        self.labels: dict[str, float] = {}  # name of a stage, pixels from the top
        self._font = theme.figures(theme.SMALL_PX)

    def show_ends(self, ends: Mapping[str, float], height: float) -> None:
        """Name the curves that end at these pixels of a graph of this height."""
        labels = spread(ends, gap_px=LABEL_GAP_PX, top=4, bottom=height + 6)
        if labels != self.labels:
            self.labels = labels
            self.update()

    def paint(self, painter: QPainter, _option: object, _widget: object = None) -> None:
        """Qt: the names."""
        painter.setFont(self._font)
        for name, y in self.labels.items():
            painter.setPen(QColor(theme.STAGE_COLOURS[name]))
            area = QRectF(6, y - 9, RIGHT_PX - 6, 18)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, theme.STAGE_TITLES[name])


def spread(ends: Mapping[str, float], *, gap_px: float, top: float, bottom: float) -> dict[str, float]:
    """Where labels stand whose curves end at these pixels: moved apart, and left out where there is no room."""
    placed: dict[str, float] = {}
    above = top - gap_px
    for name, wanted in sorted(ends.items(), key=lambda item: item[1]):
        y = max(wanted, above + gap_px)
        if y <= bottom - gap_px / 2 and y - wanted < 1.5 * gap_px:
            placed[name] = above = y
    return placed
