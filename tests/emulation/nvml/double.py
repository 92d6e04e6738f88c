"""Builds the double of libnvidia-ml, loads it in place of the driver's, and steers it."""

from __future__ import annotations

import ctypes
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("nvml_double.c")
SONAME = "libnvidia-ml.so.1"
COMPUTES, DRAWS, BY_MPS = 1, 2, 4
NOT_SUPPORTED, NO_PERMISSION, NOT_FOUND, GPU_IS_LOST, MISMATCH = 3, 4, 6, 15, 18


def build(folder: Path) -> Path:
    """Compile the double into a folder."""
    library = folder / SONAME
    flags = ["-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", f"-Wl,-soname,{SONAME}"]
    subprocess.run(["gcc", *flags, "-o", str(library), str(SOURCE)], check=True, timeout=120)
    return library


class NvmlDouble:
    """The double, loaded: whoever opens libnvidia-ml.so.1 in this process from now on gets it."""

    def __init__(self, library: Path) -> None:
        self._library = ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)
        self._library.nvml_double_set.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_longlong)
        self._library.nvml_double_process.argtypes = (
            ctypes.c_uint, ctypes.c_longlong, ctypes.c_int, ctypes.c_uint, ctypes.c_uint, ctypes.c_uint,
        )  # fmt: skip

    def reset(self) -> None:
        """Forget every figure, process, failure and count."""
        self._library.nvml_double_reset()

    def set(self, device: int = -1, **figures: int) -> None:
        """Set figures (see the source for their names) of one GPU, or of all."""
        for name, value in figures.items():
            assert self._library.nvml_double_set(device, name.encode(), value), "no room for another figure"

    def fail(self, function: str, code: int, nth: int = 0) -> None:
        """Let every call of a function, or the n-th from now on, answer a code of nvml.h."""
        self._library.nvml_double_fail(function.encode(), code, nth)

    def process(
        self, pid: int, memory_mb: int = 256, kinds: int = COMPUTES, sm: int = 0, encoder: int = 0, decoder: int = 0
    ) -> None:
        """Have a process run on every GPU; memory -1: the driver cannot tell."""
        assert self._library.nvml_double_process(pid, memory_mb, kinds, sm, encoder, decoder), "no room for another"

    def calls(self, function: str) -> int:
        """How often a function was called."""
        return int(self._library.nvml_double_calls(function.encode()))

    @property
    def opened(self) -> int:
        """How often the library is initialised and not yet shut down."""
        return int(self._library.nvml_double_opened())


def uuid_of(index: int) -> str:
    """The UUID of a GPU, which the emulated CUDA driver gives it as well."""
    return f"GPU-4d4d4d4d-4d4d-4d4d-4d4d-4d4d4d4d4d{index:02x}"


def bus_of(index: int) -> str:
    """The place of a GPU on the bus."""
    return f"00000000:{index + 1:02X}:00.0"
