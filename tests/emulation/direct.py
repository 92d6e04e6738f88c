"""Kernels on the CPU without a driver: what launchers need of `Kernels`, over numpy arrays.

`HostKernels.launch` runs at once. Each array it may touch is named before: `surface(array)`, `linear(array)`,
`memory(array)`. One byte beyond is a KernelFault, and `traffic` tells what the last launch touched.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_core.cuda.kernels import check_arguments
from gpu_core.cuda.sources import LinearSource, SurfaceSource
from tests.emulation import host_kernels

SECTOR_BYTES = 32


class KernelFault(Exception):
    """The kernel did what a GPU would not survive."""


class _Dim3(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in "xyz"]


class _Kernel(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p), ("launch", ctypes.c_void_p), ("parameters", ctypes.c_int),
        ("sizes", ctypes.POINTER(ctypes.c_size_t)), ("alignments", ctypes.POINTER(ctypes.c_size_t)),
    ]  # fmt: skip


class Count(ctypes.Structure):
    """Requests (instructions times warps), 32-byte sectors, and the bytes that threads asked for."""

    _fields_ = [(name, ctypes.c_uint64) for name in ("requests", "sectors", "bytes")]


class Traffic(ctypes.Structure):
    """What a launch touched."""

    _fields_ = [(name, Count) for name in ("loads", "stores", "surface_loads", "surface_stores", "texture_fetches")]

    @property
    def bytes_moved(self) -> int:
        """All sectors of all requests, in bytes."""
        return SECTOR_BYTES * sum(getattr(self, name).sectors for name, _ in self._fields_)


def device_array(shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
    """Zeros that begin where a GPU's allocations do: on a multiple of 256 bytes."""
    count = int(np.prod(shape)) * np.dtype(dtype).itemsize
    room = np.zeros(count + 256, np.uint8)
    start = -room.ctypes.data % 256
    return room[start : start + count].view(dtype).reshape(shape)


class HostKernels:
    """Stands where `Kernels` does. `counting` fills `traffic` at each launch, and makes it slower."""

    def __init__(
        self, folder: Path, sources: Sequence[Path] = (), *, wide_surfaces: bool = True, counting: bool = False
    ) -> None:
        self.wide_surfaces, self.counting = wide_surfaces, counting
        self.traffic = Traffic()
        self.launched: list[str] = []
        self._library = ctypes.CDLL(str(host_kernels.build(folder, sources)))
        self._library.mien_kernels.restype = ctypes.POINTER(_Kernel)
        self._library.direct_launch.restype = ctypes.c_char_p
        self._library.direct_surface.restype = ctypes.c_uint64
        count = ctypes.c_int()
        table = self._library.mien_kernels(ctypes.byref(count))
        self._kernels = {table[i].name.decode(): (i, table[i]) for i in range(count.value)}
        self._kept: list[NDArray[Any]] = []  # what kernels may touch has to live

    def surface(self, picture: NDArray[Any]) -> SurfaceSource:
        """A surface over (height, width, 4) uint8 or (height, width) float32."""
        height, width, channels = *picture.shape[:2], (4 if picture.dtype == np.uint8 else 1)
        handle = self._library.direct_surface(
            *self._own(picture), ctypes.c_size_t(width), ctypes.c_size_t(height), channels, picture.dtype.itemsize
        )
        return SurfaceSource(handle, width, height, channels, picture.dtype.name)

    def linear(self, picture: NDArray[Any], width: int | None = None) -> LinearSource:
        """Linear memory, (height, pitch in pixels, 4) uint8 or (height, pitch in pixels) float32."""
        channels = 4 if picture.dtype == np.uint8 else 1
        pointer = self.memory(picture)
        height, across = picture.shape[:2]
        return LinearSource(pointer, picture.strides[0], width or across, height, channels, picture.dtype.name)

    def memory(self, array: NDArray[Any]) -> int:
        """The address of an array, which kernels may touch from now on."""
        (pointer,) = self._own(array)
        self._library.direct_memory(pointer, ctypes.c_size_t(array.nbytes))
        return int(pointer.value or 0)

    def launch(self, stream: Any, name: str, grid: tuple[int, ...], block: tuple[int, ...], *args: Any) -> None:
        """Run a kernel; raises TypeError as `Kernels.launch` does, and KernelFault."""
        index, kernel = self._kernels[name]
        check_arguments(name, kernel.sizes[: kernel.parameters], args)
        copies = [np.array(argument) for argument in args]
        pointers = (ctypes.c_void_p * len(copies))(*(copy.ctypes.data for copy in copies))
        self.traffic = Traffic()
        counted = ctypes.byref(self.traffic) if self.counting else None
        self.launched.append(name)
        fault = self._library.direct_launch(index, _Dim3(*grid), _Dim3(*_three(block)), pointers, counted)
        if fault:
            raise KernelFault(f"{name}: {fault.decode()}")

    def _own(self, array: NDArray[Any]) -> tuple[ctypes.c_void_p]:
        assert array.flags.c_contiguous
        self._kept.append(array)
        return (ctypes.c_void_p(array.ctypes.data),)


def _three(size: tuple[int, ...]) -> tuple[int, int, int]:
    x, y, z = (*size, 1, 1)[:3]
    return x, y, z
