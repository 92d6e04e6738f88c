"""Samples of the host are plausible; NVML's gaps become None, not errors."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from gpu_core import telemetry
from gpu_core.telemetry import GPU_LABEL, HostSampler, NvmlSampler, open_sampler


class FakeNvml:
    """An NVML whose GPU tells everything but its power."""

    NVML_TEMPERATURE_GPU = 0

    class NVMLError(Exception):
        """What the binding raises."""

    def __init__(self, *, has_gpu=True):
        self.has_gpu, self.inits, self.shutdowns = has_gpu, 0, 0

    def nvmlInit(self):
        self.inits += 1

    def nvmlShutdown(self):
        self.shutdowns += 1

    def nvmlDeviceGetHandleByIndex(self, index):
        if not self.has_gpu:
            raise self.NVMLError("Not Found")
        return index

    def nvmlDeviceGetName(self, device):
        return b"NVIDIA Test"

    def nvmlDeviceGetUtilizationRates(self, device):
        return SimpleNamespace(gpu=70, memory=12)

    def nvmlDeviceGetMemoryInfo(self, device):
        return SimpleNamespace(used=1 << 30, total=8 << 30)

    def nvmlDeviceGetPowerUsage(self, device):
        raise self.NVMLError("Not Supported")

    def nvmlDeviceGetTemperature(self, device, kind):
        return 55


def test_host_sees_its_own_work():
    sampler = HostSampler()
    until = time.perf_counter() + 0.2
    while time.perf_counter() < until:
        pass
    sample = sampler.sample()
    assert sample.process_percent > 20.0
    assert 0.0 < sample.machine_percent <= 100.0
    assert 5.0 < sample.resident_mb < 100_000.0
    assert sample.gpu_percent is None


def test_gpu_figures_and_their_gaps():
    sample = NvmlSampler(nvml=FakeNvml()).sample()
    assert (sample.gpu_percent, sample.gpu_memory_percent) == (70.0, 12.0)
    assert (sample.vram_used_mb, sample.vram_total_mb) == (1024.0, 8192.0)
    assert sample.temperature_c == 55.0
    assert sample.power_w is None


def test_closing_twice_shuts_down_once():
    nvml = FakeNvml()
    sampler = NvmlSampler(nvml=nvml)
    sampler.close()
    sampler.close()
    assert (nvml.inits, nvml.shutdowns) == (1, 1)


def test_no_gpu_lets_go_of_the_driver():
    nvml = FakeNvml(has_gpu=False)
    with pytest.raises(FakeNvml.NVMLError):
        NvmlSampler(nvml=nvml)
    assert nvml.shutdowns == 1


@pytest.mark.parametrize(("has_gpu", "heading"), [(True, f"NVIDIA Test. {GPU_LABEL}"), (False, "no NVIDIA GPU")])
def test_open_sampler_says_what_it_measures(monkeypatch, has_gpu, heading):
    nvml = FakeNvml(has_gpu=has_gpu)
    monkeypatch.setattr(telemetry, "_pynvml", lambda: nvml)
    sampler, description = open_sampler()
    assert heading in description
    assert (sampler.sample().gpu_percent is not None) == has_gpu
    sampler.close()
