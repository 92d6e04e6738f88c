"""Stages on the device's clock: read late, put where they belong on the host's clock, never waited for."""

from __future__ import annotations

import pytest

from gpu_core.cuda.clock import GpuClock
from gpu_core.cuda.driver import lost
from gpu_core.errors import CudaError
from tests.gpu_core.cuda.fake_driver import FakeCuda, FakeStream

STREAM = FakeStream()


class HostTime:
    """A clock that tests set."""

    def __init__(self, ns: int) -> None:
        self.ns = ns

    def __call__(self) -> int:
        return self.ns


@pytest.fixture
def now() -> HostTime:
    return HostTime(10_000_000_000)


@pytest.fixture
def clock(driver, now):
    clock = GpuClock(FakeCuda(), now)
    yield clock
    clock.close()
    assert not driver.count("event")


def run(driver, now, batch, name: str, ms: float) -> None:
    """A stage that begins when it is issued and takes so long on both clocks."""
    with batch.stage(STREAM, name):
        driver.device_ms += ms
        now.ns += int(ms * 1e6)


def test_stages_stand_where_they_were_on_the_host_clock(driver, clock, now):
    driver.device_ms = 500.0
    batch = clock.batch()
    run(driver, now, batch, "pack", 0.25)
    driver.device_ms += 3.0
    now.ns += 3_000_000
    run(driver, now, batch, "infer", 2.0)
    pack, infer = batch.stages()
    assert (pack.name, pack.start_ns, pack.duration_ms, pack.clock) == ("pack", 10_000_000_000, 0.25, "gpu")
    assert (infer.name, infer.start_ns, infer.duration_ms) == ("infer", 10_003_250_000, 2.0)


def test_nothing_is_told_before_the_device_is_there_and_nobody_waits(driver, clock, now):
    driver.lagging = True
    batch = clock.batch()
    run(driver, now, batch, "pack", 1.0)
    assert batch.stages() is None
    driver.catch_up()
    assert [stage.name for stage in batch.stages()] == ["pack"]
    assert not {"cuEventSynchronize", "cuStreamSynchronize"} & set(driver.calls)


def test_what_was_told_is_told_again_without_asking(driver, clock, now):
    batch = clock.batch()
    run(driver, now, batch, "pack", 1.0)
    told, asked = batch.stages(), len(driver.calls)
    assert batch.stages() is told
    assert len(driver.calls) == asked


def test_a_batch_without_stages_has_none(clock):
    assert clock.batch().stages() == ()


def test_events_are_used_again(driver, clock, now):
    for _ in range(20):
        batch = clock.batch()
        run(driver, now, batch, "pack", 1.0)
        run(driver, now, batch, "infer", 1.0)
        batch.stages()
    assert driver.count("event") == 5  # two stages and the anchor


def test_events_of_a_dropped_batch_are_used_again(driver, clock, now):
    for _ in range(20):
        batch = clock.batch()
        run(driver, now, batch, "pack", 1.0)
        batch.drop()
        batch.drop()
    assert driver.count("event") == 3


def test_a_stage_whose_body_raises_is_none(driver, clock):
    batch = clock.batch()
    with pytest.raises(ZeroDivisionError), batch.stage(STREAM, "pack"):
        raise ZeroDivisionError
    assert batch.stages() == ()
    assert driver.count("event") == 2


def test_a_stage_never_begins_before_it_was_issued_nor_ends_in_the_future(driver, clock, now):
    batch = clock.batch()
    driver.device_ms -= 50.0  # as if the anchor had been passed late
    run(driver, now, batch, "early", 1.0)
    driver.device_ms += 900.0
    run(driver, now, batch, "late", 1.0)
    early, late = batch.stages()
    assert early.start_ns == 10_000_000_000
    assert late.start_ns + int(late.duration_ms * 1e6) == now.ns


def test_the_anchor_is_renewed_and_old_ones_serve_their_batches(driver, clock, now):
    """A span is a float32 of milliseconds: after hours it would be coarse."""
    old = clock.batch()
    run(driver, now, old, "pack", 1.0)
    for _ in range(3):
        now.ns += 6_000_000_000
        driver.device_ms += 6_000.0
        clock.batch().drop()
    new = clock.batch()
    driver.device_ms += 7.0  # the device's clock runs away
    run(driver, now, new, "pack", 1.0)
    assert old.stages()[0].start_ns == 10_000_000_000
    assert new.stages()[0].start_ns == now.ns - 1_000_000
    assert driver.count("event") == 6  # two anchors in use at once, one that went, a stage, and one recycled


def test_a_refused_event_is_an_error_and_leaves_nothing(driver, clock):
    batch = clock.batch()
    for name in ("cuEventCreate", "cuEventRecord"):
        with driver.failing(name, 2), pytest.raises(CudaError, match=name), batch.stage(STREAM, "pack"):
            pass
    assert batch.stages() == ()


def test_a_clock_that_cannot_be_made_leaves_nothing(driver):
    with driver.failing("cuEventCreate", 2), pytest.raises(CudaError, match="cuEventCreate"):
        GpuClock(FakeCuda()).batch()
    assert not driver.live


@pytest.mark.parametrize("name", ["cuEventQuery", "cuEventElapsedTime"])
def test_times_are_never_worth_an_exception(driver, clock, now, name):
    batch = clock.batch()
    run(driver, now, batch, "pack", 1.0)
    with driver.failing(name, 2):
        assert batch.stages() == ()
    assert batch.stages() == ()


def test_a_lost_device_is_noted_and_tells_no_stages(driver, now):
    clock = GpuClock(FakeCuda(), now)
    batch = clock.batch()
    run(driver, now, batch, "pack", 1.0)
    with driver.failing("cuEventQuery", 700):
        assert batch.stages() == ()
    assert lost()
    asked = len(driver.calls)
    clock.close()
    assert len(driver.calls) == asked


def test_batches_outlive_their_clock_in_silence(driver, now):
    clock = GpuClock(FakeCuda(), now)
    batch = clock.batch()
    run(driver, now, batch, "pack", 1.0)
    clock.close()
    clock.close()
    assert not driver.live
    assert batch.stages() == ()
    batch.drop()
