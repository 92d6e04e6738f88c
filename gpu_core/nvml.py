"""NVML: what the NVIDIA driver tells of one GPU, and of this process on it.

Every figure is optional and asked for by itself: laptops, MIG slices, vGPUs, containers and old drivers each leave
some of them out, and a GPU that has fallen off the bus leaves out all.

NVML's utilisation is the share of time in which any kernel ran, not how much of the GPU was used by it: a single small
kernel running all the time reads as 100 %.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

Value = TypeVar("Value")

MEBIBYTE = 1 << 20

# nvml.h, nvmlClocksEventReasons: bits that mean "slower than it could be", in words.
# Left out are the bits that slow nothing down: 0x1 idle, 0x2 clocks set by the user, 0x100 set for the display.
SLOWED_BY: Mapping[int, str] = {
    0x004: "power limit",
    0x008: "hardware (temperature, power or supply)",
    0x010: "sync boost group",
    0x020: "temperature (driver)",
    0x040: "temperature (hardware)",
    0x080: "power brake of the supply",
    0x200: "board limit",
    0x400: "voltage reliability",
}


@dataclass(frozen=True)
class GpuSample:
    """One moment of one GPU. What its driver does not tell is None."""

    busy_percent: float | None = None  # share of time in which any kernel ran
    memory_busy_percent: float | None = None  # share of time in which memory was read or written, not how full it is
    memory_used_mb: float | None = None
    memory_total_mb: float | None = None
    memory_reserved_mb: float | None = None  # by the driver for itself; part of neither used nor free
    encoder_percent: float | None = None
    decoder_percent: float | None = None
    power_w: float | None = None
    power_limit_w: float | None = None  # the one that is enforced
    graphics_mhz: float | None = None
    sm_mhz: float | None = None
    memory_mhz: float | None = None
    video_mhz: float | None = None
    sm_max_mhz: float | None = None  # the clocks' upper ends
    memory_max_mhz: float | None = None
    slowed_by: tuple[str, ...] | None = None  # in words; empty: runs as fast as it can
    temperature_c: float | None = None
    slowdown_c: float | None = None  # from here on the driver slows the GPU down
    performance_state: int | None = None  # 0 is the fastest, 15 the slowest
    own_memory_mb: float | None = None  # of this process, like all that begin with own_
    own_sm_percent: float | None = None
    own_encoder_percent: float | None = None
    own_decoder_percent: float | None = None

    @property
    def is_silent(self) -> bool:
        """True if the driver told nothing at all: the GPU has been lost, or is being reset."""
        return all(getattr(self, field.name) is None for field in fields(self))


class NvmlGpu:
    """One GPU as NVML sees it; used from one thread.

    NVML counts GPUs by their place on the bus, CUDA as it likes and as CUDA_VISIBLE_DEVICES says: whoever knows the
    CUDA device gives its `uuid` (with or without "GPU-") or its `pci_bus_id`. Without either it is NVML's first.

    Raises on construction (`pynvml.NVMLError`): there is no driver, or no such GPU.
    """

    def __init__(self, uuid: str = "", pci_bus_id: str = "", nvml: Any = None) -> None:
        self._nvml = nvml if nvml is not None else load_pynvml()
        self._seen_us = 0  # until when the processes' shares have been read
        self._nvml.nvmlInit()
        self._open = True
        try:
            self.count = int(self._nvml.nvmlDeviceGetCount())
            self._turn_to(uuid, pci_bus_id)
        except self._nvml.NVMLError:
            self.close()
            raise

    def watch(self, uuid: str, pci_bus_id: str = "") -> bool:
        """Turn to another GPU; if NVML does not know it, stay and return False."""
        try:
            self._turn_to(uuid, pci_bus_id)
        except self._nvml.NVMLError:
            return False
        return True

    def _turn_to(self, uuid: str, pci_bus_id: str) -> None:
        device = self._find(uuid, pci_bus_id)
        self.name = _text(self._nvml.nvmlDeviceGetName(device))
        self._device = device

    def _find(self, uuid: str, pci_bus_id: str) -> Any:
        nvml = self._nvml
        if not uuid and not pci_bus_id:
            return nvml.nvmlDeviceGetHandleByIndex(0)
        for name in _uuids(uuid):
            try:
                return nvml.nvmlDeviceGetHandleByUUID(name)
            except nvml.NVMLError:
                continue  # a slice of a GPU, or a driver of another mind: the bus knows it as well
        return nvml.nvmlDeviceGetHandleByPciBusId(pci_bus_id)

    def sample(self) -> GpuSample:
        """Ask for everything, now; shares of this process are means since the sample before."""
        nvml = self._nvml
        rates = self._ask(nvml.nvmlDeviceGetUtilizationRates)
        slowed = self._first(
            nvml.nvmlDeviceGetCurrentClocksEventReasons, nvml.nvmlDeviceGetCurrentClocksThrottleReasons
        )
        return GpuSample(
            busy_percent=None if rates is None else float(rates.gpu),
            memory_busy_percent=None if rates is None else float(rates.memory),
            encoder_percent=_first_of(self._ask(nvml.nvmlDeviceGetEncoderUtilization)),
            decoder_percent=_first_of(self._ask(nvml.nvmlDeviceGetDecoderUtilization)),
            power_w=_scaled(self._ask(nvml.nvmlDeviceGetPowerUsage), 1000),
            power_limit_w=_scaled(self._ask(nvml.nvmlDeviceGetEnforcedPowerLimit), 1000),
            slowed_by=None if slowed is None else slowed_by(slowed),
            temperature_c=self._temperature(),
            slowdown_c=self._slowdown(),
            performance_state=self._performance_state(),
            **self._memory(),
            **self._clocks(),
            **self._own(),
        )

    def _memory(self) -> dict[str, float | None]:
        nvml = self._nvml
        told = self._ask(nvml.nvmlDeviceGetMemoryInfo, nvml.nvmlMemory_v2) or self._ask(nvml.nvmlDeviceGetMemoryInfo)
        return {
            f"memory_{name}_mb": _scaled(getattr(told, name, None), MEBIBYTE) for name in ("used", "total", "reserved")
        }

    def _clocks(self) -> dict[str, float | None]:
        nvml = self._nvml
        kinds = {
            "graphics": nvml.NVML_CLOCK_GRAPHICS,
            "sm": nvml.NVML_CLOCK_SM,
            "memory": nvml.NVML_CLOCK_MEM,
            "video": nvml.NVML_CLOCK_VIDEO,
        }
        now = {f"{name}_mhz": _scaled(self._ask(nvml.nvmlDeviceGetClockInfo, kind), 1) for name, kind in kinds.items()}
        most = {
            f"{name}_max_mhz": _scaled(self._ask(nvml.nvmlDeviceGetMaxClockInfo, kinds[name]), 1)
            for name in ("sm", "memory")
        }
        return now | most

    def _temperature(self) -> float | None:
        """By the call of today's drivers, or by that of older ones, which CUDA 14 is to remove."""
        nvml, sensor = self._nvml, self._nvml.NVML_TEMPERATURE_GPU
        told = self._first(nvml.nvmlDeviceGetTemperatureV, nvml.nvmlDeviceGetTemperature, sensor)
        return _scaled(told, 1)

    def _slowdown(self) -> float | None:
        nvml = self._nvml
        told = self._ask(nvml.nvmlDeviceGetTemperatureThreshold, nvml.NVML_TEMPERATURE_THRESHOLD_SLOWDOWN)
        return _scaled(told, 1)

    def _performance_state(self) -> int | None:
        told = self._ask(self._nvml.nvmlDeviceGetPerformanceState)
        return int(told) if told is not None and 0 <= told <= 15 else None  # 32: the driver does not know

    def _own(self) -> dict[str, float | None]:
        """This process' memory, and its shares since the last sample."""
        me, nvml = os.getpid(), self._nvml
        lists = [
            self._ask(nvml.nvmlDeviceGetComputeRunningProcesses),
            self._ask(nvml.nvmlDeviceGetGraphicsRunningProcesses),
            self._ask(nvml.nvmlDeviceGetMPSComputeRunningProcesses),
        ]
        mine = [process for processes in lists for process in processes or () if process.pid == me]
        # A process that both draws and computes is in two lists, with all of its memory in each.
        memory = max((process.usedGpuMemory for process in mine if process.usedGpuMemory is not None), default=None)
        return {"own_memory_mb": _scaled(memory, MEBIBYTE), **self._own_shares(me, is_listed=bool(mine))}

    def _own_shares(self, me: int, *, is_listed: bool) -> dict[str, float | None]:
        names = {"own_sm_percent": "smUtil", "own_encoder_percent": "encUtil", "own_decoder_percent": "decUtil"}
        try:
            samples = list(self._nvml.nvmlDeviceGetProcessUtilization(self._device, self._seen_us))
        except self._nvml.NVMLError as error:
            # With nothing running the driver answers "not found", and the binding takes "none, all well" for an error.
            if getattr(error, "value", None) not in (self._nvml.NVML_SUCCESS, self._nvml.NVML_ERROR_NOT_FOUND):
                return dict.fromkeys(names)
            samples = []
        self._seen_us = max([self._seen_us, *(sample.timeStamp for sample in samples)])
        mine = [sample for sample in samples if sample.pid == me]
        if not mine:
            # Who is listed and has no sample did nothing. Who is not listed may bear another number there: a
            # container counts its processes from one, the driver counts the machine's.
            return dict.fromkeys(names, 0.0 if is_listed else None)
        newest = max(mine, key=lambda sample: sample.timeStamp)
        return {ours: _percent(getattr(newest, theirs)) for ours, theirs in names.items()}

    def _ask(self, getter: Callable[..., Value], *arguments: Any) -> Value | None:
        """What `getter` tells of the device, or None."""
        try:
            return getter(self._device, *arguments)
        except self._nvml.NVMLError:
            return None

    def _first(self, newer: Callable[..., Value], older: Callable[..., Value], *arguments: Any) -> Value | None:
        told = self._ask(newer, *arguments)
        return told if told is not None else self._ask(older, *arguments)

    def close(self) -> None:
        """Let go of the driver. May be called twice."""
        if self._open:
            self._open = False
            self._nvml.nvmlShutdown()


