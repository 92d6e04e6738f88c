"""The device's clock through the real bindings: nothing waits, nothing leaks, and the times are those of the host."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing

import pytest

from gpu_core.cuda.calls import call
from gpu_core.cuda.clock import GpuClock
from gpu_core.cuda.driver import lost, open_cuda
from gpu_core.errors import CudaError

WAITING = ("cuEventSynchronize", "cuStreamSynchronize", "cuCtxSynchronize")


@pytest.fixture
def cuda(emulator):
    with open_cuda() as cuda:
        yield cuda


@pytest.fixture
def clock(cuda):
    clock = GpuClock(cuda)
    yield clock
    clock.close()


@pytest.fixture
def busy(cuda, stream):
    """Work for the device."""
    buffer = cuda.allocate(1 << 16, stream)
    yield lambda: buffer.fill(1, stream=stream)
    buffer.close(stream)


@pytest.mark.parametrize("mode", ["eager", "lazy"])
def test_stages_lie_between_issuing_and_seeing_them(emulator, clock, stream, busy, mode):
    emulator.mode(mode)
    begun = time.perf_counter_ns()
    batch = clock.batch()
    for name in ("pack", "infer", "unpack"):
        with batch.stage(stream, name):
            busy()
    while (stages := batch.stages()) is None:
        assert mode == "lazy"
    seen = time.perf_counter_ns()
    assert [stage.name for stage in stages] == ["pack", "infer", "unpack"]
    assert {stage.clock for stage in stages} == {"gpu"}
    for stage in stages:
        assert begun <= stage.start_ns
        assert stage.start_ns + stage.duration_ms * 1e6 <= seen
    assert not any(emulator.calls(api) for api in WAITING)


def test_a_device_that_lags_tells_nothing_yet(emulator, clock, stream, busy):
    emulator.mode("lazy")
    batch = clock.batch()
    with batch.stage(stream, "pack"):
        busy()
    assert batch.stages() is None
    call("cuStreamSynchronize", stream.handle)
    while batch.stages() is None:
        continue  # the anchor's own stream has yet to be passed: each question lets the emulated device do one thing
    assert len(batch.stages()) == 1


def test_events_are_used_again(emulator, clock, stream, busy):
    for _ in range(10):
        batch = clock.batch()
        with batch.stage(stream, "pack"):
            busy()
        assert batch.stages()
    assert emulator.calls("cuEventCreate") == 3


@pytest.mark.parametrize("api", ["cuEventCreate", "cuEventRecord"])
def test_a_refused_event_is_an_error(emulator, clock, stream, api):
    batch = clock.batch()
    emulator.fail(api, 2, nth=1)
    with pytest.raises(CudaError, match=f"{api} failed: CUDA_ERROR_OUT_OF_MEMORY"), batch.stage(stream, "pack"):
        pass
    with batch.stage(stream, "pack"):
        pass
    assert [stage.name for stage in batch.stages()] == ["pack"]


@pytest.mark.parametrize("api", ["cuStreamCreateWithPriority", "cuEventCreate", "cuEventRecord"])
def test_a_clock_that_is_refused_leaves_nothing(emulator, cuda, api):
    emulator.fail(api, 2)
    with ExitStack() as owned, pytest.raises(CudaError, match=api):
        owned.enter_context(closing(GpuClock(cuda))).batch()


@pytest.mark.parametrize("api", ["cuEventQuery", "cuEventElapsedTime"])
def test_a_refused_reading_costs_the_times_alone(emulator, clock, stream, api):
    batch = clock.batch()
    with batch.stage(stream, "pack"):
        pass
    emulator.fail(api, 2)
    assert batch.stages() == ()
    assert lost() is None


def test_of_a_lost_device_nothing_is_asked_any_more(emulator, clock, stream):
    batch = clock.batch()
    with batch.stage(stream, "pack"):
        pass
    emulator.lose("cuEventQuery", 700)
    assert batch.stages() == ()
    assert "cuEventQuery" in lost()
    before = emulator.report()["calls"]["cuEventQuery"]
    batch.stages()
    assert emulator.report()["calls"]["cuEventQuery"] == before
