"""A headless OpenGL context through EGL, and what the current context is.

`headless_context` needs no window system, and draws on the GPU that CUDA computes on if there is one. The renderer
itself accepts whatever context is current, Qt's as well.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from OpenGL import EGL, GL
from OpenGL.error import Error as OpenGLError

from gpu_core.cuda.opengl_devices import DeviceMatch, match
from gpu_core.errors import GLError
from gpu_core.gl.egl_devices import device_display

log = logging.getLogger(__name__)

# Core profile versions to ask for, best first: the renderer's shaders need 3.3.
_VERSIONS = ((4, 5), (4, 1), (3, 3))
_PLATFORM_SURFACELESS_MESA = 0x31DD  # EGL_MESA_platform_surfaceless; PyOpenGL has no module for it


@dataclass(frozen=True)
class GLInfo:
    """What the current context says of itself."""

    vendor: str
    renderer: str
    version: str

    @property
    def is_software(self) -> bool:
        """True on Mesa's CPU rasterisers."""
        return any(name in self.renderer.lower() for name in ("llvmpipe", "softpipe", "swrast"))


def describe_current() -> GLInfo:
    """Read the strings of the context current on this thread."""
    vendor, renderer, version = (
        (GL.glGetString(name) or b"?").decode(errors="replace")
        for name in (GL.GL_VENDOR, GL.GL_RENDERER, GL.GL_VERSION)
    )
    return GLInfo(vendor, renderer, version)


@contextmanager
def headless_context(device: int | None = None) -> Iterator[GLInfo]:
    """Make an off-screen context current on this thread for the length of the block.

    `device` is a number of `egl_devices.list_devices`; by default the CUDA device's, if there is such a one.

    Raises:
        GLError: EGL or a core profile of 3.3 or newer is not to be had; the text says which.
    """
    display, context = _open(device)
    try:
        yield describe_current()
    finally:
        EGL.eglMakeCurrent(display, EGL.EGL_NO_SURFACE, EGL.EGL_NO_SURFACE, EGL.EGL_NO_CONTEXT)
        EGL.eglDestroyContext(display, context)


def _open(device: int | None) -> tuple[Any, Any]:
    """Display and context, current on this thread: on a device, or on CUDA's and else on what EGL has by default."""
    chosen = match() if device is None else DeviceMatch(device, None, "")
    index = chosen.egl_index
    if index is not None:
        try:
            return _open_on(lambda: _device_display(index))
        except GLError as error:
            if device is not None:
                raise
            log.warning("%s, but %s: OpenGL draws elsewhere", chosen.reason, error)
    return _open_on(_surfaceless_display)


def _open_on(open_display: Callable[[], Any]) -> tuple[Any, Any]:
    try:
        display = open_display()
        context = _create_context(display)
        if not EGL.eglMakeCurrent(display, EGL.EGL_NO_SURFACE, EGL.EGL_NO_SURFACE, context):
            raise GLError("EGL makes no context current without a surface")  # PyOpenGL's own checks may be off
    except OpenGLError as error:
        raise GLError(f"no headless OpenGL: {error}") from error
    return display, context


def _device_display(index: int) -> Any:
    display = device_display(index)
    if not EGL.eglInitialize(display, EGL.EGLint(), EGL.EGLint()):
        raise GLError(f"EGL device {index} cannot be used: may this user open /dev/dri and /dev/nvidia*?")
    return display


def _surfaceless_display() -> Any:
    """Mesa's surfaceless display where there is one, else the default one (NVIDIA's EGL device display)."""
    from OpenGL.EGL.EXT.platform_base import eglGetPlatformDisplayEXT

    major, minor = EGL.EGLint(), EGL.EGLint()
    openers: tuple[Callable[[], Any], ...] = (
        lambda: eglGetPlatformDisplayEXT(_PLATFORM_SURFACELESS_MESA, None, None),
        lambda: EGL.eglGetDisplay(EGL.EGL_DEFAULT_DISPLAY),
    )
    for open_display in openers:
        try:
            display = open_display()
            if display and EGL.eglInitialize(display, major, minor):
                return display
        except OpenGLError:
            continue  # this kind of display does not exist here; the next may
    raise GLError("EGL has no display to draw on: install libegl1 and the Mesa or NVIDIA driver")


def _create_context(display: Any) -> Any:
    if not EGL.eglBindAPI(EGL.EGL_OPENGL_API):
        raise GLError("this EGL does not serve desktop OpenGL")
    wanted = [EGL.EGL_RENDERABLE_TYPE, EGL.EGL_OPENGL_BIT, EGL.EGL_SURFACE_TYPE, 0, EGL.EGL_NONE]
    configs, count = (EGL.EGLConfig * 1)(), EGL.EGLint()
    if not EGL.eglChooseConfig(display, (EGL.EGLint * len(wanted))(*wanted), configs, 1, count) or count.value < 1:
        raise GLError("EGL offers no configuration for desktop OpenGL")
    for major, minor in _VERSIONS:
        attributes = [
            EGL.EGL_CONTEXT_MAJOR_VERSION, major, EGL.EGL_CONTEXT_MINOR_VERSION, minor,
            EGL.EGL_CONTEXT_OPENGL_PROFILE_MASK, EGL.EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT, EGL.EGL_NONE,
        ]  # fmt: skip
        try:
            context = EGL.eglCreateContext(
                display, configs[0], EGL.EGL_NO_CONTEXT, (EGL.EGLint * len(attributes))(*attributes)
            )
        except OpenGLError:
            continue  # that version is not served
        if context:
            return context
    raise GLError("OpenGL 3.3 core is needed and not served here")
