"""The viewport on a GPU: draws the engine's textures, letterboxed, as sharp as the screen allows, and gives them back.

    show_frame(frame) -> update() -> paintGL: wait on the GPU for the frame's fence, draw -> frameSwapped: note it

A frame's textures belong to the window until it gives the frame back, together with a fence that the GPU passes when
the last drawing from them is done. The fence is made in the paint that shows the next frame, in the same context.
"""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL
from PySide6.QtGui import QColor
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QWidget

from gpu_core.settings import Frame
from viewer import theme
from viewer.face_grid import split
from viewer.look.backdrop import Backdrop
from viewer.picture_painter import PicturePainter
from viewer.picture_stage import GiveBack, PictureStage
from viewer.viewer_model import ViewerModel

NO_TIMEOUT = 0xFFFFFFFFFFFFFFFF
BACKDROP_SIDE = 1024  # pixels: it is scaled with the picture, and never made again for another zoom


class GLViewport(PictureStage, QOpenGLWidget):
    """The central widget where OpenGL is hardware's work."""

    def __init__(self, model: ViewerModel, give_back: GiveBack, parent: QWidget | None = None) -> None:
        QOpenGLWidget.__init__(self, parent)
        self._painter: PicturePainter | None = None
        self._behind: tuple[Backdrop, NDArray[np.uint8]] | None = None
        self.set_stage(model, give_back)
        self.frameSwapped.connect(self.note_on_screen)

    def release(self) -> None:
        """Let go of everything that lies in OpenGL. Call before the window is destroyed."""
        self.forget()
        if self._painter is not None:
            self.makeCurrent()
            self._painter.close()
            self._painter = None
            self.doneCurrent()

    def initializeGL(self) -> None:
        """Qt calls this once per context."""
        self.attempt(self._make_painter)

    def _make_painter(self) -> None:
        self._painter = PicturePainter()

    def paintGL(self) -> None:
        """Qt calls this whenever the widget has to be painted, with its context current."""
        self.attempt(self._paint)

    def _paint(self) -> None:
        if self._painter is None:
            return
        started_ns = time.perf_counter_ns()
        width, height = self.device_size()
        background = QColor(theme.VIEWPORT)
        self._painter.clear(width, height, (background.redF(), background.greenF(), background.blueF()))
        former = self.take_next(started_ns)
        if self.frame is not None:
            if former is not self.frame and self.frame.fence is not None:
                GL.glWaitSync(self.frame.fence, 0, NO_TIMEOUT)
            self._draw(self._painter, self.frame, width, height)
        if former is not None:
            fence = GL.glFenceSync(GL.GL_SYNC_GPU_COMMANDS_COMPLETE, 0)
            GL.glFlush()  # or the engine's thread might wait for a fence that was never sent
            self.give_back(former, fence)
        self.painted += 1

    def _draw(self, painter: PicturePainter, frame: Frame, width: int, height: int) -> None:
        layers = self.layers(frame, frame.pictures)
        for cell in self.cells_behind(layers):
            painter.draw(painter.upload("backdrop", self._square()), cell, width, height)
        for layer in layers:
            if layer.pixels is not None:
                picture = painter.upload(layer.source, layer.pixels)
                painter.draw(picture, layer.cell, width, height, opacity=layer.opacity)
                continue
            faces = frame.pictures.get(layer.view, ())
            for picture, part in zip(faces, split(layer.cell, max(len(faces), 1)), strict=False):
                painter.draw(picture, part, width, height, opacity=layer.opacity)

    def _square(self) -> NDArray[np.uint8]:
        assert self.backdrop is not None
        if self._behind is None or self._behind[0] is not self.backdrop:
            self._behind = self.backdrop, self.backdrop.square(BACKDROP_SIDE)
        return self._behind[1]
