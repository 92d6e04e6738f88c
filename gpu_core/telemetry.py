"""How busy the machine is: one sample a call, from NVML where there is an NVIDIA GPU, from psutil everywhere.

NVML's GPU utilisation is the share of time in which any kernel ran, not how much of the GPU was used by it: a single
small kernel running all the time reads as 100 %. `UtilisationSample.gpu_percent` has that meaning wherever it is shown.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import psutil

Value = TypeVar("Value")

GPU_LABEL = "GPU: share of time in which any kernel ran"
MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class UtilisationSample:
    """One moment. What this machine or its driver does not tell is None."""

    taken_ns: int  # time.perf_counter_ns()
    process_percent: float  # of one core: four busy threads read as 400
    machine_percent: float  # of all cores
    resident_mb: float
    gpu_percent: float | None = None
    gpu_memory_percent: float | None = None  # share of time in which memory was read or written, not how full it is
    vram_used_mb: float | None = None
    vram_total_mb: float | None = None
    power_w: float | None = None
    temperature_c: float | None = None


class Sampler(Protocol):
    """Takes samples, a few a second, from one thread. CPU figures are means since the sample before."""

    def sample(self) -> UtilisationSample:
        """Take a sample now."""

    def close(self) -> None:
        """Let go of the driver. May be called twice."""


class HostSampler:
    """CPU and memory of this process and of the machine."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        # The first reading has nothing to be a mean over and would be 0: spend it here.
        self._process.cpu_percent()
        psutil.cpu_percent()

    def sample(self) -> UtilisationSample:
        """Take a sample now."""
        return UtilisationSample(
            taken_ns=time.perf_counter_ns(),
            process_percent=self._process.cpu_percent(),
            machine_percent=psutil.cpu_percent(),
            resident_mb=self._process.memory_info().rss / MEBIBYTE,
        )

    def close(self) -> None:
        """Nothing to let go of."""


class NvmlSampler:
    """The host's figures and those of one NVIDIA GPU.

    Raises on construction (`pynvml.NVMLError`): there is no driver, or no such GPU.
    """

    def __init__(self, index: int = 0, nvml: Any = None) -> None:
        self._nvml = nvml if nvml is not None else _pynvml()
        self._host = HostSampler()
        self._nvml.nvmlInit()
        self._open = True
        try:
            self._device = self._nvml.nvmlDeviceGetHandleByIndex(index)
            self.name = _text(self._nvml.nvmlDeviceGetName(self._device))
        except self._nvml.NVMLError:
            self.close()
            raise

    def sample(self) -> UtilisationSample:
        """Take a sample now."""
        nvml, host = self._nvml, self._host.sample()
        rates = self._optional(nvml.nvmlDeviceGetUtilizationRates)
        memory = self._optional(nvml.nvmlDeviceGetMemoryInfo)
        milliwatts = self._optional(nvml.nvmlDeviceGetPowerUsage)
        temperature = self._optional(nvml.nvmlDeviceGetTemperature, nvml.NVML_TEMPERATURE_GPU)
        return UtilisationSample(
            taken_ns=host.taken_ns,
            process_percent=host.process_percent,
            machine_percent=host.machine_percent,
            resident_mb=host.resident_mb,
            gpu_percent=None if rates is None else float(rates.gpu),
            gpu_memory_percent=None if rates is None else float(rates.memory),
            vram_used_mb=None if memory is None else memory.used / MEBIBYTE,
            vram_total_mb=None if memory is None else memory.total / MEBIBYTE,
            power_w=None if milliwatts is None else milliwatts / 1000.0,
            temperature_c=None if temperature is None else float(temperature),
        )

    def _optional(self, getter: Callable[..., Value], *arguments: Any) -> Value | None:
        """What `getter` tells of the device, or None: laptops, vGPUs and old drivers each leave some of it out."""
        try:
            return getter(self._device, *arguments)
        except self._nvml.NVMLError:
            return None

    def close(self) -> None:
        """Let go of the driver. May be called twice."""
        if self._open:
            self._open = False
            self._nvml.nvmlShutdown()


def open_sampler() -> tuple[Sampler, str]:
    """The best sampler of this machine, and what it measures in words for a panel's heading."""
    try:
        gpu = NvmlSampler()
    except ImportError as error:
        return HostSampler(), f"CPU and memory only: {error}"
    except _pynvml().NVMLError as error:
        return HostSampler(), f"CPU and memory only: no NVIDIA GPU ({error})"
    return gpu, f"{gpu.name}. {GPU_LABEL}"


def _pynvml() -> Any:
    """The NVML binding, loaded late: most machines never need it."""
    import pynvml

    return pynvml


def _text(value: str | bytes) -> str:
    """Old bindings answer in bytes."""
    return value.decode() if isinstance(value, bytes) else value
