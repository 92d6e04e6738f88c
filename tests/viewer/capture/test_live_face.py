"""viewer.capture.live_face: calibrated, amplified, mirrored, smoothed; held when nothing comes, then at rest."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.expression import NEUTRAL, Expression
from tests.viewer.capture.packets import distance, face_of
from viewer.capture.live_face import EASE_IN_S, EASE_OUT_S, HOLD_S, LiveFace, LiveSettings
from viewer.performance.layers import Layer, layered
from viewer.performance.mirroring import flipped

PLAIN = LiveSettings(smoothing=0.0)
SMILE = NEUTRAL.with_weights({"mouthSmileLeft": 0.8, "jawOpen": 0.4}).with_head(yaw=10.0)


def shown(face: Expression, settings: LiveSettings = PLAIN) -> Expression:
    """What a steady face becomes."""
    live = LiveFace(settings)
    for number in range(60):
        live.hear(face, 5.0 + number / 60)
    return live.at(6.0)


@given(st.integers(0, 10**6))
def test_what_is_heard_is_shown(seed: int) -> None:
    face = face_of(seed)
    face = face.with_gaze(*face.gaze).with_weights({"jawLeft": 0.0, "mouthRight": 0.0})  # no eye looks both ways
    assert distance(shown(face.clamped()[0]), face.clamped()[0]) < 1e-9


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.floats(0, 3), st.floats(0, 1), st.booleans())
def test_whatever_is_set_it_stays_a_face(seed: int, neutral: int, gain: float, smoothing: float, mirrors: bool) -> None:
    settings = LiveSettings(face_of(neutral), gain, {"jawOpen": 2.0, "yaw": 3.0}, smoothing, mirrors)
    face = shown(face_of(seed), settings)
    assert face.clamped() == (face, ())


def test_the_resting_face_is_neutral_and_the_ends_stay_ends() -> None:
    rest = NEUTRAL.with_weights({"browInnerUp": 0.2, "jawLeft": 0.1}).with_head(yaw=4.0, pitch=-3.0).with_gaze(2.0, 3.0)
    live = LiveFace(PLAIN)
    live.hear(rest, 1.0)
    settings = live.calibrated()
    assert settings.neutral == rest
    assert distance(shown(rest, settings), NEUTRAL) < 1e-9
    face = shown(rest.with_weights({"browInnerUp": 1.0}).with_gaze(2.0, 0.0).with_head(yaw=14.0), settings)
    assert face["browInnerUp"] == pytest.approx(1.0)
    assert face.yaw == pytest.approx(10.0)
    assert face.gaze[1] < 0.0  # what was half way to rest looks up now
    assert LiveFace(PLAIN).calibrated() == PLAIN


def test_gain_is_for_all_and_for_each() -> None:
    face = shown(SMILE, replace(PLAIN, gain=0.5, gains={"jawOpen": 3.0, "yaw": 2.0}))
    assert face["mouthSmileLeft"] == pytest.approx(0.4)
    assert face["jawOpen"] == pytest.approx(0.6)
    assert face.yaw == pytest.approx(10.0)


def test_a_mirror_swaps_the_sides() -> None:
    assert distance(shown(SMILE, replace(PLAIN, mirrors=True)), flipped(SMILE)) < 1e-9


def test_calibration_holds_in_the_mirror() -> None:
    live = LiveFace(replace(PLAIN, mirrors=True))
    live.hear(SMILE, 1.0)
    for mirrors in (True, False):  # whatever is chosen after
        assert distance(shown(SMILE, replace(live.calibrated(), mirrors=mirrors)), NEUTRAL) < 1e-9


def test_it_comes_in_softly_is_held_and_goes_softly() -> None:
    live = LiveFace(PLAIN)
    assert live.at(3.0) == NEUTRAL
    live.hear(SMILE, 10.0)
    assert live.at(10.0) == NEUTRAL
    assert 0.0 < live.at(10.0 + EASE_IN_S / 2)["jawOpen"] < 0.4
    for moment in (10.0 + EASE_IN_S, 10.0 + HOLD_S):
        assert distance(live.at(moment), SMILE) < 1e-9
    course = [live.at(10.0 + HOLD_S + EASE_OUT_S * step / 20)["jawOpen"] for step in range(21)]
    assert course == sorted(course, reverse=True)
    assert max(before - after for before, after in pairwise(course)) < 0.04
    assert live.at(10.0 + HOLD_S + EASE_OUT_S) == NEUTRAL


def test_a_signal_that_returns_half_way_goes_on_from_there() -> None:
    live = LiveFace(PLAIN)
    live.hear(SMILE, 0.0)
    live.hear(SMILE, 0.4)
    lost = 0.4 + HOLD_S + EASE_OUT_S / 2
    before = live.at(lost)["jawOpen"]
    live.hear(SMILE, lost)
    assert live.at(lost)["jawOpen"] == pytest.approx(before)
    assert live.at(lost + EASE_IN_S / 4)["jawOpen"] > before
    assert distance(live.at(lost + EASE_IN_S), SMILE) < 1e-9


def test_smoothing_takes_jitter_and_leaves_blinks() -> None:
    live = LiveFace(LiveSettings(smoothing=0.5))
    for number in range(120):
        live.hear(NEUTRAL.with_weights({"jawOpen": 0.3 + 0.02 * (-1) ** number}), number / 60)
    assert abs(live.at(2.0)["jawOpen"] - 0.3) < 0.008
    for number in range(120, 127):
        live.hear(NEUTRAL.with_weights({"eyeBlinkLeft": min((number - 119) / 5, 1.0)}), number / 60)
    assert live.at(127 / 60)["eyeBlinkLeft"] > 0.9


def test_it_is_a_source_of_layers_and_can_be_forgotten() -> None:
    live = LiveFace(PLAIN)
    live.hear(SMILE, 0.0)
    assert layered([Layer(live)], 0.4)["jawOpen"] == pytest.approx(0.4)
    live.forget()
    assert live.at(0.4) == NEUTRAL
    assert live.level(0.4) == 0.0
