"""gpu_core.frame_statistics: figures of known runs, gaps, and whatever no clock should say."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.frame_record import FrameRecord
from gpu_core.frame_statistics import FrameStatistics, intervals_ms, one_percent_low, statistics
from tests.frame_records import MS, delayed, hostile_records, record, steady_run


def of(records: list[FrameRecord], target_fps: float = 25.0) -> FrameStatistics:
    return statistics(records, now_ns=records[-1].shown_ns + 10 * MS if records else 0, target_fps=target_fps)


def test_an_even_run_has_its_rate_and_nothing_else_to_complain_of() -> None:
    found = of(steady_run(50, period_ms=40.0, latency_ms=70.0, depth=2))
    assert (found.frames, found.missed, found.dropped, found.gaps, found.jitter_ms) == (50, 0, 0, 0, 0.0)
    assert found.fps == pytest.approx(25.0)
    assert found.one_percent_low_fps == pytest.approx(25.0)
    assert found.latency is not None
    assert found.latency.p50 == 70.0
    assert found.queue_depth == 2.0
    assert found.age_ms == 80.0, "since the input event of the frame on the screen"


def test_one_percent_low_is_the_rate_of_the_slowest_hundredth() -> None:
    intervals = np.array([10.0] * 198 + [50.0, 150.0])
    assert one_percent_low(intervals) == pytest.approx(10.0)  # two frames in 200 ms
    assert one_percent_low(np.array([10.0, 20.0])) == pytest.approx(50.0), "of fewer than a hundred the slowest"
    assert one_percent_low(np.array([])) is None


def test_jitter_is_the_mean_step_between_intervals() -> None:
    run = steady_run(5, period_ms=20.0, latency_ms=60.0)
    run[2] = delayed(run[2], 6.0)  # intervals 20, 26, 14, 20: steps 6, 12, 6
    assert of(run).jitter_ms == pytest.approx(8.0)


def test_a_late_frame_misses_its_deadline() -> None:
    run = steady_run(10, period_ms=40.0, latency_ms=70.0)
    run[5:] = [delayed(frame, 25.0) for frame in run[5:]]  # one interval of 65 ms: more than 1.5 of 40
    assert of(run).missed == 1
    assert of(run, target_fps=0.0).missed == 0, "nothing is missed where nothing is wanted"
    assert of(run, target_fps=20.0).missed == 0


def test_what_nobody_had_asked_for_is_not_late_but_what_was_dropped_had_been_asked_for() -> None:
    before, after = record(1), replace(record(2), shown_ns=record(1).shown_ns + 65 * MS)
    fresh = replace(after, requested_ns=before.shown_ns + 50 * MS)
    assert of([before, fresh]).missed == 0
    assert of([before, replace(fresh, dropped=1)]).missed == 1


def test_a_pause_is_a_gap_and_in_no_figure() -> None:
    run = steady_run(20, period_ms=40.0, latency_ms=30.0)
    run[10:] = [delayed(frame, 5_000.0) for frame in run[10:]]
    found = of(run)
    assert (found.gaps, found.missed, found.jitter_ms) == (1, 0, 0.0)
    assert found.fps == pytest.approx(25.0)
    assert found.one_percent_low_fps == pytest.approx(25.0)


def test_the_same_wait_for_something_that_was_asked_for_is_no_gap() -> None:
    run = steady_run(20, period_ms=40.0, latency_ms=30.0)
    waited = [delayed(frame, 5_000.0) for frame in run[10:]]
    run[10:] = [replace(waited[0], requested_ns=run[9].shown_ns), *waited[1:]]
    assert (of(run).gaps, of(run).missed) == (0, 1)
    run[10:] = [replace(waited[0], dropped=1), *waited[1:]]
    assert of(run).gaps == 0, "what was dropped had been asked for meanwhile"


def test_a_clock_that_jumps_leaves_a_gap() -> None:
    run = steady_run(20, period_ms=40.0, latency_ms=30.0)
    for jump_ms in (-300.0, 1e10):
        jumped = [*run[:10], *(delayed(frame, jump_ms) for frame in run[10:])]
        assert of(jumped).gaps == 1
        assert of(jumped).fps == pytest.approx(25.0)


def test_unsteady_frames_count_for_nothing_and_part_their_neighbours() -> None:
    run = steady_run(10, period_ms=40.0, latency_ms=30.0)
    run[4] = replace(delayed(run[4], 39.0), steady=False, dropped=7)
    found = of(run)
    assert (found.frames, found.gaps, found.missed, found.dropped) == (9, 2, 0, 0)
    assert found.jitter_ms == 0.0


def test_losses_are_counted_by_what_became_of_them() -> None:
    run = [record(1, dropped=3), replace(record(2, dropped=1), unshown=2)]
    found = of(run)
    assert found.dropped == 6
    assert found.dropped_why == {"newer request": 4, "newer picture": 2}
    assert of([record(1)]).dropped_why == {}


def test_nothing_gives_no_figures() -> None:
    found = of([])
    assert (found.frames, found.fps, found.latency, found.one_percent_low_fps, found.age_ms) == (
        0,
        0.0,
        None,
        None,
        None,
    )
    alone = of([record(1)])
    assert (alone.frames, alone.fps, alone.jitter_ms) == (1, 0.0, None)


def numbers(value: Any) -> list[float]:
    if is_dataclass(value):
        return [number for item in fields(value) for number in numbers(getattr(value, item.name))]
    if isinstance(value, dict):
        return [float(number) for number in value.values()]
    return [] if value is None else [float(value)]


@given(hostile_records(), st.integers(), st.one_of(st.floats(allow_nan=True, allow_infinity=True), st.just(60.0)))
def test_no_timing_raises_or_shows_a_figure_that_is_none(records, now_ns: int, target_fps: float) -> None:
    found = statistics(records, now_ns=now_ns, target_fps=target_fps)
    assert all(math.isfinite(number) and number >= 0.0 for number in numbers(found))
    assert len(intervals_ms(records)) == max(len(records) - 1, 0)
