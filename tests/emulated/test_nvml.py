"""Through the real binding, over a double of the driver's library: every figure, every gap, the right GPU."""

from __future__ import annotations

import os
from dataclasses import fields

import pytest

from gpu_core.nvml import GpuSample, NvmlGpu
from gpu_core.telemetry import HostSampler, open_sampler
from tests.emulation.nvml.double import (
    BY_MPS,
    COMPUTES,
    DRAWS,
    GPU_IS_LOST,
    MISMATCH,
    NO_PERMISSION,
    NOT_SUPPORTED,
    NvmlDouble,
    build,
    bus_of,
    uuid_of,
)  # fmt: skip

pytestmark = pytest.mark.emulated
pynvml = pytest.importorskip("pynvml")

# What each function of NVML fills in; without it these fields, and no others, are None.
FIELDS = {
    "nvmlDeviceGetUtilizationRates": {"busy_percent", "memory_busy_percent"},
    "nvmlDeviceGetEncoderUtilization": {"encoder_percent"},
    "nvmlDeviceGetDecoderUtilization": {"decoder_percent"},
    "nvmlDeviceGetPowerUsage": {"power_w"},
    "nvmlDeviceGetEnforcedPowerLimit": {"power_limit_w"},
    "nvmlDeviceGetClockInfo": {"graphics_mhz", "sm_mhz", "memory_mhz", "video_mhz"},
    "nvmlDeviceGetMaxClockInfo": {"sm_max_mhz", "memory_max_mhz"},
    "nvmlDeviceGetTemperatureThreshold": {"slowdown_c"},
    "nvmlDeviceGetPerformanceState": {"performance_state"},
    "nvmlDeviceGetProcessUtilization": {"own_sm_percent", "own_encoder_percent", "own_decoder_percent"},
    # These have a fallback: an older call tells the same.
    "nvmlDeviceGetMemoryInfo_v2": {"memory_reserved_mb"},
    "nvmlDeviceGetTemperatureV": set(),
    "nvmlDeviceGetCurrentClocksEventReasons": set(),
}

OTHERS = (
    "nvmlDeviceGetMemoryInfo", "nvmlDeviceGetTemperature", "nvmlDeviceGetCurrentClocksThrottleReasons",
    "nvmlDeviceGetComputeRunningProcesses_v3", "nvmlDeviceGetGraphicsRunningProcesses_v3",
    "nvmlDeviceGetMPSComputeRunningProcesses_v3",
)  # fmt: skip


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return NvmlDouble(build(tmp_path_factory.mktemp("nvml")))


@pytest.fixture
def double(library):
    """The driver's double with this process on it: it must be shut down as often as it was opened."""
    library.reset()
    library.process(os.getpid(), 700, COMPUTES | DRAWS, sm=31, encoder=4, decoder=1)
    yield library
    library.reset()
    assert library.opened == 0


@pytest.fixture
def gpu(double):
    gpu = NvmlGpu()
    yield gpu
    gpu.close()


def gaps(sample):
    return {field.name for field in fields(sample) if getattr(sample, field.name) is None}


def test_every_figure(gpu, double):
    double.set(slowed=0x4 | 0x40)
    assert gpu.sample() == GpuSample(
        busy_percent=37.0, memory_busy_percent=12.0,
        memory_used_mb=1234.0, memory_total_mb=23034.0, memory_reserved_mb=512.0,
        encoder_percent=5.0, decoder_percent=0.0, power_w=43.5, power_limit_w=72.0,
        graphics_mhz=2040.0, sm_mhz=2025.0, memory_mhz=6251.0, video_mhz=1770.0,
        sm_max_mhz=2520.0, memory_max_mhz=6251.0, slowdown_c=93.0,
        slowed_by=("power limit", "temperature (hardware)"), temperature_c=61.0, performance_state=0,
        own_memory_mb=700.0, own_sm_percent=31.0, own_encoder_percent=4.0, own_decoder_percent=1.0,
    )  # fmt: skip


@pytest.mark.parametrize("code", [NOT_SUPPORTED, NO_PERMISSION, GPU_IS_LOST])
@pytest.mark.parametrize("function", FIELDS)
def test_one_failure_costs_its_own_fields_only(gpu, double, function, code):
    double.fail(function, code)
    assert gaps(gpu.sample()) == FIELDS[function]
    assert double.calls(function) >= 1


