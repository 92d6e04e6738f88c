"""What this process takes of its machine, sampled about twice a second."""

from __future__ import annotations

from dataclasses import dataclass

from gpu_core.telemetry import Sampler, open_sampler


@dataclass(frozen=True)
class Load:
    """In StreamStatus' words."""

    cpu_percent: float = 0.0
    gpu_percent: float | None = None
    memory_mb: float = 0.0


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
