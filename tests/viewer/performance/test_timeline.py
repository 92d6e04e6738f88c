"""Timelines: they play like performances, within the limits, whatever their keys."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from gpu_core.expression import NEUTRAL
from tests.viewer.performance.timelines import TIMES, timelines, tracks
from viewer.performance.builtin import Performance
from viewer.performance.easing import Ease
from viewer.performance.keyframes import TRACK_INDEX, TRACK_NAMES, Key, TimelineError, Track
from viewer.performance.timeline import Timeline

JAW = Track("jawOpen", (Key(0, 0), Key(2, 1)))
NOD = Track("pitch", (Key(0, -4, Ease.STEP), Key(1, 8)))


def test_it_is_a_performance() -> None:
    timeline: Performance = Timeline.of([NOD, JAW], duration_s=2)
    assert timeline.at(1.5) == NEUTRAL.with_weights({"jawOpen": 0.75}).with_head(pitch=8)
    assert timeline.at(-1) == timeline.at(0)
    assert timeline.at(99) == timeline.at(2)
    assert (timeline.duration_s, timeline.loops, timeline.key) == (2, False, "timeline")


def test_a_loop_begins_anew() -> None:
    timeline = Timeline.of([JAW], duration_s=4, loops=True)
    assert timeline.at(5) == timeline.at(1)
    assert timeline.at(-3) == timeline.at(1)


def test_gaze_moves_both_eyes_and_only_on_its_axis() -> None:
    own = Track("eyeLookUpLeft", (Key(0, 0.3),))
    face = Timeline.of([Track("gaze_yaw", (Key(0, 12.5),)), own]).at(0)
    assert face.weights == NEUTRAL.with_gaze(12.5, 0).with_weights({"eyeLookUpLeft": 0.3}).weights
    overridden = Timeline.of([Track("gaze_pitch", (Key(0, 10),)), own]).at(0)
    assert overridden.weights == NEUTRAL.with_gaze(0, 10).weights


def test_no_key_no_movement() -> None:
    assert Timeline().at(1) is NEUTRAL
    assert Timeline.of([Track("jawOpen")]) == Timeline()


def test_values_and_undo_compare() -> None:
    timeline = Timeline.of([JAW, NOD])
    changed = timeline.with_tracks([Track("jawOpen"), Track("tongueOut", (Key(1, 0.5),))])
    assert [track.name for track in changed.tracks] == ["tongueOut", "pitch"]
    assert changed.with_tracks([JAW, Track("tongueOut")]) == timeline
    assert hash(timeline) == hash(Timeline.of([NOD, JAW]))
    assert changed.frames == 300


@pytest.mark.parametrize(
    "make",
    [
        lambda: Timeline(fps=23),
        lambda: Timeline(fps=float("nan")),
        lambda: Timeline(duration_s=0),
        lambda: Timeline(duration_s=float("inf")),
        lambda: Timeline((NOD, JAW)),
        lambda: Timeline((Track("yaw"),)),
        lambda: Timeline.of([JAW, JAW]),
    ],
)
def test_what_cannot_be_is_refused(make: object) -> None:
    with pytest.raises(TimelineError):
        make()  # type: ignore[operator]


@given(timelines(), TIMES)
def test_never_outside_the_limits_nor_the_keys(timeline: Timeline, time: float) -> None:
    face = timeline.at(time)
    assert face.clamped()[1] == ()
    row = timeline.sampled(np.array([time]))[0]
    for track in timeline.tracks:
        values = [key.value for key in track.keys]
        assert min(values) <= row[TRACK_INDEX[track.name]] <= max(values)


@given(tracks("cheekPuff"), TIMES)
def test_the_fast_way_and_the_plain_one_agree(track: Track, time: float) -> None:
    timeline = Timeline.of([track, JAW, NOD], duration_s=10)
    assert timeline.at(time)["cheekPuff"] == track.at(time)
    assert timeline.sampled(np.array([time])).shape == (1, len(TRACK_NAMES))
