"""The CUDA driver: is it there, which device, and one line for everything that can be wrong with it.

    probe() -> DriverReport                        cheap, never raises: for doctor and capabilities
    open_cuda() -> Cuda                            a device, current on this thread; PathUnavailable says why not
    call("cuEventQuery", event), checked(...)      results of the bindings; a failure becomes CudaError (calls.py)

Everything goes through `cuda.bindings.driver` and `cuda.core`, never through the CUDA runtime. The driver is asked anew
each time, and always before anything of `cuda.core`: without a driver some of that hangs.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any

from gpu_core.cuda.calls import bindings, call, checked, forget_loss, lose, lost, translated
from gpu_core.errors import CudaError, PathUnavailable

if TYPE_CHECKING:
    from gpu_core.cuda.kernels import Kernels
    from gpu_core.cuda.pinned import PinnedMemory

__all__ = [
    "Cuda", "DeviceInfo", "DriverReport", "call", "checked", "device_of_current_gl", "forget_loss", "lose", "lost",
    "open_cuda", "probe", "translated",
]  # fmt: skip

OLDEST_DRIVER = 13000  # as cuDriverGetVersion counts: the bindings are those of CUDA 13
OLDEST_ARCHITECTURE = 75  # Turing: CUDA 13 compiles for nothing older
_MOST_GL_DEVICES = 16  # GPUs that may draw one GL context together

_NO_BINDINGS = "cuda-python and cuda-core are not installed"
_INSTALL_BINDINGS = "install Mien with its extra: pip install 'mien[cuda]'"
_NO_DRIVER = "there is no NVIDIA driver"
_INSTALL_DRIVER = "install NVIDIA's driver, version 580 or newer"


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
    remedy: str = ""  # what would mend it; "" if the problem says so itself


def probe() -> DriverReport:
    """Ask bindings, driver and devices; takes milliseconds and never raises, whatever is missing."""
    if (reason := lost()) is not None:
        return DriverReport(problem=f"CUDA was lost in this process: {reason}", remedy="restart Mien")
    try:
        version = _driver_version()
    except ImportError:
        return DriverReport(problem=_NO_BINDINGS, remedy=_INSTALL_BINDINGS)
    except CudaError:
        return DriverReport(problem=_NO_DRIVER, remedy=_INSTALL_DRIVER)
    if version < OLDEST_DRIVER:
        problem = f"the NVIDIA driver serves CUDA {_dotted(version)} and 13.0 is needed"
        return DriverReport(driver_version=version, problem=problem, remedy=_INSTALL_DRIVER)
    return _devices(version)


def _driver_version() -> int:
    """What the driver serves: the first call of all, which needs no cuInit. Most machines have no driver: they are
    spared importing `cuda.core` (0.14 s, measured).

    Raises:
        ImportError: the bindings are missing, or half of them.
        CudaError: there is no driver.
    """
    bindings()
    version = int(call("cuDriverGetVersion"))
    import cuda.core  # noqa: F401

    return version


def _devices(version: int) -> DriverReport:
    try:
        call("cuInit", 0)
        devices = tuple(_describe(index, version) for index in range(call("cuDeviceGetCount")))
    except CudaError as error:
        return DriverReport(driver_version=version, problem=str(error))
    if not devices:
        return DriverReport(driver_version=version, problem="the NVIDIA driver sees no GPU", remedy="check nvidia-smi")
    return DriverReport(devices, version)


def _describe(index: int, version: int) -> DeviceInfo:
    attribute = bindings().CUdevice_attribute
    device = call("cuDeviceGet", index)

    def number(name: str) -> int:
        return int(call("cuDeviceGetAttribute", getattr(attribute, f"CU_DEVICE_ATTRIBUTE_{name}"), device))

    return DeviceInfo(
        index,
        _text(call("cuDeviceGetName", 256, device)),
        f"GPU-{uuid.UUID(bytes=bytes(call('cuDeviceGetUuid', device).bytes))}",
        _text(call("cuDeviceGetPCIBusId", 32, device)),
        f"{number('COMPUTE_CAPABILITY_MAJOR')}{number('COMPUTE_CAPABILITY_MINOR')}",
        int(call("cuDeviceTotalMem", device)),
        version,
        bool(number("MPS_ENABLED")),
    )


def open_cuda(index: int | None = None) -> Cuda:
    """Open a device and make its context current on this thread.

    Without an index it is the device that draws the current GL context, or device 0 where OpenGL draws on none of them
    (software OpenGL, a GPU of another make): pictures then pass through the host, which is slow but works.

    Raises:
        PathUnavailable: no bindings, no driver, too old, no such device, or CUDA was lost in this process.
    """
    report = probe()
    if report.problem:
        raise PathUnavailable(f"{report.problem}; {report.remedy}" if report.remedy else report.problem)
    gl_device, gl_remark = _gl_device()
    if (reason := lost()) is not None:
        raise PathUnavailable(reason)
    chosen = index if index is not None else gl_device or 0
    if not 0 <= chosen < len(report.devices):
        raise PathUnavailable(f"there is no CUDA device {chosen}: choose one of 0 to {len(report.devices) - 1}")
    info = report.devices[chosen]
    if int(info.architecture) < OLDEST_ARCHITECTURE:
        raise PathUnavailable(f"{info.name} is older than Turing (sm_{info.architecture}): CUDA 13 does not serve it")
    try:
        return Cuda(info, gl_device, gl_remark)
    except CudaError as error:
        raise PathUnavailable(str(error)) from error


def _gl_device() -> tuple[int | None, str]:
    try:
        return device_of_current_gl(), ""
    except CudaError as error:
        return None, str(error)


def device_of_current_gl() -> int:
    """Index of the CUDA device that draws the GL context current on this thread.

    Raises:
        CudaError: it draws on none, or no context is current; the text carries the driver's code.
    """
    everything = bindings().CUGLDeviceList.CU_GL_DEVICE_LIST_ALL
    count, devices = call("cuGLGetDevices", _MOST_GL_DEVICES, everything)
    if not count:
        raise CudaError("cuGLGetDevices", 100, "CUDA_ERROR_NO_DEVICE", "it answered with success and no device")
    return int(devices[0])


class Cuda:
    """A device whose context is current on the thread that opened it. A context manager.

    Attributes:
        info: the device.
        device: the `cuda.core.Device`.
        gl_device: index of the device that draws the GL context that was current at opening; None if none does.
        gl_remark: why `gl_device` is None; "" if it is not.
    """

    def __init__(self, info: DeviceInfo, gl_device: int | None = None, gl_remark: str = "") -> None:
        from cuda.core import Device

        self.info, self.gl_device, self.gl_remark = info, gl_device, gl_remark
        self.device: Any = Device(info.index)
        self.make_current()

    def make_current(self) -> None:
        """Make the device's context current on the calling thread, too.

        Raises:
            CudaError: the driver refuses.
        """
        with translated("cuDevicePrimaryCtxRetain"):
            self.device.set_current()

    def stream(self, *, with_default: bool = False) -> Any:
        """A new `cuda.core.Stream`; the caller closes it. `with_default`: it and the default one wait for each other.

        Raises:
            CudaError: it is refused.
        """
        from cuda.core import StreamOptions

        with translated("cuStreamCreateWithPriority"):
            return self.device.create_stream(options=StreamOptions(nonblocking=not with_default))

    def allocate(self, size: int, stream: Any) -> Any:
        """Device memory of `size` bytes as a `cuda.core.Buffer`, usable on `stream` at once; the caller closes it.

        Raises:
            CudaError: no memory is left, or it is refused.
        """
        with translated("cuMemAllocFromPoolAsync"):
            return self.device.allocate(size, stream=stream)

    def pinned(self, size: int) -> PinnedMemory:
        """Page-locked host memory of `size` bytes; the caller closes it.

        Raises:
            CudaError: no memory is left, or it is refused.
        """
        from gpu_core.cuda.pinned import PinnedMemory

        return PinnedMemory(size)

    @cached_property
    def kernels(self) -> Kernels:
        """The compiled kernels of this device; made when first asked for."""
        from gpu_core.cuda.kernels import Kernels

        return Kernels(self.device)

    def close(self) -> None:
        """Unload the kernels; idempotent. The device's context stays: the whole process shares it."""
        kernels: Kernels | None = self.__dict__.pop("kernels", None)
        if kernels is not None:
            kernels.close()

    def __enter__(self) -> Cuda:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


def _text(raw: bytes) -> str:
    """What stands before the terminating zero: the bindings hand out the whole buffer."""
    return raw.split(b"\0", 1)[0].decode(errors="replace")


def _dotted(version: int) -> str:
    return f"{version // 1000}.{version % 1000 // 10}"
