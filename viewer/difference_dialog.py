"""The dialog that shows what a change of precision did to the picture: before, after, and where they differ."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QToolTip, QVBoxLayout, QWidget

from viewer import theme
from viewer.picture_difference import PictureDifference, heat_map

SIDE = 256
LEGEND_HEIGHT = 10
TIPS = {
    "mean": "Mean of |before − after| over the colours of every pixel that the face covers, in 8-bit steps of 255",
    "largest": "The largest |before − after| of any colour of any pixel, in 8-bit steps of 255",
    "PSNR": "Peak signal-to-noise ratio over the same pixels, in decibels; above 45 dB nobody sees a difference",
}


class DifferenceDialog(QDialog):
    """Shows one difference; the heat map tells its figures under the mouse."""

    def __init__(self, shown: PictureDifference, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Difference of precisions")
        title = QLabel(f"{shown.after_title} instead of {shown.before_title}")
        title.setObjectName("title")
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        self.heat = ErrorMap(shown)
        pictures = (
            (PictureLabel(shown.before), shown.before_title),
            (PictureLabel(shown.after), shown.after_title),
            (self.heat, "Where they differ"),
        )
        for column, (picture, caption) in enumerate(pictures):
            label = QLabel(caption, alignment=Qt.AlignmentFlag.AlignCenter)
            label.setObjectName("caption")
            grid.addWidget(picture, 0, column)
            grid.addWidget(label, 1, column)
        self.figures = QLabel(figures(shown))
        self.figures.setFont(theme.figures())
        self.figures.setToolTip("<p>" + "</p><p>".join(f"<b>{name}</b>: {tip}" for name, tip in TIPS.items()) + "</p>")
        grid.addWidget(self.figures, 2, 0, 1, 2, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(Legend(shown.scale), 2, 2)
        buttons = QDialogButtonBox()
        buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addLayout(grid)
        layout.addWidget(buttons)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)


def figures(shown: PictureDifference) -> str:
    """The three figures in a line."""
    ratio = "infinite: they are equal" if shown.largest == 0 else f"{shown.psnr_db:.1f} dB"
    return f"mean {shown.mean:.2f} of 255 · largest {shown.largest} of 255 · PSNR {ratio}"


class PictureLabel(QWidget):
    """A picture, (height, width, 4) premultiplied, on the viewport's grey."""

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        super().__init__()
        self.setFixedSize(SIDE, SIDE)
        self._pixels = np.ascontiguousarray(pixels)  # QImage does not copy
        height, width = pixels.shape[:2]
        self._image = QImage(
            self._pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888_Premultiplied
        )  # fmt: skip

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: the picture, smoothly scaled."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.VIEWPORT))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(self.rect()), self._image)


class ErrorMap(PictureLabel):
    """The heat map; each pixel says what it means."""

    def __init__(self, shown: PictureDifference) -> None:
        super().__init__(heat_map(shown.steps, shown.scale))
        self._shown = shown
        self.setMouseTracking(True)

    def event(self, event: QEvent) -> bool:
        """Qt: a tooltip is asked for."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.told_at(event.x(), event.y()), self)
            return True
        return super().event(event)

    def told_at(self, x: int, y: int) -> str:
        """The error under a point of the widget. One point covers several pixels: the worst of them counts."""
        height, width = self._shown.steps.shape
        left, top = x * width // SIDE, y * height // SIDE
        part = self._shown.steps[top : (y + 1) * height // SIDE + 1, left : (x + 1) * width // SIDE + 1]
        return f"column {left}, row {top}: {int(part.max())} of 255" if part.size else ""


class Legend(QWidget):
    """What the heat map's colours mean, in 8-bit steps."""

    def __init__(self, scale: int) -> None:
        super().__init__()
        self._scale = scale
        self.setFixedSize(SIDE, LEGEND_HEIGHT + 2 * theme.SMALL_PX)
        self.setToolTip("Error of a pixel: the largest of its three colours, in 8-bit steps of 255")
        ramp = np.tile(np.linspace(0, scale + 1, SIDE, endpoint=False).astype(np.uint8), (LEGEND_HEIGHT, 1))
        self._pixels = heat_map(ramp, scale)
        self._image = QImage(self._pixels.data, SIDE, LEGEND_HEIGHT, 4 * SIDE, QImage.Format.Format_RGBA8888)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: a bar with a figure at either end."""
        painter = QPainter(self)
        painter.drawImage(0, 0, self._image)
        painter.setFont(theme.figures(theme.SMALL_PX))
        painter.setPen(QColor(theme.DIM))
        below = QRectF(0, LEGEND_HEIGHT, SIDE, 2 * theme.SMALL_PX)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, "0")
        text = f"{self._scale} of 255"
        painter.drawText(below, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
