"""OpenGL at the worst time a GPU may choose: CUDA's pictures come as late as fences allow, so do a window's drawings.

Software OpenGL does at once what it is told, and so hides every fence that is missing. Here two things are held back:

  what CUDA has unmapped   until a fence is waited for that was made after the unmapping, in the context of it
  a LazyWindow's drawings  until a fence is waited for that the window has made after them, or until it finishes

A window that does not wait for the engine's fence shows what the texture held before; an engine that does not wait for
the window's fence overwrites what the window has yet to draw. Either way the picture is wrong.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from OpenGL import GL

from tests.emulation.emulator import Emulator

# Commands whose answer a test sees at once. Within one context they come after the unmapping, without any fence.
_READING = (
    "glGetTexImage",
    "glReadPixels",
    "glGetBufferSubData",
    "glBlitFramebuffer",
    "glCopyTexSubImage2D",
    "glFinish",
)

Reach = Callable[[], None]  # a fence's effect: what stands before it happens now


class LazyGL:
    """Watches OpenGL's fences, whoever makes them, and tells the emulated driver and the windows of them."""

    def __init__(self, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
        self.emulator = emulator
        self.original: dict[str, Any] = {}
        self._fences: dict[int, Reach] = {}
        self._patch = monkeypatch.setattr
        for name in _READING:
            self._replace(name, self._after_own_unmappings(name))
        self._replace("glTexSubImage2D", self._upload)
        self._replace("glFenceSync", self._fence)
        self._replace("glWaitSync", self._wait)
        self._replace("glClientWaitSync", self._wait_on_cpu)
        self._replace("glDeleteSync", self._delete)

    def fence(self, reach: Reach) -> Any:
        """A GLsync with an effect of one's own once it is waited for."""
        sync = self.original["glFenceSync"](GL.GL_SYNC_GPU_COMMANDS_COMPLETE, 0)
        self._fences[_address(sync)] = reach
        return sync

    def _replace(self, name: str, substitute: Callable[..., Any]) -> None:
        self.original[name] = getattr(GL, name)
        self._patch(GL, name, substitute)

    def _fence(self, *_: Any) -> Any:
        here = self.emulator.fence()
        return self.fence(lambda: self.emulator.wait(here))

    def _wait(self, sync: Any, *arguments: Any) -> Any:
        self._fences.get(_address(sync), _nothing)()
        return self.original["glWaitSync"](sync, *arguments)

    def _wait_on_cpu(self, sync: Any, *arguments: Any) -> Any:
        self._fences.get(_address(sync), _nothing)()
        return self.original["glClientWaitSync"](sync, *arguments)

    def _delete(self, sync: Any) -> None:
        self._fences.pop(_address(sync), None)  # its address will be another fence's
        self.original["glDeleteSync"](sync)

    def _after_own_unmappings(self, name: str) -> Callable[..., Any]:
        def read(*arguments: Any, **named: Any) -> Any:
            self.emulator.wait(self.emulator.fence())
            return self.original[name](*arguments, **named)

        return read

    def _upload(self, *arguments: Any) -> Any:
        if GL.glGetIntegerv(GL.GL_PIXEL_UNPACK_BUFFER_BINDING):  # out of a buffer that CUDA may have written
            self.emulator.wait(self.emulator.fence())
        return self.original["glTexSubImage2D"](*arguments)

    def pixels(self, texture: int) -> NDArray[np.uint8]:
        """What is in an RGBA8 texture now, whatever is still to come: (height, width, 4), bottom row first."""
        former = GL.glGetIntegerv(GL.GL_TEXTURE_BINDING_2D)
        GL.glBindTexture(GL.GL_TEXTURE_2D, texture)
        sizes = (GL.glGetTexLevelParameteriv(GL.GL_TEXTURE_2D, 0, GL.GL_TEXTURE_HEIGHT + side) for side in (0, -1))
        found = np.empty((*map(int, sizes), 4), np.uint8)
        GL.glPixelStorei(GL.GL_PACK_ALIGNMENT, 4)
        self.original["glGetTexImage"](GL.GL_TEXTURE_2D, 0, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, found)
        GL.glBindTexture(GL.GL_TEXTURE_2D, former)
        return found


class LazyWindow:
    """Shows textures one after the other, as the viewport does; what it drew is in `drawn` once it has drawn it.

    Args:
        gl: what it and the engine call OpenGL through.
        give_back: called as `give_back(frame, fence)` once the next frame is shown; `frame` is what `show` was given.
    """

    def __init__(self, gl: LazyGL, give_back: Callable[[Any, Any], None]) -> None:
        self.drawn: list[NDArray[np.uint8]] = []
        self._gl, self._give_back = gl, give_back
        self._waiting: list[int] = []  # textures that have been drawn as far as the CPU is concerned
        self._issued = 0
        self._frame: Any = None

    def show(self, frame: Any, texture: int, fence: Any) -> None:
        """Wait on the GPU for the frame's fence (None: for nothing), draw its texture, give the former frame back."""
        if fence is not None:
            GL.glWaitSync(fence, 0, 0xFFFFFFFFFFFFFFFF)
        self._waiting.append(texture)
        self._issued += 1
        former, self._frame = self._frame, frame
        if former is not None:
            position = self._issued
            self._give_back(former, self._gl.fence(lambda: self._draw(position)))

    def finish(self) -> list[NDArray[np.uint8]]:
        """Draw whatever has not been drawn yet; all pictures since the beginning."""
        self._draw(self._issued)
        return self.drawn

    def _draw(self, position: int) -> None:
        while len(self.drawn) < position:
            self.drawn.append(self._gl.pixels(self._waiting[len(self.drawn)]))


def _address(sync: Any) -> int:
    return ctypes.cast(sync, ctypes.c_void_p).value or 0


def _nothing() -> None:
    """What waiting for somebody else's fence does: it is a real one."""
