"""viewer.performance.punch_in: recorded motion takes the place of keys in its span, and nothing else changes."""

from __future__ import annotations

import numpy as np
import pytest

from gpu_core.expression import NEUTRAL
from viewer.performance.keyframes import Key, Track
from viewer.performance.punch_in import RETURN_S, at_frames, punched_in
from viewer.performance.recorded_keys import Sample
from viewer.performance.timeline import Timeline


def jaw(start_s: float, end_s: float, rate: float = 60.0) -> list[Sample]:
    """A jaw that opens from 0 to 1 in the span."""
    times = np.arange(start_s, end_s, 1 / rate).tolist()
    return [(t, NEUTRAL.with_weights({"jawOpen": (t - start_s) / (end_s - start_s)})) for t in times]


def test_the_span_has_the_motion_and_the_rest_stays() -> None:
    line = Track("jawOpen", (Key(0.0, 0.0), Key(2.5, 0.9), Key(5.0, 0.5)))
    brow = Track("browInnerUp", (Key(0.0, 0.3), Key(9.0, 0.8)))
    before = Timeline.of([line, brow])
    after = punched_in(before, jaw(2.0, 3.0), ["jawOpen"])
    for t in (0.0, 1.0, 1.9, 3.2, 4.0, 7.0):
        assert after.at(t)["jawOpen"] == pytest.approx(before.at(t)["jawOpen"]), t
    for t in (2.0, 2.25, 2.5, 2.9):
        assert after.at(t)["jawOpen"] == pytest.approx(t - 2.0, abs=0.02), t
    assert after.track("browInnerUp") is brow
    assert len(after.track("jawOpen").keys) <= 8


def test_a_track_without_keys_rests_before_and_after() -> None:
    after = punched_in(Timeline(), jaw(2.0, 3.0), ["jawOpen"])
    assert after.at(1.9)["jawOpen"] == 0.0
    assert after.at(2.95)["jawOpen"] > 0.9
    assert after.at(3.0 + RETURN_S)["jawOpen"] == 0.0


def test_keys_lie_on_frames() -> None:
    after = punched_in(Timeline(), jaw(2.013, 2.987), ["jawOpen"])
    inner = after.track("jawOpen").times[1:-1]
    assert inner
    assert all(abs(t * 30 - round(t * 30)) < 1e-6 for t in inner)


def test_a_moment_between_two_frames_is_one_key() -> None:
    face = NEUTRAL.with_weights({"jawOpen": 0.7})
    assert at_frames([(1.01, face), (1.02, face)], 30.0, 10.0) == [(1.0, face)]
    after = punched_in(Timeline(), [(1.01, face)], ["jawOpen"])
    assert after.at(1.0)["jawOpen"] == 0.7


def test_at_the_ends_of_the_timeline() -> None:
    after = punched_in(Timeline(duration_s=2.0), jaw(0.0, 2.1), ["jawOpen"])
    assert after.duration_s == 2.0
    assert after.at(0.0)["jawOpen"] == 0.0
    assert after.at(2.0)["jawOpen"] > 0.9


def test_nothing_recorded_changes_nothing() -> None:
    timeline = Timeline()
    assert punched_in(timeline, [], ["jawOpen"]) is timeline


def test_a_still_hand_holds() -> None:
    face = NEUTRAL.with_weights({"jawOpen": 0.4})
    before = Timeline.of([Track("jawOpen", (Key(0.0, 0.0), Key(2.5, 1.0), Key(5.0, 0.0)))])
    after = punched_in(before, [(2.0, face), (2.5, face), (3.0, face)], ["jawOpen"])
    for t in (2.0, 2.5, 3.0):
        assert after.at(t)["jawOpen"] == pytest.approx(0.4), t
