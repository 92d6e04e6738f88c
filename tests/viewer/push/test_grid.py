"""From a changing rate to a constant one."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.push.grid import MOST_LATE, MOST_MOVED, Grid


@given(st.lists(st.floats(0, 3), max_size=50))
def test_numbers_only_rise_and_none_is_early(steps: list[float]) -> None:
    grid, now_s, last = Grid(Fraction(25), 10.0), 10.0, -1
    for step in steps:
        now_s += max(step, grid.wait_s(now_s))
        number = grid.step(now_s)
        assert number > last
        assert number - last == 1 or number / 25 + 10.0 > now_s - 0.07, "what is left out brings it up to now"
        last = number


def test_half_a_frame_of_jitter_neither_repeats_nor_drops() -> None:
    chance = random.Random(1)
    arrivals = [10.0] + [10.0 + number / 25 + chance.uniform(-0.019, 0.019) for number in range(1, 200)]
    grid = Grid(Fraction(25), arrivals[0])
    seen = []
    for _ in range(200):
        now_s = 10.0 + grid.wait_s(10.0)
        grid.step(now_s)
        seen.append(sum(at_s <= now_s for at_s in arrivals))
    assert seen == list(range(1, 201))


@pytest.mark.parametrize(
    ("late_frames", "left_out"), [(1, 0), (MOST_LATE, 0), (MOST_LATE + 1, MOST_LATE + 1), (90, 90)]
)
def test_a_little_late_is_made_up_for_and_very_late_is_left_out(late_frames: int, left_out: int) -> None:
    grid = Grid(Fraction(25), 0.0)
    late_s = grid.wait_s(0.0) + (late_frames + 0.5) / 25
    assert grid.step(late_s) == left_out
    assert grid.left_out == left_out
    assert grid.number == left_out + 1


@pytest.mark.parametrize("late", [0.0, 0.2, 0.45, 0.5, 0.55, 0.8])
def test_a_first_picture_that_was_late_puts_it_out_of_step_for_a_moment_only(late: float) -> None:
    chance = random.Random(2)
    grid, now_s, seen, came = Grid(Fraction(25), 10.0 + late / 25), 10.0, 0, []
    for _ in range(300):
        now_s += max(0.0, grid.wait_s(now_s))
        grid.step(now_s)
        arrived = [10.0 + n / 25 + chance.uniform(-0.004, 0.004) for n in range(seen, int((now_s - 10.0) * 25) + 1)]
        arrived = [at_s for at_s in arrived if at_s <= now_s]
        seen += len(arrived)
        came.append(len(arrived))
        if arrived:
            grid.heed(arrived[-1])
    assert set(came[-200:]) == {1}, "none repeated, none dropped"


@given(st.lists(st.floats(0, 1), max_size=100))
def test_whatever_comes_moves_it_by_half_a_frame_at_most(steps: list[float]) -> None:
    grid, came_s = Grid(Fraction(25), 10.0), 10.0
    for step in steps:
        came_s += step
        grid.heed(came_s)
        assert abs(grid.wait_s(10.0) - 0.02) <= MOST_MOVED / 25 + 1e-9
