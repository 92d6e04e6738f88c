"""The OpenGL context the engine draws in: beside the window's, or on a GPU that the window knows nothing of.

Qt's rules: the offscreen surface is made on the GUI thread; the context is handed to the thread that uses it, shares
its textures with the widgets through the application's global share context, is made current once and never moved.
"""

from __future__ import annotations

import logging
from contextlib import ExitStack

from PySide6.QtCore import QThread
from PySide6.QtGui import QOffscreenSurface, QOpenGLContext, QSurfaceFormat

from gpu_core.errors import GLError

log = logging.getLogger(__name__)


class EngineContext:
    """Made on the GUI thread; `make_current` belongs to the engine's. `device` is a GPU to draw on, by EGL's number."""

    def __init__(self, device: int | None) -> None:
        self._device = device
        self._surface = QOffscreenSurface()
        self._surface.create()
        # Made here although another thread uses it: its constructor connects itself to the screen, for which Qt takes
        # locks that the GUI thread may hold while it destroys a window and waits for Python's own lock.
        self._context: QOpenGLContext | None = QOpenGLContext()
        self._context.setFormat(QSurfaceFormat.defaultFormat())
        self._context.setShareContext(QOpenGLContext.globalShareContext())

    def hand_over(self, thread: QThread) -> None:
        """Give the context to the engine's thread, before that starts."""
        assert self._context is not None
        self._context.moveToThread(thread)

    def make_current(self, current: ExitStack) -> None:
        """Make a context that stays current on this thread until `current` is closed.

        Raises:
            GLError: there is none.
        """
        if self._device is None or not self._draw_on(self._device, current):
            self._draw_beside_window(current)

    def _draw_on(self, index: int, current: ExitStack) -> bool:
        from gpu_core.gl.context import headless_context

        try:
            current.enter_context(headless_context(index))
        except GLError as error:
            log.warning("%s: the engine draws where the window does", error)
            return False
        return True

    def _draw_beside_window(self, current: ExitStack) -> None:
        context, self._context = self._context, None  # who uses it also destroys it
        assert context is not None
        current.callback(context.doneCurrent)
        if not context.create() or not context.makeCurrent(self._surface):
            raise GLError("no OpenGL context for the engine: is there a display and an OpenGL 3.3 driver?")
