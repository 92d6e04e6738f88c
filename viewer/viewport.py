"""The viewport: shows the engine's pictures, letterboxed, as sharp as the screen allows, and gives the frames back.

    show_frame(frame) -> update() -> paintGL: wait on the GPU for the frame's fence, draw -> frameSwapped: note it

A frame's textures belong to the window until it gives the frame back, together with a fence that the GPU passes when
the last drawing from them is done. The fence is made in the paint that shows the next frame, in the same context.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

from OpenGL import GL
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QLabel, QWidget

from gpu_core.settings import Frame, View
from viewer import theme
from viewer.failures import Failures
from viewer.picture_layout import MARGIN, Cell, lay_out, zoom_about
from viewer.picture_painter import PicturePainter
from viewer.viewer_model import Canvas, ViewerModel, ViewMode

log = logging.getLogger(__name__)

GiveBack: TypeAlias = Callable[[Frame, Any], None]
CAPTIONS = {View.TEXTURE: "Texture", View.RENDER: "Render", View.GENERATED: "Generated"}
NO_TIMEOUT = 0xFFFFFFFFFFFFFFFF
WHEEL_STEP = 1.0015  # zoom per eighth of a degree of the wheel: about 1.2 a notch


class Viewport(QOpenGLWidget):
    """The central widget. `painted` counts paints, `failures` what went wrong in them."""

    def __init__(self, model: ViewerModel, give_back: GiveBack, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.painted = 0
        self.failures = Failures(log)
        self._model = model
        self._give_back = give_back
        self._painter: PicturePainter | None = None
        self._frame: Frame | None = None  # on the screen
        self._next: Frame | None = None  # to be painted
        self._dropped = 0
        self._painted_ns = 0  # when the paint of a frame not yet swapped began; 0: there is none
        self._drag: QPointF | None = None
        self._captions = {view: self._caption(text) for view, text in CAPTIONS.items()}
        self._status = self._caption(model.status, "status")
        self.setMinimumSize(160, 160)
        self.setToolTip("")
        self.frameSwapped.connect(self._note_swap)
        model.canvas_changed.connect(self._on_canvas)
        model.mode_changed.connect(self._on_mode)
        model.status_changed.connect(self._on_status)

    def _caption(self, text: str, name: str = "caption") -> QLabel:
        label = QLabel(text, self)
        label.setObjectName(name)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setWordWrap(name == "status")
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        label.setVisible(name == "status")
        return label

    # -- frames ------------------------------------------------------------------------------------------------------
    def show_frame(self, frame: Frame, dropped: int) -> None:
        """Paint a frame as soon as possible, in place of one that is still waiting."""
        if self._next is not None:
            self._give_back(self._next, None)
        self._next, self._dropped = frame, dropped
        if self._status.isVisible():
            self._status.hide()
        self.update()
        self._model.note_arrived()

    def forget(self) -> None:
        """The engine is gone, and every frame's textures with it."""
        self._next = self._frame = None
        self.update()

    def release(self) -> None:
        """Let go of everything that lies in OpenGL. Call before the window is destroyed."""
        self.forget()
        if self._painter is not None:
            self.makeCurrent()
            self._painter.close()
            self._painter = None
            self.doneCurrent()

    # -- OpenGL ------------------------------------------------------------------------------------------------------
    def initializeGL(self) -> None:
        """Qt calls this once per context."""
        self._attempt(self._make_painter)

    def _make_painter(self) -> None:
        self._painter = PicturePainter()

    def paintGL(self) -> None:
        """Qt calls this whenever the widget has to be painted, with its context current."""
        if not self.failures.pausing:
            self._attempt(self._paint)

    def _attempt(self, step: Callable[[], None]) -> None:
        """An exception that leaves a paint event would be printed a thousand times a second."""
        try:
            step()
        except Exception as error:  # noqa: BLE001 - the edge to Qt's C++ caller
            if self.failures.note(error):
                self._model.post(f"The picture cannot be drawn: {error}", "error")
        else:
            self.failures.forget()

    def _paint(self) -> None:
        if self._painter is None:
            return
        started_ns = time.perf_counter_ns()
        width, height = self._device_size()
        background = QColor(theme.VIEWPORT)
        self._painter.clear(width, height, (background.redF(), background.greenF(), background.blueF()))
        former = self._take_next(started_ns)
        if self._frame is not None:
            self._draw(self._painter, self._frame, width, height)
        if former is not None:
            fence = GL.glFenceSync(GL.GL_SYNC_GPU_COMMANDS_COMPLETE, 0)
            GL.glFlush()  # or the engine's thread might wait for a fence that was never sent
            self._give_back(former, fence)
        self.painted += 1

    def _take_next(self, started_ns: int) -> Frame | None:
        """Make the waiting frame the one on the screen; returns the one it replaces."""
        if self._next is None:
            return None
        former, self._frame, self._next = self._frame, self._next, None
        if self._frame.fence is not None:
            GL.glWaitSync(self._frame.fence, 0, NO_TIMEOUT)
        self._painted_ns = started_ns
        return former

    def _draw(self, painter: PicturePainter, frame: Frame, width: int, height: int) -> None:
        views = [view for view in self._model.mode.views if view in frame.pictures]
        if not views:  # the mode has just changed and its first frame is on the way: keep the face on the screen
            views = [view for view in reversed(View) if view in frame.pictures][:1]
        for view, cell in zip(views, self._cells(len(views)), strict=True):
            painter.draw(frame.pictures[view][0], cell, width, height)

    def _note_swap(self) -> None:
        if self._painted_ns and self._frame is not None:
            painted_ns, self._painted_ns = self._painted_ns, 0
            self._model.note_shown(
                self._frame, painted_ns=painted_ns, shown_ns=time.perf_counter_ns(), dropped=self._dropped
            )

    # -- geometry ----------------------------------------------------------------------------------------------------
    def _device_size(self) -> tuple[int, int]:
        size = self.size() * self.devicePixelRatio()
        return max(size.width(), 1), max(size.height(), 1)

    def _cells(self, count: int) -> tuple[Cell, ...]:
        canvas = self._model.canvas
        return lay_out(*self._device_size(), count, ratio=self.devicePixelRatio(), zoom=canvas.zoom, pan=canvas.pan)

    def zoom_for_pixels(self) -> float:
        """The zoom at which a pixel of the picture is a pixel of the screen."""
        if self._frame is None:
            return 1.0
        picture = next(iter(self._frame.pictures.values()))[0]
        return (
            picture.size
            / lay_out(*self._device_size(), len(self._model.mode.views), ratio=self.devicePixelRatio())[0].side
        )

    def _place_captions(self) -> None:
        ratio, views = self.devicePixelRatio(), self._model.mode.views
        for label in self._captions.values():
            label.hide()
        if len(views) > 1:
            for view, cell in zip(views, self._cells(len(views)), strict=True):
                x, y, w, h = (round(value / ratio) for value in cell.clip)
                self._captions[view].setGeometry(x, y + h, w, 24)
                self._captions[view].show()
        self._status.setGeometry(self.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: the captions move with the pictures."""
        super().resizeEvent(event)
        self._place_captions()

    # -- the model ---------------------------------------------------------------------------------------------------
    def _on_canvas(self, _canvas: Canvas) -> None:
        self.update()

    def _on_mode(self, _mode: ViewMode) -> None:
        self._place_captions()
        self.update()

    def _on_status(self, text: str) -> None:
        self._status.setText(text)
        self._status.setVisible(bool(text))

    # -- the mouse: wheel zooms, drag moves, double-click fits ----------------------------------------------------
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt: zoom about the point under the mouse."""
        factor = WHEEL_STEP ** event.angleDelta().y()
        canvas, (cell, *_) = self._model.canvas, lay_out(*self._device_size(), len(self._model.mode.views))
        where = event.position() * self.devicePixelRatio()
        centre = cell.side / 2
        point = ((where.x() - cell.left - centre) / cell.side, (where.y() - cell.top - centre) / cell.side)
        self._model.set_canvas(Canvas(canvas.zoom * factor, zoom_about(canvas.pan, factor, point)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: begin to move the picture."""
        self._drag = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt: move the picture with the mouse."""
        if self._drag is None:
            return
        moved, self._drag = (event.position() - self._drag) * self.devicePixelRatio(), event.position()
        canvas, side = self._model.canvas, lay_out(*self._device_size(), len(self._model.mode.views))[0].side
        pan = (canvas.pan[0] + moved.x() / side, canvas.pan[1] + moved.y() / side)
        self._model.set_canvas(replace(canvas, pan=pan))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Qt: let go."""
        self._drag = None

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Qt: fit the picture in again."""
        self._model.set_canvas(Canvas())
