"""gpu_core.timing: stages, the ring, percentiles."""

from __future__ import annotations

import time

import numpy as np
import pytest

from gpu_core.settings import StageTime
from gpu_core.timing import LATENCY, STAGES, Percentiles, StageHistory, StageTimer


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
        history.add(stages, shown_ns=index * step_ns, latency_ms=index + 10.0)


def test_the_ring_keeps_the_newest_frames_oldest_first() -> None:
    history = StageHistory(capacity=4)
    fill(history, 6)
    assert len(history) == 4
    assert history.values("infer").tolist() == [2.0, 3.0, 4.0, 5.0]
    assert history.values(LATENCY).tolist() == [12.0, 13.0, 14.0, 15.0]


def test_unsteady_frames_stay_off_the_statistics() -> None:
    history = StageHistory()
    history.add((StageTime("infer", 0, 900.0),), shown_ns=1, steady=False)
    assert (len(history), history.unsteady) == (0, 1)
    assert history.table() == {}


def test_the_table_names_only_what_was_measured() -> None:
    history = StageHistory()
    fill(history, 3)
    assert list(history.table()) == ["pose", "infer", LATENCY]
    assert np.isnan(history.values("copy_in")).all()


def test_a_stage_that_came_twice_is_summed_and_strangers_are_ignored() -> None:
    history = StageHistory()
    history.add((StageTime("pack", 0, 1.0), StageTime("pack", 0, 2.0), StageTime("tea", 0, 9.0)), shown_ns=5)
    assert history.values("pack").tolist() == [3.0]
    assert list(history.table()) == ["pack"]


def test_rate_is_what_was_shown_lately() -> None:
    history = StageHistory()
    fill(history, 100)
    last = 99 * 20_000_000
    assert history.rate(last) == pytest.approx(50.0)
    assert history.rate(last + 5_000_000_000) == 0.0


def test_what_the_device_tells_late_lands_in_its_frame() -> None:
    history = StageHistory(capacity=4)
    for index in range(1, 4):
        history.add((StageTime("infer", 0, 9.0), StageTime("pose", 0, 0.5)), shown_ns=index, index=index)
    history.amend(2, (StageTime("infer", 0, 1.5, "gpu"), StageTime("pack", 0, 0.25, "gpu")))
    assert history.values("infer").tolist() == [9.0, 1.5, 9.0], "the device's time counts instead of the host's"
    assert history.values("pack")[1] == 0.25
    assert history.values("pose").tolist() == [0.5] * 3
    assert history.on_gpu == {"infer", "pack"}


def test_what_comes_before_its_frame_waits_for_it_and_no_longer_than_it_may() -> None:
    history = StageHistory(capacity=4)
    history.amend(1, (StageTime("infer", 0, 1.5, "gpu"),))
    history.add((StageTime("infer", 0, 9.0),), shown_ns=1, index=1)
    assert history.values("infer").tolist() == [1.5]
    for index in range(2, 100):  # frames that never reach the screen
        history.amend(index, (StageTime("infer", 0, 1.5, "gpu"),))
    assert len(history._early) == 32
    history.add((), shown_ns=2, index=2)
    assert np.isnan(history.values("infer")[-1])


def test_what_comes_for_a_frame_long_gone_changes_nothing() -> None:
    history = StageHistory(capacity=2)
    for index in range(1, 6):
        history.add((StageTime("infer", 0, 9.0),), shown_ns=index, index=index)
    history.amend(1, (StageTime("infer", 0, 1.5, "gpu"),))
    assert history.values("infer").tolist() == [9.0, 9.0]


def test_clear_forgets() -> None:
    history = StageHistory()
    fill(history, 5)
    history.clear()
    assert len(history) == 0
    assert history.table() == {}


def test_every_stage_has_its_place() -> None:
    assert STAGES == ("pose", "render", "copy_out", "pack", "infer", "unpack", "copy_in", "show")
