"""What the colours of a difference mean: a bar with a figure at either end."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer import theme
from viewer.compare.picture_difference import heat_map

BAR_PX = 8


class HeatLegend(QWidget):
    """Shows from what error on the map is brightest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(BAR_PX + theme.SMALL_PX + 6)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.brightest = ""
        ramp = np.arange(256, dtype=np.uint8)[None]
        self._pixels = heat_map(ramp, 255)
        self._bar = QImage(self._pixels.data, 256, 1, 4 * 256, QImage.Format.Format_RGBA8888)

    def show_scale(self, brightest: str) -> None:
        """Say what the end of the bar stands for."""
        if brightest != self.brightest:
            self.brightest = brightest
            self.setAccessibleDescription(f"black is no difference, the lightest {brightest} or more")
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: the bar and its ends."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(0, 0, self.width(), BAR_PX), self._bar)
        painter.setFont(theme.figures(theme.SMALL_PX))
        painter.setPen(QColor(theme.DIM))
        below = QRectF(0, BAR_PX + 2, self.width(), theme.SMALL_PX + 4)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, "0")
        painter.drawText(below, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.brightest)
