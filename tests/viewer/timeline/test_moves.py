"""viewer.timeline.moves: what a hand does to keys, and which keys are chosen afterwards."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.viewer.performance.timelines import timelines
from viewer.performance.easing import Ease
from viewer.performance.editing import KeyId, all_keys, copied
from viewer.performance.keyframes import Key, Track, limits
from viewer.performance.timeline import Timeline
from viewer.timeline.moves import (
    beside,
    counted,
    dragged,
    duplicated,
    near,
    paste,
    reversed_in_time,
    snapped_by,
    stretched,
)

JAW = Track("jawOpen", (Key(1.0, 0.2), Key(2.0, 0.8, Ease.STEP), Key(4.0, 0.4, Ease.CUBIC)))
TURN = Track("yaw", (Key(1.0, -4.0), Key(3.0, 4.0)))
TIMELINE = Timeline.of([JAW, TURN], duration_s=10.0, fps=30.0)


def ids(*keys: tuple[str, float]) -> frozenset[KeyId]:
    return frozenset(KeyId(*key) for key in keys)


@settings(max_examples=40)
@given(timelines(), st.floats(-40.0, 40.0), st.floats(-2.0, 2.0))
def test_the_chosen_keys_are_there_after_a_drag(timeline: Timeline, by_s: float, by_share: float) -> None:
    keys = frozenset(all_keys(timeline))
    result = dragged(timeline, keys, by_s=by_s, by_share=by_share)
    assert result.chosen == frozenset(all_keys(result.timeline))
    assert len(result.chosen) == len(keys)


def test_a_drag_is_held_at_the_beginning_and_keeps_the_distances() -> None:
    result = dragged(TIMELINE, ids(("jawOpen", 2.0), ("yaw", 1.0)), by_s=-5.0)
    assert result.chosen == ids(("jawOpen", 1.0), ("yaw", 0.0))


def test_a_drag_in_value_goes_by_what_each_track_can_be() -> None:
    low, high = limits("yaw")
    result = dragged(TIMELINE, ids(("jawOpen", 1.0), ("yaw", 1.0)), by_share=0.25)
    assert result.timeline.track("jawOpen").at(1.0) == pytest.approx(0.45)
    assert result.timeline.track("yaw").at(1.0) == pytest.approx(-4.0 + 0.25 * (high - low))


def test_snapping_brings_the_moment_onto_a_frame() -> None:
    assert 1.234 + snapped_by(TIMELINE, 1.234, 0.5) == pytest.approx(52 / 30)
    assert 1.234 + snapped_by(TIMELINE, 1.234, 100.0) == pytest.approx(10.0)


def test_copies_leave_the_keys_where_they_were() -> None:
    result = duplicated(TIMELINE, ids(("jawOpen", 1.0), ("yaw", 3.0)), by_s=2.0)
    assert result.timeline.track("jawOpen").times == [1.0, 2.0, 3.0, 4.0]
    assert result.timeline.track("yaw").times == [1.0, 3.0, 5.0]
    assert result.chosen == ids(("jawOpen", 3.0), ("yaw", 5.0))
    assert duplicated(TIMELINE, frozenset(), by_s=1.0).timeline is TIMELINE


def test_pasted_keys_are_chosen_and_lengthen_the_timeline() -> None:
    result = paste(TIMELINE, copied(TIMELINE, ids(("jawOpen", 1.0), ("jawOpen", 4.0))), at_s=9.0)
    assert result.chosen == ids(("jawOpen", 9.0), ("jawOpen", 12.0))
    assert result.timeline.duration_s == 12.0


def test_reversed_twice_is_as_before() -> None:
    keys = ids(*((name, time_s) for name, time_s in all_keys(TIMELINE)))
    once = reversed_in_time(TIMELINE, keys)
    assert once.timeline.track("jawOpen").times == [1.0, 3.0, 4.0]
    assert [key.value for key in once.timeline.track("jawOpen").keys] == [0.4, 0.8, 0.2]
    assert [key.ease for key in once.timeline.track("jawOpen").keys][:2] == [Ease.STEP, Ease.LINEAR]
    twice = reversed_in_time(once.timeline, once.chosen)
    assert [key.value for key in twice.timeline.track("jawOpen").keys] == [0.2, 0.8, 0.4]
    assert twice.chosen == keys


def test_stretched_from_the_first() -> None:
    result = stretched(TIMELINE, ids(("jawOpen", 1.0), ("jawOpen", 2.0)), 1.5)
    assert result.timeline.track("jawOpen").times == [1.0, 2.5, 4.0]
    assert result.chosen == ids(("jawOpen", 1.0), ("jawOpen", 2.5))


def test_near_and_beside() -> None:
    assert near(TIMELINE, ("jawOpen", "yaw", "roll"), 1.0002) == ids(("jawOpen", 1.0), ("yaw", 1.0))
    assert beside(TIMELINE, ("jawOpen", "yaw"), 2.0, forwards=True) == 3.0
    assert beside(TIMELINE, ("jawOpen", "yaw"), 2.0, forwards=False) == 1.0
    assert beside(TIMELINE, ("jawOpen", "roll"), 4.0, forwards=True) is None


def test_counted() -> None:
    assert [counted(count) for count in (1, 2, 12_345)] == ["1 key", "2 keys", "12,345 keys"]
