"""viewer.streams.pace: rate, misses, gaps and ages from the moments of pictures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.streams.pace import Pace, PaceNow, missed


def played(fps: float, times: list[float]) -> Pace:
    pace = Pace(fps)
    for time_s in times:
        pace.note(time_s - 0.03, time_s)
    return pace


def test_an_even_stream_misses_nothing() -> None:
    now = played(25, [100 + frame / 25 for frame in range(100)]).now(100 + 99 / 25)
    assert now.fps == pytest.approx(25, abs=0.5)
    assert (now.frames, now.misses) == (100, 0)
    assert now.worst_gap_s == pytest.approx(0.04)
    assert now.age_ms == pytest.approx(30)


def test_the_rate_is_right_before_two_seconds_are_over() -> None:
    assert played(10, [5.0, 5.1, 5.2, 5.3, 5.4, 5.5]).now(5.5).fps == pytest.approx(10)


def test_a_hole_is_so_many_deadlines() -> None:
    assert played(10, [0.0, 0.1, 0.6, 0.7]).now(0.7) == PaceNow(
        fps=pytest.approx(3 / 0.7), frames=4, misses=4, worst_gap_s=0.5, age_ms=pytest.approx(30)
    )


def test_what_is_overdue_counts_before_it_comes_and_the_rate_falls() -> None:
    pace = played(10, [0.0, 0.1, 0.2])
    late = pace.now(5.2)
    assert (late.fps, late.misses) == (0.0, 49)
    assert late.worst_gap_s == pytest.approx(5.0)
    pace.note(5.3, 5.3)
    assert pace.now(5.3).misses == 50


def test_nothing_is_nothing() -> None:
    assert Pace(25).now(1000.0) == PaceNow()


@pytest.mark.parametrize(("gap", "count"), [(0.0, 0), (1.0, 0), (1.49, 0), (1.51, 1), (2.0, 1), (2.51, 2)])
def test_half_a_frame_late_is_not_missed(gap: float, count: int) -> None:
    assert missed(gap, 1.0) == count


@given(st.lists(st.floats(0.001, 2.0), min_size=2, max_size=60), st.sampled_from([10.0, 25.0, 60.0]))
def test_misses_never_exceed_the_deadlines_there_were(gaps: list[float], fps: float) -> None:
    times = [sum(gaps[:count]) for count in range(1, len(gaps) + 1)]
    now = played(fps, times).now(times[-1])
    assert 0 <= now.misses <= (times[-1] - times[0]) * fps + 1
    assert now.worst_gap_s == pytest.approx(max(gaps[1:]))


def test_at_another_rate_deadlines_are_further_apart_and_what_was_counted_stays() -> None:
    pace = Pace(10.0)
    for made_s in (1.0, 1.1, 1.5):
        pace.note(made_s, made_s)
    missed_before = pace.now(1.5).misses
    assert missed_before == 3
    pace.turn_to(2.0)
    pace.note(2.0, 2.0)
    assert pace.now(2.0).misses == missed_before
    assert pace.now(2.0).frames == 4
