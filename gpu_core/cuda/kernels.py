"""The kernels of one device: compiled when first needed, kept on disk, launched with checked arguments.

`cuda.core.launch` believes what it is given: a Python float goes as a double where the kernel reads a float, and a
missing argument crashes the process. So every launch is compared with what the machine code itself says of its
parameters, which costs five microseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gpu_core.cuda.calls import translated
from gpu_core.cuda.kernel_cache import KernelCache
from gpu_core.cuda.nvrtc import ENTRY_POINTS

_POINTER_BYTES = 8
_FILES = {name: file for file, names in ENTRY_POINTS.items() for name in names}


@dataclass(frozen=True)
class _Loaded:
    """A kernel, and the size in bytes of each of its parameters."""

    kernel: Any
    sizes: tuple[int, ...]


class Kernels:
    """Every kernel of this room for one device (cuda.core.Device), and the folder of compiled ones (None: the user's).

    `wide_surfaces` False has textures read and written one pixel at a time instead of four.
    """

    def __init__(self, device: Any, folder: Path | None = None, *, wide_surfaces: bool = True) -> None:
        self.device = device
        self.wide_surfaces = wide_surfaces
        self._cache = KernelCache(folder)
        self._modules: dict[str, Any] = {}
        self._loaded: dict[str, _Loaded] = {}

    def launch(self, stream: Any, name: str, grid: tuple[int, ...], block: tuple[int, ...], *args: Any) -> None:
        """Put one launch on a stream; `args` are numpy scalars or buffers.

        Raises:
            TypeError: their number, kinds or sizes are not the kernel's.
            PathUnavailable: there is no compiler for this device.
            CudaError: compiler or driver refuse.
        """
        from cuda.core import LaunchConfig, launch

        loaded = self._kernel(name)
        check_arguments(name, loaded.sizes, args)
        with translated("cuLaunchKernelEx"):
            launch(stream, LaunchConfig(grid=grid, block=block), loaded.kernel, *args)

    def prepare(self, names: Sequence[str]) -> None:
        """Compile and load kernels now rather than at their first launch; raises as `launch` does."""
        for name in names:
            self._kernel(name)

    def close(self) -> None:
        """Unload everything; harmless when done already."""
        self._loaded.clear()
        self._modules.clear()

    def _kernel(self, name: str) -> _Loaded:
        if name not in self._loaded:
            with translated("cuLibraryGetKernel"):
                kernel = self._module(_FILES[name]).get_kernel(name)
                self._loaded[name] = _Loaded(kernel, tuple(parameter.size for parameter in kernel.arguments_info))
        return self._loaded[name]

    def _module(self, file: str) -> Any:
        from cuda.core import ObjectCode

        if file not in self._modules:
            compiled = self._cache.compiled(file, self.device.arch)
            load = ObjectCode.from_cubin if compiled.kind == "cubin" else ObjectCode.from_ptx
            self._modules[file] = load(compiled.code, name=file)
        return self._modules[file]


def check_arguments(name: str, sizes: Sequence[int], args: Sequence[Any]) -> None:
    """Compare a launch's arguments with the sizes of the kernel's parameters in bytes.

    Raises:
        TypeError: it names the first argument that does not fit.
    """
    if len(args) != len(sizes):
        raise TypeError(f"kernel {name} takes {len(sizes)} arguments, got {len(args)}")
    for index, (size, argument) in enumerate(zip(sizes, args, strict=True)):
        if isinstance(argument, np.generic):
            given = argument.itemsize
        elif hasattr(argument, "handle") and hasattr(argument, "size"):  # a cuda.core Buffer goes as its address
            given = _POINTER_BYTES
        else:
            raise TypeError(
                f"kernel {name}, argument {index}: {argument!r} is a {type(argument).__name__}; "
                "a numpy scalar or a buffer is needed"
            )
        if given != size:
            raise TypeError(f"kernel {name}, argument {index}: {argument!r} has {given} bytes, {size} are needed")