def test_a_failure_once_is_a_gap_once(gpu, double):
    double.fail("nvmlDeviceGetPowerUsage", NOT_SUPPORTED, nth=2)
    assert [gpu.sample().power_w for _ in range(3)] == [43.5, None, 43.5]


def test_an_old_driver_has_the_older_calls(gpu, double):
    for function in (
        "nvmlDeviceGetMemoryInfo_v2",
        "nvmlDeviceGetTemperatureV",
        "nvmlDeviceGetCurrentClocksEventReasons",
    ):
        double.fail(function, NOT_SUPPORTED)
    double.set(slowed=0x20)
    sample = gpu.sample()
    assert (sample.memory_used_mb, sample.memory_reserved_mb) == (1746.0, None)  # what is reserved counts as used there
    assert (sample.temperature_c, sample.slowed_by) == (61.0, ("temperature (driver)",))


def test_a_lost_gpu_is_silence_and_no_error(gpu, double):
    for function in [*FIELDS, *OTHERS]:
        double.fail(function, GPU_IS_LOST)
    assert gpu.sample().is_silent


def test_memory_of_a_process_that_draws_and_computes_counts_once(gpu, double):
    assert gpu.sample().own_memory_mb == 700.0
    double.reset()
    double.process(os.getpid(), -1, DRAWS)
    double.process(os.getpid(), 300, BY_MPS)
    assert gpu.sample().own_memory_mb == 300.0


def test_shares_are_read_on_and_nothing_new_is_zero(gpu, double):
    assert gpu.sample().own_sm_percent == 31.0
    assert gpu.sample().own_sm_percent == 0.0  # the driver has no newer sample: nothing ran
    double.set(now_us=2_000_000)
    assert gpu.sample().own_sm_percent == 31.0


def test_another_process_is_not_this_one(gpu, double):
    double.reset()
    double.process(1, 900, COMPUTES, sm=80)
    assert gaps(gpu.sample()) == {"own_memory_mb", "own_sm_percent", "own_encoder_percent", "own_decoder_percent"}


def test_a_share_beyond_all_is_no_share(gpu, double):
    double.reset()
    double.process(os.getpid(), sm=4_000_000_000, encoder=7)
    sample = gpu.sample()
    assert (sample.own_sm_percent, sample.own_encoder_percent) == (None, 7.0)


def test_an_unknown_performance_state_is_none(gpu, double):
    double.set(state=32)
    assert gpu.sample().performance_state is None


@pytest.mark.parametrize(
    ("uuid", "bus"),
    [(uuid_of(2), ""), (uuid_of(2).removeprefix("GPU-"), ""), ("", bus_of(2)), ("GPU-of-another-mind", bus_of(2))],
)
def test_the_gpu_is_found_as_cuda_names_it(double, uuid, bus):
    double.set(count=3)
    double.set(2, busy=99)
    gpu = NvmlGpu(uuid, bus)
    assert (gpu.name, gpu.count, gpu.sample().busy_percent) == ("NVIDIA Double 2", 3, 99.0)
    gpu.close()


def test_an_unknown_gpu_is_refused_and_the_driver_let_go(double):
    with pytest.raises(pynvml.NVMLError):
        NvmlGpu("GPU-unknown")
    assert double.opened == 0


def test_the_sampler_turns_to_the_gpu_that_computes(double):
    double.set(count=2)
    double.set(1, busy=88)
    sampler = open_sampler()
    assert sampler.sample().gpu.busy_percent == 37.0
    sampler.watch("GPU-unknown")
    assert sampler.sample().gpu.busy_percent == 37.0
    sampler.watch(uuid_of(1))
    assert sampler.sample().gpu.busy_percent == 88.0
    assert sampler.description.startswith("NVIDIA Double 1, one of 2.")
    sampler.close()
    sampler.close()


def test_a_driver_that_was_updated_under_us_is_a_reason(double):
    double.fail("nvmlInitWithFlags", MISMATCH)
    double.fail("nvmlInit_v2", MISMATCH)
    sampler = open_sampler()
    assert isinstance(sampler, HostSampler)
    assert "mismatch" in sampler.description.lower()
