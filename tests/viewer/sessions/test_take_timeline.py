"""Takes become keys within a bound, and keys become takes frame by frame."""

from __future__ import annotations

import pytest

from gpu_core.expression import NEUTRAL, Expression
from viewer.performance.builtin import BUILTIN
from viewer.performance.simplifying import TOLERANCE, TOLERANCE_DEG
from viewer.performance.timeline import Timeline
from viewer.sessions.take import open_take
from viewer.sessions.take_timeline import take_from, timeline_from


def furthest(one: Expression, other: Expression) -> tuple[float, float]:
    weights = max(abs(a - b) for a, b in zip(one.weights, other.weights, strict=True))
    return weights, max(abs(getattr(one, axis) - getattr(other, axis)) for axis in ("yaw", "pitch", "roll"))


@pytest.mark.parametrize("name", BUILTIN)
def test_an_import_is_bounded_and_has_fewer_keys(name: str) -> None:
    take = open_take(name)
    timeline = timeline_from(take)
    off = [furthest(take.at(i / 30), timeline.at(i / 30)) for i in range(take.frames(30))]
    assert max(weight for weight, _ in off) <= TOLERANCE + 1e-9
    assert max(angle for _, angle in off) <= TOLERANCE_DEG + 1e-9
    assert 0 < sum(len(track.keys) for track in timeline.tracks) < take.frames(30) * len(timeline.tracks) / 2
    assert (timeline.title, timeline.duration_s) == (take.title, take.seconds)


def test_a_timeline_bakes_to_rows_at_its_rate() -> None:
    timeline = timeline_from(open_take("talk"), fps=48)
    take = take_from(timeline)
    assert len(take.rows) == timeline.frames == take.frames(take.fps)
    assert take.rows[7] == (7 / 48, timeline.at(7 / 48))
    assert list(take.expressions(48)) == [face for _, face in take.rows]
    assert take_from(timeline, fps=24).fps == 24


def test_a_timeline_without_keys_is_a_take_of_rest() -> None:
    take = take_from(Timeline(duration_s=0.1))
    assert [face for _, face in take.rows] == [NEUTRAL] * 3
