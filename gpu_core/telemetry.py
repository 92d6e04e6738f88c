"""How busy the machine is: one sample a call, from psutil everywhere and from NVML where there is an NVIDIA GPU."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Protocol

import psutil

from gpu_core.nvml import MEBIBYTE, GpuSample, NvmlGpu, load_pynvml
from gpu_core.thread_load import ThreadLoad, ThreadTimes

# Shown wherever `GpuSample.busy_percent` is: it is not how much of the GPU was used.
GPU_LABEL = "GPU: share of time in which any kernel ran"


@dataclass(frozen=True)
class UtilisationSample:
    """One moment. Without an NVIDIA GPU, `gpu` is None."""

    taken_ns: int  # time.perf_counter_ns()
    process_percent: float  # of one core: four busy threads read as 400
    machine_percent: float  # of all cores
    resident_mb: float
    gpu: GpuSample | None = None
    machine_memory_mb: float = 0.0  # of the whole machine; 0: not known
    threads: tuple[ThreadLoad, ...] | None = None  # of this process; None: the system does not tell


class Sampler(Protocol):
    """Takes samples, a few a second, from one thread. CPU figures are means since the sample before."""

    @property
    def description(self) -> str:
        """What is measured, in words for a panel's heading; without a GPU, why there is none."""

    def sample(self) -> UtilisationSample:
        """Take a sample now."""

    def watch(self, uuid: str) -> None:
        """Measure this GPU from now on, the one that computes; one that NVML does not know changes nothing."""

    def close(self) -> None:
        """Let go of the driver. May be called twice."""


class HostSampler:
    """CPU and memory of this process, its threads, and of the machine."""

    def __init__(self, description: str = "CPU and memory only") -> None:
        self._description = description
        self._process = psutil.Process()
        # The first reading has nothing to be a mean over and would be 0: spend it here.
        self._process.cpu_percent()
        psutil.cpu_percent()
        self._threads = ThreadTimes()
        self._machine_mb = psutil.virtual_memory().total / MEBIBYTE

    @property
    def description(self) -> str:
        """Why there is no GPU in it."""
        return self._description

    def sample(self) -> UtilisationSample:
        """Take a sample now."""
        return UtilisationSample(
            taken_ns=time.perf_counter_ns(),
            process_percent=self._process.cpu_percent(),
            machine_percent=psutil.cpu_percent(),
            resident_mb=self._process.memory_info().rss / MEBIBYTE,
            machine_memory_mb=self._machine_mb,
            threads=self._threads.sample(),
        )

    def watch(self, uuid: str) -> None:
        """There is no GPU to watch."""

    def close(self) -> None:
        """Nothing to let go of."""


class GpuSampler:
    """The host's figures and those of one GPU, which it closes."""

    def __init__(self, gpu: NvmlGpu) -> None:
        self._host, self._gpu = HostSampler(), gpu
        self._watched = ""

    @property
    def description(self) -> str:
        """The GPU that is watched, and what its utilisation means."""
        several = f", one of {self._gpu.count}" if self._gpu.count > 1 else ""
        return f"{self._gpu.name}{several}. {GPU_LABEL}"

    def sample(self) -> UtilisationSample:
        """Take a sample now."""
        return replace(self._host.sample(), gpu=self._gpu.sample())

    def watch(self, uuid: str) -> None:
        """Measure this GPU from now on."""
        if uuid != self._watched and self._gpu.watch(uuid):
            self._watched = uuid

    def close(self) -> None:
        """Let go of the driver. May be called twice."""
        self._gpu.close()


def open_sampler() -> Sampler:
    """The best sampler of this machine."""
    try:
        return GpuSampler(NvmlGpu())
    except ImportError as error:
        return HostSampler(f"CPU and memory only: {error}")
    except load_pynvml().NVMLError as error:
        return HostSampler(f"CPU and memory only: no NVIDIA GPU answers ({error})")
