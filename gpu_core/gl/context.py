"""A headless OpenGL context through EGL, and what the current context is.

`headless_context` needs no window system. The renderer itself accepts whatever context is current, Qt's as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from OpenGL import EGL, GL
from OpenGL.error import Error as OpenGLError

from gpu_core.errors import GLError

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
def headless_context() -> Iterator[GLInfo]:
    """Make an off-screen context current on this thread for the length of the block.

    Raises:
        GLError: EGL or a core profile of 3.3 or newer is not to be had; the text says which.
    """
    try:
        display = _surfaceless_display()
        context = _create_context(display)
        EGL.eglMakeCurrent(display, EGL.EGL_NO_SURFACE, EGL.EGL_NO_SURFACE, context)
    except OpenGLError as error:
        raise GLError(f"no headless OpenGL: {error}") from error
    try:
        yield describe_current()
    finally:
        EGL.eglMakeCurrent(display, EGL.EGL_NO_SURFACE, EGL.EGL_NO_SURFACE, EGL.EGL_NO_CONTEXT)
        EGL.eglDestroyContext(display, context)


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
