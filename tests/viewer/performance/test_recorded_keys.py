"""Live motion as keys: what moved, where it moved, and nothing else."""

from __future__ import annotations

import pytest

from gpu_core.expression import NEUTRAL, Expression
from viewer.performance.keyframes import Key, TimelineError, Track
from viewer.performance.recorded_keys import recorded, timeline_of
from viewer.performance.timeline import Timeline

OLD = Timeline.of(
    [Track("jawOpen", tuple(Key(t, 0.9) for t in range(5))), Track("cheekPuff", (Key(1, 0.3),))], duration_s=4
)


def opening(*times: float) -> list[tuple[float, Expression]]:
    return [(time, NEUTRAL.with_weights({"jawOpen": time / 10})) for time in times]


def test_what_moved_takes_the_place_of_what_was_there() -> None:
    timeline = recorded(OLD, opening(1, 1.5, 2, 2.5, 3))
    assert [(key.time_s, key.value) for key in timeline.track("jawOpen").keys] == [
        (0, 0.9), (1, 0.1), (3, 0.3), (4, 0.9)]  # fmt: skip
    assert timeline.track("cheekPuff") == OLD.track("cheekPuff")


def test_named_channels_are_recorded_even_if_still() -> None:
    timeline = recorded(OLD, opening(1, 2), only=["cheekPuff"])
    assert [(key.time_s, key.value) for key in timeline.track("cheekPuff").keys] == [(1, 0)]
    assert timeline.track("jawOpen") == OLD.track("jawOpen")


def test_eyes_become_gaze_where_gaze_has_keys() -> None:
    look = [(t, NEUTRAL.with_gaze(5 * t, -3 * t)) for t in (0.0, 1.0, 2.0)]
    plain = recorded(Timeline(), look)
    assert {track.name for track in plain.tracks} == {
        "eyeLookOutLeft", "eyeLookInRight", "eyeLookUpLeft", "eyeLookUpRight"}  # fmt: skip
    driven = recorded(Timeline.of([Track("gaze_yaw", (Key(9, 1),))]), look)
    assert [track.name for track in driven.tracks] == ["eyeLookUpLeft", "eyeLookUpRight", "gaze_yaw"]
    assert driven.at(1.5).gaze == pytest.approx((7.5, -4.5))


def test_beyond_the_end_the_timeline_grows_and_the_past_is_left_out() -> None:
    timeline = recorded(OLD, [*opening(3, 9), *opening(5)])
    assert timeline.duration_s == 9
    assert timeline.track("jawOpen").times == [0, 1, 2, 3, 9]
    assert recorded(OLD, []) is OLD


def test_a_take_needs_a_sample() -> None:
    with pytest.raises(TimelineError, match="nothing in it"):
        timeline_of([], duration_s=1, fps=30, title="x")
