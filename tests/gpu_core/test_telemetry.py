"""Samples of the host are plausible, and which GPU is measured is said."""

from __future__ import annotations

import time

import pytest

from gpu_core import telemetry
from gpu_core.nvml import GpuSample
from gpu_core.telemetry import GPU_LABEL, GpuSampler, HostSampler, open_sampler


class FakeGpu:
    """A GPU that NVML tells of."""

    def __init__(self, count=1):
        self.name, self.count, self.turns, self.is_open = "NVIDIA Test", count, [], True

    def sample(self):
        return GpuSample(busy_percent=70.0)

    def watch(self, uuid, pci_bus_id=""):
        self.turns.append(uuid)
        return uuid != "unknown"

    def close(self):
        self.is_open = False


def test_host_sees_its_own_work():
    sampler, began_s, worked_s = HostSampler(), time.perf_counter(), time.process_time()
    while time.process_time() < worked_s + 0.3:
        pass
    sample, took_s = sampler.sample(), time.perf_counter() - began_s
    # However little of a core a busy machine leaves us; the system counts in steps of 10 ms.
    assert sample.process_percent == pytest.approx(100 * (time.process_time() - worked_s) / took_s, rel=0.25)
    assert 0.0 < sample.machine_percent <= 100.0
    assert 5.0 < sample.resident_mb < 100_000.0
    assert sample.gpu is None


def test_gpu_and_host_in_one_sample():
    gpu = FakeGpu()
    sampler = GpuSampler(gpu)
    sample = sampler.sample()
    assert sample.gpu == GpuSample(busy_percent=70.0)
    assert sample.resident_mb > 5.0
    assert sampler.description == f"NVIDIA Test. {GPU_LABEL}"
    sampler.close()
    assert not gpu.is_open


def test_one_of_several_is_said_and_turned_to_once():
    gpu = FakeGpu(count=3)
    sampler = GpuSampler(gpu)
    assert "NVIDIA Test, one of 3." in sampler.description
    for uuid in ("GPU-1", "GPU-1", "unknown", "GPU-1", "GPU-2"):
        sampler.watch(uuid)
    assert gpu.turns == ["GPU-1", "unknown", "GPU-2"]


def test_without_a_driver_the_heading_says_why(monkeypatch):
    class NVMLError(Exception):
        pass

    class Binding:
        pass

    Binding.NVMLError = NVMLError

    def none():
        raise NVMLError("NVML Shared Library Not Found")

    monkeypatch.setattr(telemetry, "NvmlGpu", none)
    monkeypatch.setattr(telemetry, "load_pynvml", Binding)
    sampler = open_sampler()
    assert sampler.description == "CPU and memory only: no NVIDIA GPU answers (NVML Shared Library Not Found)"
    sampler.watch("GPU-1")
    assert sampler.sample().gpu is None
    sampler.close()


def test_without_the_binding_too(monkeypatch):
    def none():
        raise ImportError("No module named 'pynvml'")

    monkeypatch.setattr(telemetry, "NvmlGpu", none)
    assert open_sampler().description == "CPU and memory only: No module named 'pynvml'"


@pytest.mark.gpu
def test_a_real_gpu_tells_something():
    sampler = open_sampler()
    gpu = sampler.sample().gpu
    sampler.close()
    assert gpu is not None
    assert not gpu.is_silent
    assert gpu.memory_total_mb > 0.0
