"""What this process takes of its machine, sampled about twice a second."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

from gpu_core.telemetry import Sampler, open_sampler


@dataclass(frozen=True)
class Load:
    """In StreamStatus' words."""

    cpu_percent: float = 0.0
    gpu_percent: float | None = None
    memory_mb: float = 0.0


class Meter(Protocol):
    """Measures what a stream takes."""

    def watch(self, gpu: str) -> None:
        """Measure this GPU from now on."""

    def now(self) -> Load:
        """Means since the last call."""

    def close(self) -> None:
        """Let go of the driver."""


class LoadMeter:
    """Asks psutil, and NVML where there is an NVIDIA GPU."""

    def __init__(self, sampler: Sampler | None = None) -> None:
        self._sampler = sampler or open_sampler()

    def watch(self, gpu: str) -> None:
        """Measure this GPU from now on, by its UUID; "": the first."""
        if gpu:
            self._sampler.watch(gpu)

    def now(self) -> Load:
        """Means since the last call."""
        sample = self._sampler.sample()
        gpu = sample.gpu.own_sm_percent if sample.gpu is not None else None
        return Load(sample.process_percent, gpu, sample.resident_mb)

    def close(self) -> None:
        """Let go of the driver."""
        self._sampler.close()


class SharedMeter:
    """One process' load as the load of each of its `faces`: memory is the whole process'. Asked by all of them."""

    def __init__(self, faces: int, meter: Meter | None = None, *, every_s: float = 0.4) -> None:
        self._faces, self._meter, self._every_s = faces, meter or LoadMeter(), every_s
        self._taken_s, self._load = -every_s, Load()

    def watch(self, gpu: str) -> None:
        """Measure this GPU from now on, by its UUID."""
        self._meter.watch(gpu)

    def now(self) -> Load:
        """A face's share, of a sample that is not older than `every_s`."""
        now_s = time.monotonic()
        if now_s - self._taken_s >= self._every_s:
            self._taken_s, self._load = now_s, self._shared(self._meter.now())
        return self._load

    def _shared(self, whole: Load) -> Load:
        gpu = whole.gpu_percent / self._faces if whole.gpu_percent is not None else None
        return Load(whole.cpu_percent / self._faces, gpu, whole.memory_mb)

    def close(self) -> None:
        """Let go of the driver."""
        self._meter.close()
