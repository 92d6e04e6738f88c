"""The devices EGL can draw on without a window system, and which CUDA device each of them is.

NVIDIA's EGL names the CUDA device in an attribute; Mesa's devices have none. EGL's functions are called by ctypes here:
PyOpenGL 3.1.10 takes no device for a native display.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

from OpenGL import EGL
from OpenGL.error import Error as OpenGLError

from gpu_core.errors import GLError

_PLATFORM_DEVICE = 0x313F  # EGL_EXT_platform_device
_CUDA_DEVICE = 0x323A  # EGL_NV_device_cuda
_LISTING = ("EGL_EXT_device_enumeration", "EGL_EXT_device_base")
_MOST_DEVICES = 64

QUERY_DEVICES = ctypes.CFUNCTYPE(
    ctypes.c_uint, ctypes.c_int, ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(ctypes.c_int)
)
QUERY_STRING = ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int)
QUERY_ATTRIBUTE = ctypes.CFUNCTYPE(ctypes.c_uint, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(ctypes.c_ssize_t))
GET_DISPLAY = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p)


@dataclass(frozen=True)
class EglDevice:
    """One device, by its place in EGL's list. `cuda_index` is None if it is no CUDA device."""

    index: int
    handle: int
    cuda_index: int | None
    extensions: frozenset[str]

    @property
    def is_software(self) -> bool:
        """True if the CPU draws."""
        return "EGL_MESA_device_software" in self.extensions


@dataclass(frozen=True)
class EglFunctions:
    """What listing devices calls: functions of the prototypes above."""

    query_devices: Any
    query_string: Any
    query_attribute: Any


def list_devices(functions: EglFunctions | None = None) -> tuple[EglDevice, ...]:
    """Every device; none where EGL is too old to list them, or there is no EGL."""
    functions = functions or _functions()
    if functions is None:
        return ()
    handles, count = (ctypes.c_void_p * _MOST_DEVICES)(), ctypes.c_int()
    if not functions.query_devices(_MOST_DEVICES, handles, ctypes.byref(count)):
        return ()
    return tuple(_describe(functions, index, handle or 0) for index, handle in enumerate(handles[: count.value]))


def _describe(functions: EglFunctions, index: int, handle: int) -> EglDevice:
    told = functions.query_string(handle, EGL.EGL_EXTENSIONS) or b""
    extensions = frozenset(told.decode(errors="replace").split())
    cuda = ctypes.c_ssize_t(-1)
    names_cuda = "EGL_NV_device_cuda" in extensions and functions.query_attribute(
        handle, _CUDA_DEVICE, ctypes.byref(cuda)
    )
    return EglDevice(index, handle, cuda.value if names_cuda and cuda.value >= 0 else None, extensions)


def _functions() -> EglFunctions | None:
    try:
        told = EGL.eglQueryString(EGL.EGL_NO_DISPLAY, EGL.EGL_EXTENSIONS) or b""
    except OpenGLError:
        return None  # an EGL of before 2012 answers for displays alone
    if not set(_LISTING) & set(told.decode().split()):
        return None
    return EglFunctions(
        QUERY_DEVICES(_address("eglQueryDevicesEXT")),
        QUERY_STRING(_address("eglQueryDeviceStringEXT")),
        QUERY_ATTRIBUTE(_address("eglQueryDeviceAttribEXT")),
    )


def _address(name: str) -> int:
    return int(EGL.eglGetProcAddress(name.encode()) or 0)


def device_display(index: int) -> Any:
    """The display of a device of `list_devices`, not yet initialised.

    Raises:
        GLError: there is no such device.
    """
    devices = list_devices()
    if not 0 <= index < len(devices):
        raise GLError(f"there is no EGL device {index}, EGL lists {len(devices)}")
    display = GET_DISPLAY(_address("eglGetPlatformDisplayEXT"))(_PLATFORM_DEVICE, devices[index].handle, None)
    if not display:
        raise GLError(f"EGL opens no display on its device {index}")
    return ctypes.cast(display, EGL.EGLDisplay)
