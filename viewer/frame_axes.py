"""The axes of a graph of frames: which place is which pixel. Plain geometry, and the painting of grid and ticks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from gpu_core.timing import Floats
from viewer import theme

LEFT, RIGHT, TOP, BOTTOM = 34, 62, 6, 16  # px: figures of the axis; labels at the curves' ends
LOWEST_MS = 0.01  # of a logarithmic axis
TICK_GAP_PX = 26


@dataclass(frozen=True)
class FrameAxes:
    """Frames to the right, the newest at the edge; milliseconds upwards from 0, or logarithmic from LOWEST_MS."""

    width: int
    height: int
    step_px: int  # a frame
    last_slot: float  # at the right edge
    top_ms: float
    logarithmic: bool = False

    @property
    def box(self) -> QRectF:
        """Where the data is drawn."""
        return QRectF(LEFT, TOP, max(self.width - LEFT - RIGHT, 1), max(self.height - TOP - BOTTOM, 1))

    @property
    def capacity(self) -> int:
        """How many frames there is room for."""
        return int(self.box.width() // self.step_px)

    def x(self, slots: Floats) -> Floats:
        """Pixels of places: the middle of a frame's column."""
        middle: Floats = self.box.right() - (self.last_slot - slots + 0.5) * self.step_px
        return middle

    def slot(self, x: float) -> float:
        """The place under a pixel."""
        return self.last_slot - (self.box.right() - x) / self.step_px + 0.5

    def y(self, values: Floats) -> Floats:
        """Pixels of milliseconds; what is above the top is cut there."""
        box = self.box
        if self.logarithmic:
            share = np.log(np.maximum(values, LOWEST_MS) / LOWEST_MS) / math.log(max(self.top_ms, 0.1) / LOWEST_MS)
        else:
            share = values / self.top_ms
        pixels: Floats = box.bottom() - np.clip(share, 0.0, 1.0) * box.height()
        return pixels

    def ticks(self) -> list[float]:
        """Round milliseconds, far enough apart to be read."""
        if self.logarithmic:
            powers = range(round(math.log10(LOWEST_MS)), math.floor(math.log10(self.top_ms)) + 1)
            every = math.ceil(len(powers) * TICK_GAP_PX / self.box.height())
            return [10.0**power for power in powers][:: max(every, 1)]
        most = max(int(self.box.height() // TICK_GAP_PX), 1)
        rough = self.top_ms / most
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)
        return [step * index for index in range(int(self.top_ms / step) + 1)]

    def paint(self, painter: QPainter, now: str) -> None:
        """Grid, milliseconds on the left, frames below; `now` says what the newest frame is."""
        box = self.box
        painter.setFont(theme.figures(theme.SMALL_PX))
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        ticks = self.ticks()
        heights = self.y(np.array(ticks))
        for value, y in zip(ticks, heights, strict=True):
            painter.setPen(QColor(theme.LINE))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            painter.setPen(QColor(theme.DIM))
            painter.drawText(QRectF(-10, y - 8, LEFT + 6, 16), right, f"{value:g}")
        self._paint_frames(painter, now)

    def _paint_frames(self, painter: QPainter, now: str) -> None:
        box, capacity = self.box, self.capacity
        painter.drawText(QRectF(0, box.bottom() + 1, LEFT - 4, BOTTOM), Qt.AlignmentFlag.AlignRight, "ms")
        every = next((step for step in (10, 20, 50, 100, 200, 500) if capacity / step < 3.5), 1000)
        painter.drawText(QRectF(box.right() - 80, box.bottom() + 1, 140, BOTTOM), Qt.AlignmentFlag.AlignHCenter, now)
        for back in range(every, capacity + 1, every):
            x = box.right() - (back + 0.5) * self.step_px
            text = f"−{back} frames" if back == every else f"−{back}"
            area = QRectF(x - 45, box.bottom() + 1, 90, BOTTOM)
            if area.left() > box.left() - 34 and back * self.step_px >= 70:
                painter.drawText(area, Qt.AlignmentFlag.AlignHCenter, text)


def end_label_heights(ends: dict[str, float], *, gap_px: float, top: float, bottom: float) -> dict[str, float]:
    """Where labels stand whose curves end at these pixels: moved apart, and left out where there is no room."""
    placed: dict[str, float] = {}
    above = top - gap_px
    for name, wanted in sorted(ends.items(), key=lambda item: item[1]):
        y = max(wanted, above + gap_px)
        if y <= bottom - gap_px / 2 and y - wanted < 1.5 * gap_px:
            placed[name] = above = y
    return placed
