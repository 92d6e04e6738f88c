"""Which of EGL's devices is the CUDA device: the one to draw on where no window says otherwise.

On a server with several GPUs, or with Mesa installed beside NVIDIA's driver, EGL's default device may be another one
than CUDA's. Then pictures would pass through the host, or be drawn by the CPU.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gpu_core.cuda.driver import DriverReport
    from gpu_core.gl.egl_devices import EglDevice


@dataclass(frozen=True)
class DeviceMatch:
    """The EGL device to draw on and the CUDA device it is, or why there is no such pair; `reason` is one line.

    Without a pair `egl_index` is None; `cuda_index` is the device CUDA computes on even so, None without CUDA.
    """

    egl_index: int | None
    cuda_index: int | None
    reason: str


def match() -> DeviceMatch:
    """Ask EGL, and CUDA if EGL has a CUDA device, and pair them. Cheap, never raises."""
    devices = _egl_devices()
    if not any(device.cuda_index is not None for device in devices):
        return _unpaired(devices)
    return pair(devices, _cuda_report())


def pair(devices: Sequence[EglDevice], report: DriverReport) -> DeviceMatch:
    """The EGL device that is CUDA's first device, or else the first one that is any CUDA device."""
    if report.problem:
        return DeviceMatch(None, None, f"CUDA cannot be used: {report.problem}")
    first = report.devices[0].index
    known = {info.index: info.name for info in report.devices}
    pairs = [(device.index, device.cuda_index) for device in devices if device.cuda_index in known]
    if not pairs:
        return DeviceMatch(None, first, _unpaired(devices).reason)
    egl, cuda = min(pairs, key=lambda found: (found[1] != first, found[0]))
    reason = f"EGL device {egl} of {len(devices)} is CUDA device {cuda}, {known[cuda]}"
    if cuda != first:
        reason += f"; CUDA device {first}, {known[first]}, draws no OpenGL"
    return DeviceMatch(egl, cuda, reason)


def _unpaired(devices: Sequence[EglDevice]) -> DeviceMatch:
    if not devices:
        return DeviceMatch(None, None, "EGL lists no devices here")
    listed = "EGL's only device" if len(devices) == 1 else f"none of EGL's {len(devices)} devices"
    software = ", software," if all(device.is_software for device in devices) else ""
    return DeviceMatch(None, None, f"{listed}{software} is {'no' if len(devices) == 1 else 'a'} CUDA device")


def _egl_devices() -> Sequence[EglDevice]:
    try:
        from gpu_core.gl.egl_devices import list_devices
    except (ImportError, AttributeError, OSError):
        return ()  # PyOpenGL finds no EGL: Windows, macOS, or no driver at all
    return list_devices()


def _cuda_report() -> DriverReport:
    from gpu_core.cuda.driver import probe

    return probe()