def slowed_by(reasons: int) -> tuple[str, ...]:
    """Why a GPU runs slower than it could, from NVML's bits; a bit of a later driver keeps its number."""
    harmless = 0x001 | 0x002 | 0x100
    unknown = reasons & ~harmless & ~sum(SLOWED_BY)
    told = tuple(words for bit, words in SLOWED_BY.items() if reasons & bit)
    return (*told, f"reason {unknown:#x}") if unknown else told


def load_pynvml() -> Any:
    """The NVML binding, loaded late: most machines never need it."""
    import pynvml

    return pynvml


def _uuids(uuid: str) -> Iterable[str]:
    """A UUID as CUDA tells it, as NVML may know it: a slice of a GPU (MIG) has another beginning."""
    if not uuid or uuid.startswith(("GPU-", "MIG-")):
        return [uuid] if uuid else []
    return [f"GPU-{uuid}", f"MIG-{uuid}"]


def _first_of(told: list[int] | None) -> float | None:
    """NVML tells a percentage together with the microseconds that it is a mean over."""
    return float(told[0]) if told else None


def _scaled(value: float | None, divisor: float) -> float | None:
    return None if value is None else value / divisor


def _percent(value: int) -> float | None:
    """A share; drivers have been seen to leave the field unset, which reads as a number far above 100."""
    return float(value) if 0 <= value <= 100 else None


def _text(value: str | bytes) -> str:
    """Old bindings answer in bytes."""
    return value.decode() if isinstance(value, bytes) else value
