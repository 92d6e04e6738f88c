"""A small workplace for tests of the emulated driver: a device, a stream, buffers, and kernels of driver_kernels.cu."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import need

try:
    from cuda.bindings import driver
    from cuda.core import Device, LaunchConfig, LegacyPinnedMemoryResource, ObjectCode, Program, ProgramOptions, launch
except ImportError as error:
    need("EMULATION", f"cuda-python and cuda-core are not installed: {error}")

SOURCE = Path(__file__).parent / "driver_kernels.cu"
COUNT = 1000


@cache
def machine_code(architecture: str, kind: str = "cubin") -> bytes:
    """driver_kernels.cu, compiled by NVIDIA's compiler to "cubin" or "ptx"."""
    program = Program(SOURCE.read_text(), "c++", ProgramOptions(arch=f"sm_{architecture}", std="c++17"))
    return bytes(program.compile(kind).code)


def call(name: str, *arguments: Any) -> Any:
    """Call the driver through its bindings; what it returns beside success."""
    status, *values = getattr(driver, name)(*arguments)
    assert status == driver.CUresult.CUDA_SUCCESS, (name, status)
    return values[0] if len(values) == 1 else tuple(values)


def refusal(name: str, *arguments: Any) -> int:
    """Call the driver through its bindings; the CUresult's number."""
    return int(getattr(driver, name)(*arguments)[0])


def raises(code: str) -> Any:
    """cuda.core raises a CUresult as an exception, with its name in the text."""
    return pytest.raises(Exception, match=f"CUDA_ERROR_{code}")


class Bench:
    """A device with a stream, a kernel that makes 2x + 1 of x, and buffers for it."""

    def __init__(self) -> None:
        self.device = Device(0)
        self.device.set_current()
        self.stream = self.device.create_stream()
        self.code = ObjectCode.from_cubin(machine_code("89"))
        self.pinned_memory = LegacyPinnedMemoryResource()
        self.source, self.target = (self.device.allocate(COUNT * 4, stream=self.stream) for _ in range(2))
        self.given, self.back = (self.pinned_memory.allocate(COUNT * 4) for _ in range(2))
        self.numbers[:] = np.arange(COUNT)
        self.result[:] = -1

    @property
    def numbers(self) -> Any:
        """What `upload` copies to the device."""
        return np.from_dlpack(self.given).view(np.float32)

    @property
    def result(self) -> Any:
        """Where `download` copies the answer to."""
        return np.from_dlpack(self.back).view(np.float32)

    @property
    def given_bytes(self) -> Any:
        """`numbers` as bytes."""
        return np.from_dlpack(self.given).view(np.uint8)

    @property
    def back_bytes(self) -> Any:
        """`result` as bytes."""
        return np.from_dlpack(self.back).view(np.uint8)

    def kernel(self, name: str) -> Any:
        """A kernel of driver_kernels.cu."""
        return self.code.get_kernel(name)

    def answer(self, factor: float = 2.0) -> Any:
        """What `result` should be."""
        return self.numbers * factor + 1

    def upload(self) -> None:
        """`numbers` to the device."""
        self.source.copy_from(self.given, stream=self.stream)

    def compute(self, stream: Any = None, factor: float = 2.0) -> None:
        """target = factor * source + 1."""
        arguments = self.source, self.target, np.float32(factor), np.int32(COUNT)
        launch(stream or self.stream, LaunchConfig(grid=4, block=256), self.kernel("scale_add"), *arguments)

    def download(self, stream: Any = None) -> None:
        """The answer back into `result`."""
        self.target.copy_to(self.back, stream=stream or self.stream)

    def run(self, name: str, *arguments: Any, stream: Any = None) -> None:
        """Launch another kernel, as one block of one thread: the tests' kernels ignore the grid."""
        launch(stream or self.stream, LaunchConfig(grid=1, block=1), self.kernel(name), *arguments)

    def forget(self) -> None:
        """Let go of everything: pytest keeps what a fixture has given until after the look for leaks."""
        vars(self).clear()
