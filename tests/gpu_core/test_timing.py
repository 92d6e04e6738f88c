"""gpu_core.timing: stages, the ring, percentiles."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.settings import StageTime
from gpu_core.timing import LATENCY, STAGES, Percentiles, StageHistory, StageTimer
from tests.frame_records import hostile_records, record


def test_a_stage_is_timed_on_the_perf_counter() -> None:
    timer = StageTimer()
    before = time.perf_counter_ns()
    with timer.stage("pose"):
        time.sleep(0.002)
    (stage,) = timer.take()
    assert stage.name == "pose"
    assert stage.clock == "cpu"
    assert stage.start_ns >= before
    assert 2.0 <= stage.duration_ms < 500.0


def test_a_stage_that_raises_is_still_noted() -> None:
    timer = StageTimer()
    with pytest.raises(ValueError, match="broken"), timer.stage("render"):
        raise ValueError("broken")
    assert [stage.name for stage in timer.take()] == ["render"]


def test_take_starts_afresh() -> None:
    timer = StageTimer()
    timer.add("infer", 1_000_000, 4_500_000, "gpu")
    assert timer.take() == (StageTime("infer", 1_000_000, 3.5, "gpu"),)
    assert timer.take() == ()


def test_percentiles_leave_out_what_is_missing() -> None:
    assert Percentiles.of(np.array([np.nan, np.nan])) is None
    found = Percentiles.of(np.array([np.nan, *range(1, 101)], float))
    assert found is not None
    assert (found.count, found.p50, found.worst_1pct) == (100, 50.5, 100.0)
    assert found.p95 < found.p99 < found.worst_1pct


def fill(history: StageHistory, count: int, *, step_ns: int = 20_000_000) -> None:
    for index in range(count):
        stages = (StageTime("pose", 0, 0.5), StageTime("infer", 0, float(index)))
        shown_ns = (index + 1) * step_ns
        history.add(record(index, stages=stages, shown_ns=shown_ns, requested_ns=shown_ns - (index + 10) * 1_000_000))


def test_the_ring_keeps_the_newest_frames_oldest_first() -> None:
    history = StageHistory(capacity=4)
    fill(history, 6)
    assert len(history) == 4
    assert history.values("infer").tolist() == [2.0, 3.0, 4.0, 5.0]
    assert history.values(LATENCY).tolist() == [12.0, 13.0, 14.0, 15.0]


def test_unsteady_frames_stay_off_the_statistics() -> None:
    history = StageHistory()
    history.add(record(1, stages=(StageTime("infer", 0, 900.0),), steady=False))
    assert (len(history), history.unsteady) == (0, 1)
    assert history.table() == {}


def test_the_table_names_only_what_was_measured() -> None:
    history = StageHistory()
    fill(history, 3)
    assert list(history.table()) == ["pose", "infer", LATENCY]
    assert np.isnan(history.values("copy_in")).all()


def test_a_stage_that_came_twice_is_summed_and_strangers_are_ignored() -> None:
    history = StageHistory()
    stages = (StageTime("pack", 0, 1.0), StageTime("pack", 0, 2.0), StageTime("tea", 0, 9.0))
    history.add(record(1, stages=stages, requested_ns=0))
    assert history.values("pack").tolist() == [3.0]
    assert list(history.table()) == ["pack"]


def test_rate_is_what_was_shown_lately() -> None:
    history = StageHistory()
    fill(history, 100)
    last = 99 * 20_000_000
    assert history.rate(last) == pytest.approx(50.0)
    assert history.rate(last + 5_000_000_000) == 0.0
    assert history.rate(0) == 0.0, "a clock that went back: nothing was shown yet"


def test_what_the_device_tells_late_lands_in_its_frame() -> None:
    history = StageHistory(capacity=4)
    for index in range(1, 4):
        history.add(record(index, stages=(StageTime("infer", 0, 9.0), StageTime("pose", 0, 0.5))))
    history.amend(2, (StageTime("infer", 0, 1.5, "gpu"), StageTime("pack", 0, 0.25, "gpu")))
    assert history.values("infer").tolist() == [9.0, 1.5, 9.0], "the device's time counts instead of the host's"
    assert history.values("pack")[1] == 0.25
    assert history.values("pose").tolist() == [0.5] * 3
    assert history.on_gpu == {"infer", "pack"}


def test_what_comes_before_its_frame_waits_for_it_and_no_longer_than_it_may() -> None:
    history = StageHistory(capacity=4)
    history.amend(1, (StageTime("infer", 0, 1.5, "gpu"),))
    history.add(record(1, stages=(StageTime("infer", 0, 9.0),)))
    assert history.values("infer").tolist() == [1.5]
    for index in range(2, 100):  # frames that never reach the screen
        history.amend(index, (StageTime("infer", 0, 1.5, "gpu"),))
    assert len(history._early) == 32
    history.add(record(2, stages=()))
    assert np.isnan(history.values("infer")[-1])


def test_what_comes_for_a_frame_long_gone_changes_nothing() -> None:
    history = StageHistory(capacity=2)
    for index in range(1, 6):
        history.add(record(index, stages=(StageTime("infer", 0, 9.0),)))
    history.amend(1, (StageTime("infer", 0, 1.5, "gpu"),))
    assert history.values("infer").tolist() == [9.0, 9.0]


def test_clear_forgets() -> None:
    history = StageHistory()
    fill(history, 5)
    history.clear()
    assert len(history) == 0
    assert history.table() == {}


def test_every_stage_has_its_place() -> None:
    assert STAGES == ("pose", "render", "copy_out", "pack", "infer", "unpack", "copy_in", "record", "show")


def test_records_are_kept_oldest_first_with_the_unsteady_ones() -> None:
    history = StageHistory(capacity=3)
    for index in range(5):
        history.add(record(index, steady=index != 3))
    assert [kept.index for kept in history.records()] == [2, 3, 4]
    assert len(history) == 3, "four steady ones have been, the ring holds three"
    assert history.record(3) == record(3, steady=False)
    assert history.record(1) is None
    history.clear()
    assert history.records() == ()


def test_a_record_says_what_a_device_told_before_or_after_it_came() -> None:
    history, host, late = StageHistory(), StageTime("infer", 0, 9.0), StageTime("infer", 5, 1.5, "gpu")
    pose = StageTime("pose", 0, 0.5)
    history.amend(1, (late,))
    for index in (1, 2):
        history.add(record(index, stages=(pose, host), steady=index == 1))
    history.amend(2, (late,))
    assert [kept.stages for kept in history.records()] == [(pose, late), (pose, late)]
    assert len(history._early) == 0


def test_a_duration_that_cannot_be_true_counts_as_none() -> None:
    history = StageHistory()
    impossible = (-1.0, float("nan"), float("inf"), 1e12)
    history.add(record(1, stages=tuple(StageTime("infer", 0, value) for value in impossible)))
    assert np.isnan(history.values("infer")).all()


@given(hostile_records(), st.integers())
def test_no_timing_upsets_the_history(records, now_ns: int) -> None:
    history = StageHistory(capacity=8)
    for hostile in records:
        history.add(hostile)
        history.amend(hostile.index, hostile.stages)
    for found in history.table().values():
        assert 0.0 <= found.p50 <= found.p99 < 1e8
    assert 0.0 <= history.rate(now_ns) < 1e10
    assert len(history.records()) == min(len(records), 8)


def test_what_is_told_early_of_a_frame_adds_up() -> None:
    history = StageHistory()
    history.amend(7, (StageTime("encode", 1, 2.5),))
    history.amend(7, (StageTime("infer", 1, 9.0, "gpu"),))
    history.add(record(7, stages=(StageTime("infer", 1, 20.0),)))
    assert history.values("encode").tolist() == [2.5]
    assert history.values("infer").tolist() == [9.0]
    assert {stage.name for stage in history.records()[-1].stages} == {"encode", "infer"}
