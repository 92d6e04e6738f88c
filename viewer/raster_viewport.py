"""The viewport on a machine whose OpenGL is software: paints pixels, without OpenGL.

A GL widget makes Qt compose the whole window through OpenGL for every frame, which a software rasteriser pays for with
more than it takes to draw the face. Here the pictures come as pixels, are resized once and painted like any widget.
"""

from __future__ import annotations

import time
from collections.abc import Hashable

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gpu_core.settings import Frame
from viewer import theme
from viewer.compare.layers import Layer
from viewer.look.backdrop import Backdrop
from viewer.picture_layout import Cell
from viewer.picture_resizing import resized
from viewer.picture_stage import GiveBack, PictureStage
from viewer.viewer_model import ViewerModel

MOST_RESIZED = 6  # pictures kept at the size they are shown in
LARGEST_BACKDROP = 2048  # pixels a side: beyond, Qt scales it


class RasterViewport(PictureStage, QWidget):
    """The central widget where OpenGL is the CPU's work. Its frames carry `pixels`."""

    def __init__(self, model: ViewerModel, give_back: GiveBack, parent: QWidget | None = None) -> None:
        QWidget.__init__(self, parent)
        self._resized: dict[tuple[Hashable, int], QImage] = {}
        self._behind: tuple[Backdrop, int, QImage] | None = None  # and its side
        self.set_stage(model, give_back)
        # The backing store reaches the screen when all paint events are done: in the next turn of the event loop.
        self._on_screen = QTimer(self, singleShot=True, interval=0)
        self._on_screen.timeout.connect(self.note_on_screen)

    def release(self) -> None:
        """Let go of the pictures."""
        self.forget()
        self._resized.clear()
        self._behind = None

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt calls this whenever the widget has to be painted."""
        self.attempt(self._paint)

    def _paint(self) -> None:
        former = self.take_next(time.perf_counter_ns())
        if former is not None:
            self.give_back(former, None)
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.VIEWPORT))
        if self.frame is not None:
            self._draw(painter, self.frame)
        painter.end()
        self.painted += 1
        self._on_screen.start()

    def take_next(self, started_ns: int) -> Frame | None:
        """Drop the former frame's resized pictures with it."""
        if self.next_frame is not None:
            self._resized.clear()
        return super().take_next(started_ns)

    def _draw(self, painter: QPainter, frame: Frame) -> None:
        """Draw in device pixels: Qt's own scaling would blur."""
        ratio = self.devicePixelRatio()
        painter.scale(1 / ratio, 1 / ratio)
        layers = self.layers(frame, frame.pixels)
        for cell in self.cells_behind(layers):
            self._draw_backdrop(painter, cell)
        for layer in layers:
            pixels = frame.pixels.get(layer.view) if layer.pixels is None else layer.pixels
            if pixels is not None:
                painter.setClipRect(QRect(*layer.cell.clip))
                painter.setOpacity(layer.opacity)
                self._draw_picture(painter, pixels, layer)

    def _draw_backdrop(self, painter: QPainter, cell: Cell) -> None:
        backdrop = self.backdrop
        assert backdrop is not None
        side = 1 if backdrop.is_plain else min(cell.side, LARGEST_BACKDROP)
        if self._behind is None or self._behind[:2] != (backdrop, side):
            image = as_image(backdrop.square(side)).convertToFormat(QImage.Format.Format_RGB32)
            self._behind = backdrop, side, image
        painter.setClipRect(QRect(*cell.clip))
        painter.drawImage(QRect(cell.left, cell.top, cell.side, cell.side), self._behind[2])

    def _draw_picture(self, painter: QPainter, pixels: NDArray[np.uint8], layer: Layer) -> None:
        cell = layer.cell
        zoomed_in = cell.side > 2 * max(self.device_size())
        if zoomed_in:  # most of it is outside: let Qt scale what is inside
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, cell.side < 4 * pixels.shape[0])
            painter.drawImage(QRect(cell.left, cell.top, cell.side, cell.side), as_image(pixels))
            return
        key = (layer.source, cell.side)
        if key not in self._resized:
            if len(self._resized) >= MOST_RESIZED:
                self._resized.clear()
            self._resized[key] = as_image(resized(pixels, cell.side))
        painter.drawImage(cell.left, cell.top, self._resized[key])


def as_image(pixels: NDArray[np.uint8]) -> QImage:
    """A QImage of its own of (side, side, 4) uint8 premultiplied RGBA, in the format that Qt paints fastest."""
    bgra = cv2.cvtColor(pixels, cv2.COLOR_RGBA2BGRA)
    height, width = bgra.shape[:2]
    return QImage(bgra.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied).copy()
