"""The CUDA driver: is it there, which device, and one line for everything that can be wrong with it.

    probe() -> DriverReport                        cheap, never raises: for doctor and capabilities
    open_cuda() -> Cuda                            a device, current on this thread; PathUnavailable says why not
    call("cuEventQuery", event), checked(...)      results of the bindings; a failure becomes CudaError

Everything goes through `cuda.bindings.driver` and `cuda.core`, never through the CUDA runtime. The driver is asked anew
each time; only a device that was lost stays lost: `lose` closes CUDA for the life of the process, because after a sticky
error every call fails, and some of them crash.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any

from gpu_core.errors import CudaError, PathUnavailable

if TYPE_CHECKING:
    from gpu_core.cuda.kernels import Kernels
    from gpu_core.cuda.pinned import PinnedMemory

log = logging.getLogger(__name__)

OLDEST_DRIVER = 13000  # as cuDriverGetVersion counts: the bindings are those of CUDA 13


@dataclass(frozen=True)
class DeviceInfo:
    """One CUDA device, as its driver describes it."""

    index: int
    name: str
    uuid: str  # "GPU-xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", as NVML and nvidia-smi write it
    pci_bus_id: str  # "0000:01:00.0"
    architecture: str  # "89": compute capability without the dot
    memory_bytes: int
    driver_version: int  # newest CUDA it serves: 13050 is 13.5
    mps_enabled: bool


@dataclass(frozen=True)
class DriverReport:
    """What `probe` found. Usable if `problem` is empty."""

    devices: tuple[DeviceInfo, ...] = ()
    driver_version: int = 0  # 0: unknown
    problem: str = ""  # why CUDA cannot be used, one line
    remedy: str = ""  # what would mend it


def probe() -> DriverReport:
    """Ask bindings, driver and devices; takes milliseconds and never raises, whatever is missing."""
    raise NotImplementedError


def open_cuda(index: int | None = None) -> Cuda:
    """Open a device and make its context current on this thread.

    Without an index it is the device that draws the current GL context, or device 0 where OpenGL draws on none of them.

    Raises:
        PathUnavailable: no bindings, no driver, too old, no such device, or CUDA was lost in this process.
    """
    raise NotImplementedError


def device_of_current_gl() -> int | None:
    """Index of the CUDA device that draws the GL context current on this thread.

    Raises:
        CudaError: it draws on none, or no context is current; the text carries the driver's code.
    """
    raise NotImplementedError


def checked(result: tuple[Any, ...], call: str) -> Any:
    """What a binding returned without its status: None, a value, or a tuple of them.

    Raises:
        CudaError: the status is a failure. A sticky one closes CUDA for this process.
    """
    raise NotImplementedError


def call(name: str, *arguments: Any) -> Any:
    """Call a function of `cuda.bindings.driver`; returns and raises as `checked` does."""
    raise NotImplementedError


@contextmanager
def translated(call: str) -> Iterator[None]:
    """Turn what `cuda.core` raises within the block into CudaError(call, ...)."""
    raise NotImplementedError
    yield


def lose(error: CudaError) -> None:
    """Close CUDA for the life of this process: its device is lost, no call will succeed any more. The first one counts."""


def lost() -> str | None:
    """Why CUDA is closed for this process, or None while it is not."""
    return None


def forget_loss() -> None:
    """For tests, whose driver can be mended: let CUDA be opened again."""


class Cuda:
    """A device whose context is current on the thread that opened it. A context manager.

    Attributes:
        info: the device.
        device: the `cuda.core.Device`.
        gl_device: index of the device that draws the GL context that was current at opening; None if none does.
        gl_remark: why `gl_device` is None; "" if it is not.
    """

    info: DeviceInfo
    device: Any
    gl_device: int | None
    gl_remark: str

    def make_current(self) -> None:
        """Make the device's context current on the calling thread, too."""
        raise NotImplementedError

    def stream(self) -> Any:
        """A new non-blocking `cuda.core.Stream`; the caller closes it.

        Raises:
            CudaError: it is refused.
        """
        raise NotImplementedError

    def allocate(self, size: int, stream: Any) -> Any:
        """Device memory of `size` bytes as a `cuda.core.Buffer`, usable on `stream` at once; the caller closes it.

        Raises:
            CudaError: no memory is left, or it is refused.
        """
        raise NotImplementedError

    def pinned(self, size: int) -> PinnedMemory:
        """Page-locked host memory of `size` bytes; the caller closes it.

        Raises:
            CudaError: no memory is left, or it is refused.
        """
        raise NotImplementedError

    @cached_property
    def kernels(self) -> Kernels:
        """The compiled kernels of this device; made when first asked for."""
        raise NotImplementedError

    def close(self) -> None:
        """Release what this made itself; idempotent. The device's context stays: the process shares it."""

    def __enter__(self) -> Cuda:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()
