"""viewer.takes.face_channels: which track a moved shape belongs to."""

from __future__ import annotations

import pytest

from gpu_core.expression import NEUTRAL
from viewer.performance.keyframes import Key, Track, value_of
from viewer.performance.timeline import Timeline
from viewer.takes.face_channels import told_tracks, tracks_moved, with_channels

FACE = NEUTRAL.with_weights({"jawOpen": 0.3, "cheekPuff": 0.4}).with_head(yaw=5.0, roll=2.0).with_gaze(10.0, 5.0)


def test_channels_are_taken_over_by_name() -> None:
    mixed = with_channels(NEUTRAL, FACE, {"jawOpen", "roll"})
    assert mixed == NEUTRAL.with_weights({"jawOpen": 0.3}).with_head(roll=2.0)
    assert with_channels(FACE, NEUTRAL, ()) is FACE


def test_both_eyes_are_gaze_and_one_eye_is_its_shapes() -> None:
    moved = {"eyeLookOutLeft", "eyeLookInRight", "jawOpen"}
    assert tracks_moved(Timeline(), FACE, moved) == ("jawOpen", "gaze_yaw")
    squint = FACE.with_weights({"eyeLookOutLeft": 0.9})
    assert tracks_moved(Timeline(), squint, {"eyeLookOutLeft"}) == ("eyeLookOutLeft",)
    driven = Timeline.of([Track("gaze_yaw", (Key(0.0, 3.0),))])
    assert tracks_moved(driven, squint, {"eyeLookOutLeft"}) == ("gaze_yaw",)


def test_values_and_words() -> None:
    assert value_of("jawOpen", FACE) == 0.3
    assert value_of("yaw", FACE) == 5.0
    assert value_of("gaze_pitch", FACE) == pytest.approx(5.0)
    assert told_tracks(["jawOpen"]) == "Open jaw"
    assert told_tracks(["jawOpen", "yaw"]) == "Open jaw and Turn"
    assert told_tracks(["jawOpen", "yaw", "roll"]) == "3 tracks"
