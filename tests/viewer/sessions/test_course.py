"""Takes: expressions at a constant rate from times that are whatever they are."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu_core.expression import ARKIT_SHAPES, NEUTRAL, Expression
from viewer.performance.blending import blended
from viewer.performance.builtin import Performance
from viewer.sessions.course import LONGEST_BLEND_S, LONGEST_S
from viewer.sessions.expression_csv import DAY_S, TakeError, TimedExpression
from viewer.sessions.take import FPS, Course, Take, take_of

FILE = Path("take.csv")


def jaw(weight: float) -> Expression:
    return NEUTRAL.with_weights({"jawOpen": weight})


def rows_at(fps: float, count: int) -> list[TimedExpression]:
    return [TimedExpression(index / fps, jaw(index / 100)) for index in range(count)]


@pytest.mark.parametrize("fps", [24.0, 25.0, 30.0, 48.0, 50.0, 60.0])
def test_at_its_own_rate_each_row_is_a_frame(fps: float) -> None:
    take = take_of(rows_at(fps, 50), FILE)
    assert take.fps == fps
    assert list(take.expressions(fps)) == [face for _, face in rows_at(fps, 50)]


@pytest.mark.parametrize("fps", [15.0, 90.0, 120.0, 37.0])
def test_another_rate_becomes_thirty(fps: float) -> None:
    take = take_of(rows_at(fps, 60), FILE)
    assert take.fps == FPS
    assert take.frames(FPS) == round(60 / fps * FPS)


def test_a_take_is_a_performance() -> None:
    performance: Performance = take_of(rows_at(30, 60), FILE)
    assert (performance.key, performance.title, performance.loops) == ("take", "take", False)
    assert performance.duration_s == pytest.approx(2)
    assert performance.at(1) == jaw(0.3)


def test_between_rows_the_face_is_blended() -> None:
    faces = list(take_of(rows_at(30, 4), FILE).expressions(60))
    assert [face["jawOpen"] for face in faces] == pytest.approx([0, 0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.03])


def test_the_head_is_blended_too() -> None:
    half = blended(NEUTRAL.with_head(yaw=10, roll=-4), NEUTRAL.with_head(pitch=6), 0.5)
    assert (half.yaw, half.pitch, half.roll) == (5, 3, -2)


def test_rows_without_a_face_hold_the_last_and_before_the_first_the_first() -> None:
    seen = [None, jaw(0.2), None, None, jaw(0.8)]
    take = take_of([TimedExpression(i / 30, face) for i, face in enumerate(seen)], FILE)
    assert [face["jawOpen"] for face in take.expressions(30)] == [0.2, 0.2, 0.2, 0.2, 0.8]


def test_over_a_hole_in_the_times_nothing_is_invented() -> None:
    take = take_of([*rows_at(30, 3), TimedExpression(1.0, jaw(0.9))], FILE)
    assert take.at(0.9)["jawOpen"] == 0.02
    assert take.at(1.0)["jawOpen"] == 0.9


def test_a_clock_that_steps_back_keeps_the_order() -> None:
    times = [0.0, 2 / 30, 1 / 30, 3 / 30]
    take = take_of([TimedExpression(t, jaw(i / 10)) for i, t in enumerate(times)], FILE)
    assert take.at(2 / 30)["jawOpen"] == 0.2  # the later row of one moment
    assert take.frames(30) == 4


def test_odd_times_are_told() -> None:
    rows = [TimedExpression(time, NEUTRAL) for time in (0.0, 1.5, 1.4, 9.0, 8.9)]
    assert take_of(rows, FILE, ["take.csv: odd"]).notes == (
        "take.csv: odd",
        "take.csv: the time steps back 2 times: the last time holds meanwhile",
        "take.csv: the time jumps 2 times, by 7.6 s at most: the last face holds meanwhile",
    )


def test_values_beyond_a_face_are_clamped_and_counted() -> None:
    take = take_of([TimedExpression(0.0, jaw(1.5)), TimedExpression(1 / 30, jaw(0.5))], FILE)
    assert [face["jawOpen"] for face in take.expressions(30)] == [1.0, 0.5]
    assert take.notes == ("take.csv: 1 of 2 rows are outside a face's limits: clamped",)


def test_a_single_row_is_a_frame() -> None:
    assert list(take_of([TimedExpression(0.0, jaw(0.5))], FILE).expressions(30)) == [jaw(0.5)]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "take.csv: holds no row"),
        ([TimedExpression(0.0, None)] * 3, "take.csv: no row has a face"),
        ([TimedExpression(0.0, NEUTRAL), TimedExpression(LONGEST_S + 1, NEUTRAL)], "lasts 12.0 h by its timecodes"),
    ],
)
def test_what_is_no_take_is_said(rows: list[TimedExpression], words: str) -> None:
    with pytest.raises(TakeError, match=words):
        take_of(rows, FILE)


weights = st.lists(st.floats(0, 1, width=32), min_size=len(ARKIT_SHAPES), max_size=len(ARKIT_SHAPES))
angles = st.floats(-9, 9)
faces = st.builds(lambda w, y, p, r: Expression(tuple(w), y, p, r), weights, angles, angles, angles)
hostile_times = st.lists(st.floats(0, LONGEST_S / 2, allow_subnormal=True), min_size=1, max_size=12)


@settings(max_examples=30)
@given(hostile_times, st.lists(st.none() | faces, min_size=1, max_size=12), st.floats(-1, DAY_S))
def test_any_times_give_a_face_at_any_moment(times: list[float], seen: list[Expression | None], moment: float) -> None:
    rows = [TimedExpression(t, face) for t, face in zip([0.0, *times], [NEUTRAL, *seen], strict=False)]
    take = take_of(rows, FILE)
    face = take.at(moment)
    assert face.clamped() == (face, ())
    assert math.isfinite(take.seconds)
    assert take.frames(1.0) >= 1


@settings(max_examples=30)
@given(faces, faces, st.floats(0, 1))
def test_a_blend_lies_between(one: Expression, other: Expression, share: float) -> None:
    mixed = blended(one, other, share)
    for a, b, value in zip(one.weights, other.weights, mixed.weights, strict=True):
        assert min(a, b) - 1e-12 <= value <= max(a, b) + 1e-12


@given(st.floats(1, 240), st.integers(1, 300))
def test_a_video_lasts_as_long_as_its_take(fps: float, rows: int) -> None:
    take = Take("x", rows / 30, 30.0, Course([0.0], [NEUTRAL]))
    assert abs(take.frames(fps) / fps - take.seconds) <= max(0.5, fps - rows * fps / 30) / fps + 1e-9


def test_the_longest_blend_is_a_blink_not_a_morph() -> None:
    course = Course([0.0, LONGEST_BLEND_S, 3 * LONGEST_BLEND_S], [jaw(0), jaw(0.5), jaw(1)])
    assert course(LONGEST_BLEND_S / 2)["jawOpen"] == 0.25
    assert course(2 * LONGEST_BLEND_S)["jawOpen"] == 0.5
