"""Edits: several keys at once, order kept, undone by value."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.viewer.performance.timelines import timelines
from viewer.performance import editing
from viewer.performance.easing import Ease
from viewer.performance.editing import KeyId
from viewer.performance.keyframes import LONGEST_S, MIN_GAP_S, Key, TimelineError, Track
from viewer.performance.timeline import Timeline

LINE = Timeline.of(
    [Track("jawOpen", (Key(0, 0), Key(1, 0.5), Key(2, 1))), Track("yaw", (Key(1, 10),))], duration_s=4, fps=24
)
MIDDLE = [KeyId("jawOpen", 1), KeyId("yaw", 1)]


def keys(timeline: Timeline, name: str = "jawOpen") -> list[tuple[float, float]]:
    return [(key.time_s, key.value) for key in timeline.track(name).keys]


def test_add_and_delete() -> None:
    grown = editing.with_keys(LINE, [("roll", Key(5, -99, Ease.CUBIC)), ("jawOpen", Key(1, 0.6))])
    assert keys(grown, "roll") == [(5, -10)]
    assert keys(grown) == [(0, 0), (1, 0.6), (2, 1)]
    assert grown.duration_s == 5
    assert editing.without(LINE, editing.all_keys(LINE)).tracks == ()


def test_several_move_together_and_stop_at_the_edges() -> None:
    moved = editing.moved(LINE, MIDDLE, by_s=0.5, by_value=0.25)
    assert keys(moved) == [(0, 0), (1.5, 0.75), (2, 1)]
    assert keys(moved, "yaw") == [(1.5, 10.25)]
    assert keys(editing.moved(LINE, MIDDLE, by_s=-9)) == [(0, 0.5), (2, 1)]  # onto the first, which it replaces
    assert keys(editing.moved(LINE, MIDDLE, by_s=9, by_value=9), "yaw") == [(4, 19)]
    assert keys(editing.moved(LINE, [KeyId("jawOpen", 1), KeyId("jawOpen", 2)], by_s=-9)) == [(0, 0.5), (1, 1)]
    assert editing.moved(LINE, []) == LINE


def test_a_moved_key_takes_the_place_of_another() -> None:
    assert keys(editing.moved(LINE, MIDDLE[:1], by_s=1)) == [(0, 0), (2, 0.5)]


def test_copy_and_paste() -> None:
    copied = editing.copied(LINE, [*MIDDLE, KeyId("jawOpen", 2), KeyId("jawOpen", 77)])
    pasted = editing.pasted(LINE, copied, 3.5)
    assert keys(pasted) == [(0, 0), (1, 0.5), (2, 1), (3.5, 0.5), (4.5, 1)]
    assert keys(pasted, "yaw") == [(1, 10), (3.5, 10)]
    assert pasted.duration_s == 4.5


def test_ease_and_snap() -> None:
    eased = editing.eased(LINE, MIDDLE, Ease.STEP)
    assert [key.ease for key in eased.track("jawOpen").keys] == [Ease.LINEAR, Ease.STEP, Ease.LINEAR]
    loose = editing.with_keys(LINE, [("jawOpen", Key(1 / 24 + 0.004, 0.1)), ("jawOpen", Key(1 / 24 + 0.006, 0.2))])
    assert keys(editing.snapped(loose)) == [(0, 0), (1 / 24, 0.2), (1, 0.5), (2, 1)]
    assert keys(editing.snapped(loose, MIDDLE)) == keys(loose)


def test_a_last_frame_is_within_the_timeline() -> None:
    assert editing.frame_time(Timeline(duration_s=1.99, fps=24), 1.99) == 47 / 24
    assert editing.frame_time(LINE, 4) == 4


def test_scale() -> None:
    double = editing.scaled(LINE, 2)
    assert keys(double) == [(0, 0), (2, 0.5), (4, 1)]
    assert double.duration_s == 8
    some = editing.scaled(LINE, 3, [*MIDDLE, KeyId("jawOpen", 2)])
    assert keys(some) == [(0, 0), (1, 0.5), (4, 1)]
    assert keys(editing.scaled(LINE, 1e-4)) == [(0.0002, 1)]  # all on one spot: the latest stays
    for factor in (0.0, -1.0, float("nan"), float("inf"), LONGEST_S):
        with pytest.raises(TimelineError):
            editing.scaled(LINE, factor)


def test_rate_and_length() -> None:
    assert editing.at_rate(LINE, 60).fps == 60
    with pytest.raises(TimelineError, match="24 to 120"):
        editing.at_rate(LINE, 240)
    assert keys(editing.with_duration(LINE, 1.5)) == [(0, 0), (1, 0.5)]


EDITS = st.sampled_from([
    lambda t, ids, x: editing.moved(t, ids, by_s=x, by_value=x / 7),
    lambda t, ids, x: editing.scaled(t, abs(x) + 1e-3, ids),
    lambda t, _, x: editing.scaled(t, min(abs(x) + 1e-3, 0.999 * LONGEST_S / t.duration_s)),
    lambda t, ids, _: editing.snapped(t, ids),
    lambda t, ids, x: editing.pasted(t, editing.copied(t, ids), abs(x)),
    lambda t, ids, _: editing.without(t, ids),
    lambda t, ids, _: editing.eased(t, ids, Ease.CUBIC),
    lambda t, _, x: editing.with_duration(t, abs(x) + 0.1),
])  # fmt: skip


@given(timelines(), st.lists(st.tuples(EDITS, st.floats(-12, 12), st.integers(0, 99)), max_size=5))
def test_order_survives_any_edits_and_undo_is_the_old_value(
    timeline: Timeline, edits: list[tuple[object, float, int]]
) -> None:
    before, text = timeline, repr(timeline)
    for edit, amount, chosen in edits:
        ids = [key for place, key in enumerate(editing.all_keys(timeline)) if (chosen >> place % 7) & 1]
        timeline = edit(timeline, ids, amount)  # type: ignore[operator]
        for track in timeline.tracks:
            assert all(b - a >= MIN_GAP_S for a, b in pairwise(track.times))
            assert track.times[-1] <= timeline.duration_s + 1e-9
    assert repr(before) == text
