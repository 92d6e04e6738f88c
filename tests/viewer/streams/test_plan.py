"""viewer.streams.plan: what follows from measured points."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.streams.plan import RESERVE, Plan, PlanKey, Point, count_of, efficiency

KEY = PlanKey("a machine", "shipped", 256)
rates = st.floats(0.5, 2000.0)


def point(way: str, faces: int, faces_per_s: float) -> Point:
    return Point(way, faces, faces_per_s, 40.0, 60.0, 190.0, 300.0)


def plan(workers: dict[int, float], batch: dict[int, float] | None = None) -> Plan:
    points = [point("workers", *pair) for pair in workers.items()]
    return Plan(KEY, tuple(points + [point("batch", *pair) for pair in (batch or {}).items()]))


def test_between_two_points_straight_on_and_beyond_the_last_as_there() -> None:
    told = plan({1: 40.0, 2: 60.0, 8: 90.0})
    assert [told.faces_per_s(faces, "workers") for faces in (1, 2, 5, 8, 64)] == [40.0, 60.0, 75.0, 90.0, 90.0]


def test_it_holds_what_each_can_be_promised() -> None:
    told = plan({1: 60.0, 2: 80.0, 4: 120.0}, {1: 50.0, 2: 100.0, 4: 200.0})
    assert told.holds(25.0, "workers") == int(RESERVE * 120.0 / 25.0)
    assert told.holds(25.0) == told.holds(25.0, "batch") == int(RESERVE * 200.0 / 25.0)
    assert told.best_way(4) == "batch"
    assert told.best_way(1) == "workers"


def test_a_batch_that_makes_hardly_more_is_not_worth_one_process_for_all() -> None:
    assert plan({1: 100.0}, {1: 104.0}).best_way(1) == "workers"
    assert plan({1: 100.0}, {1: 106.0}).best_way(1) == "batch"


def test_the_sentence_says_how_many_of_what_and_how() -> None:
    three = plan({1: 60.0, 2: 88.0}, {1: 50.0, 8: 60.0})
    assert three.sentence() == "this machine holds 3 streams of 256x256 at 25 fps, by a worker each"
    assert (
        plan({1: 20.0}, {1: 31.0, 2: 56.0}).sentence()
        == "this machine holds 2 streams of 256x256 at 25 fps, as one batch"
    )
    assert plan({1: 20.0}).sentence() == "this machine holds no stream of 256x256 at 25 fps: one face reaches 18"
    assert count_of(1) == "1 stream"


def test_without_the_figure_of_one_face_it_promises_nothing() -> None:
    assert plan({1: 30.0}, {1: 30.0}).is_whole
    assert not plan({4: 30.0}).is_whole
    assert not plan({1: 30.0}, {2: 30.0}).is_whole
    assert not plan({}).is_whole
    assert plan({}).holds() == 0


def test_efficiency_is_what_a_face_keeps_of_what_one_alone_has() -> None:
    points = plan({1: 40.0, 4: 48.0}).points
    assert [efficiency(points, one) for one in points] == [1.0, pytest.approx(0.3)]
    assert efficiency(points, point("batch", 2, 40.0)) == 0.0


@given(st.dictionaries(st.integers(1, 16), rates, min_size=1, max_size=5), st.floats(1.0, 120.0), st.floats(1.0, 120.0))
def test_never_more_than_promised_and_never_more_at_a_higher_rate(
    made: dict[int, float], one: float, other: float
) -> None:
    told = plan(made)
    low, high = sorted((one, other))
    assert told.holds(high) <= told.holds(low)
    held = told.holds(low)
    assert held * low <= RESERVE * max(made.values()) * (1 + 1e-9)
    assert not held or told.fps_each(held, "workers") >= low
