"""viewer.timeline.columns: a row's pixels say the same as looking at every key."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.viewer.performance.timelines import timelines, tracks
from viewer.performance.easing import Ease
from viewer.performance.editing import KeyId, with_keys
from viewer.performance.keyframes import Key, Track
from viewer.performance.timeline import Timeline
from viewer.timeline.columns import CHOSEN, MIXED, NONE, Columns, ColumnsCache, chosen_times, pixels, summary
from viewer.timeline.scale import TimeScale

CLASS = {Ease.LINEAR: 1, Ease.STEP: 2, Ease.CUBIC: 3}


@settings(max_examples=50)
@given(tracks("jawOpen"), st.floats(0.0, 20.0), st.floats(0.1, 3000.0), st.integers(1, 60))
def test_every_pixel_says_whether_a_key_is_there(track: Track, start_s: float, px_per_s: float, count: int) -> None:
    scale = TimeScale(start_s, px_per_s, count)
    seen = [key for key in track.keys if start_s <= key.time_s < scale.time(count)]
    row = pixels(Columns(track), scale, count)
    near = {int((key.time_s - start_s) * px_per_s) + by for key in seen for by in (-1, 0, 1)}
    assert set(np.flatnonzero(row).tolist()) <= near
    assert bool(row.any()) == bool(seen)


def dense(count: int) -> Track:
    return Track("jawOpen", tuple(Key(place / 100, 0.5, Ease.STEP) for place in range(count)))


def test_keys_closer_than_pixels_run_together() -> None:
    track, scale = dense(10_000), TimeScale(0.0, 1.0, 200)
    row = pixels(Columns(track), scale, 200)
    assert row[:100].tolist() == [CLASS[Ease.STEP]] * 100
    assert not row[101:].any()


def test_chosen_keys_are_seen_among_dense_ones() -> None:
    track, scale = dense(10_000), TimeScale(0.0, 1.0, 200)
    row = pixels(Columns(track), scale, 200, np.array([50.25]))
    assert np.flatnonzero(row >= CHOSEN).tolist() == [50]
    assert row[50] == CLASS[Ease.STEP] + CHOSEN


def test_a_group_shows_where_any_of_its_tracks_has_keys() -> None:
    first, second = np.array([1, 0, 0, 2], np.uint8), np.array([0, 0, 3 + CHOSEN, 0], np.uint8)
    assert summary([first, second], 4).tolist() == [MIXED, NONE, MIXED + CHOSEN, MIXED]
    assert summary([], 2).tolist() == [NONE, NONE]


def test_only_what_an_edit_changed_is_made_anew() -> None:
    timeline, cache = Timeline.of([Track("jawOpen", (Key(1.0, 0.5),)), Track("yaw", (Key(1.0, 5.0),))]), ColumnsCache()
    before = [cache.of(timeline, name) for name in ("jawOpen", "yaw", "roll")]
    edited = with_keys(timeline, [("yaw", Key(2.0, 1.0))])
    assert cache.of(edited, "jawOpen") is before[0]
    assert cache.of(edited, "yaw").times.tolist() == [1.0, 2.0]
    assert len(cache.of(edited, "roll").times) == 0


@settings(max_examples=30)
@given(timelines())
def test_chosen_times_are_in_order(timeline: Timeline) -> None:
    keys = [KeyId(track.name, time_s) for track in timeline.tracks for time_s in track.times]
    assert {name: times.tolist() for name, times in chosen_times(reversed(keys)).items()} == {
        track.name: track.times for track in timeline.tracks
    }
