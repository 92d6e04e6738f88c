"""The shipped performances: smooth, within the limits, seamless, and each of them worth looking at."""

from __future__ import annotations

import numpy as np
import pytest

from gpu_core.expression import ARKIT_SHAPES, Expression
from viewer.performance.builtin import BUILTIN, Performance

STEP_S = 1 / 240
# The fastest thing a face does is a saccade, about 500 degrees a second here; a blink is 1 in 85 ms.
FASTEST_WEIGHT_PER_S, FASTEST_TURN_DEG_PER_S = 30.0, 90.0


def sampled(performance: Performance, start: float, stop: float, step: float = STEP_S) -> list[Expression]:
    return [performance.at(t) for t in np.arange(start, stop, step)]


def weights(faces: list[Expression]) -> np.ndarray:
    return np.array([face.weights for face in faces])


def head(faces: list[Expression]) -> np.ndarray:
    return np.array([(face.yaw, face.pitch, face.roll) for face in faces])


@pytest.fixture(params=list(BUILTIN))
def performance(request: pytest.FixtureRequest) -> Performance:
    return BUILTIN[request.param]


def test_there_are_the_three_and_no_other() -> None:
    assert list(BUILTIN) == ["talk", "look_around", "range"]
    with pytest.raises(KeyError):
        BUILTIN["sing"]


def test_it_says_what_it_is(performance: Performance) -> None:
    assert BUILTIN[performance.key] is performance
    assert performance.title
    assert performance.loops
    assert 8 <= performance.duration_s <= 14


def test_every_moment_is_within_the_limits(performance: Performance) -> None:
    for face in sampled(performance, 0, performance.duration_s):
        assert face.clamped()[1] == ()


def test_nothing_jumps_not_even_where_it_begins_anew(performance: Performance) -> None:
    faces = sampled(performance, -1, performance.duration_s + 1)
    assert np.abs(np.diff(weights(faces), axis=0)).max() / STEP_S < FASTEST_WEIGHT_PER_S
    assert np.abs(np.diff(head(faces), axis=0)).max() / STEP_S < FASTEST_TURN_DEG_PER_S


def test_speeds_change_smoothly(performance: Performance) -> None:
    """C1: halving the step halves the change of speed. A kink would leave it as it is.

    Gaze is taken as angles: the pairs of eyeLook weights meet at nought with a kink that the eyes do not have.
    """
    look = [index for index, name in enumerate(ARKIT_SHAPES) if name.startswith("eyeLook")]

    def change_of_speed(step: float) -> float:
        faces = sampled(performance, 0, performance.duration_s, step)
        gaze = np.array([face.gaze for face in faces])
        rows = np.hstack([np.delete(weights(faces), look, axis=1), head(faces) / 30, gaze / 25])
        return float(np.abs(np.diff(rows, 2, axis=0)).max() / step)

    assert change_of_speed(1 / 500) < 0.7 * change_of_speed(1 / 250)


def test_it_repeats_exactly(performance: Performance) -> None:
    for t in (0.0, 1.234, 5.0):
        assert performance.at(t) == performance.at(t)
        np.testing.assert_allclose(
            performance.at(t + performance.duration_s).weights, performance.at(t).weights, atol=1e-9
        )
        np.testing.assert_allclose(performance.at(t - performance.duration_s).yaw, performance.at(t).yaw, atol=1e-9)


def test_a_blink_shuts_both_eyes_in_some_frame_at_thirty_a_second(performance: Performance) -> None:
    for phase in np.linspace(0, 1 / 30, 5):
        faces = sampled(performance, phase, performance.duration_s, 1 / 30)
        shut = [face for face in faces if min(face["eyeBlinkLeft"], face["eyeBlinkRight"]) > 0.999]
        assert len(shut) >= 4


def test_talking_moves_the_jaw_at_the_rate_of_syllables_and_rests_between() -> None:
    jaw = np.array([face["jawOpen"] for face in sampled(BUILTIN["talk"], 0, BUILTIN["talk"].duration_s)])
    peaks = np.sum((jaw[1:-1] > jaw[:-2]) & (jaw[1:-1] >= jaw[2:]) & (jaw[1:-1] > 0.12))
    spoken = np.mean(jaw > 0.02) * BUILTIN["talk"].duration_s
    assert 3 < peaks / spoken < 8
    assert spoken < 0.75 * BUILTIN["talk"].duration_s


def test_lips_meet_when_they_should() -> None:
    """Faces driven by blendshapes are known for lips that do not quite touch on p, b and m."""
    faces = sampled(BUILTIN["talk"], 0, BUILTIN["talk"].duration_s)
    closed = [f["jawOpen"] < 0.01 and f["mouthLowerDownLeft"] < 0.01 and f["mouthRollLower"] > 0.25 for f in faces]
    closures = np.sum(np.diff(np.array(closed, int)) == 1)
    assert closures == 6  # maybe (2), moment (2), being, begin


def test_the_eyes_stay_with_the_viewer_while_the_head_moves() -> None:
    faces = sampled(BUILTIN["talk"], 0.5, 2.4)
    looks = [face.yaw + face.gaze[0] for face in faces]
    assert np.ptp([face.yaw for face in faces]) > 3
    assert np.ptp(looks) < 0.1


def test_gaze_leads_the_head() -> None:
    faces = sampled(BUILTIN["look_around"], 1.0, 2.0)
    eyes = next(i for i, face in enumerate(faces) if face.gaze[0] > 8)
    turned = next(i for i, face in enumerate(faces) if face.yaw > 8)
    assert (turned - eyes) * STEP_S > 0.1
    assert faces[-1].gaze[0] < 10  # and the head takes over what the eyes began


def test_large_glances_come_with_a_blink() -> None:
    faces = sampled(BUILTIN["look_around"], 0, BUILTIN["look_around"].duration_s)
    gaze = np.array([face.gaze for face in faces])
    blink = np.array([face["eyeBlinkLeft"] for face in faces])
    window = round(0.1 / STEP_S)
    jumps = np.abs(gaze[window:] - gaze[:-window]).max(axis=1)
    for start in np.flatnonzero(jumps > 20):
        assert blink[max(start - window, 0) : start + 2 * window].max() > 0.9


@pytest.mark.parametrize(
    "shape",
    ["mouthSmileLeft", "browInnerUp", "browDownLeft", "noseSneerLeft", "mouthFrownLeft", "mouthPucker", "mouthFunnel",
     "tongueOut", "cheekPuff", "eyeWideLeft"],
)  # fmt: skip
def test_the_range_reaches_far(shape: str) -> None:
    assert max(face[shape] for face in sampled(BUILTIN["range"], 0, 14, 0.02)) > 0.6


@pytest.mark.parametrize(("shut", "open_"), [("eyeBlinkLeft", "eyeBlinkRight"), ("eyeBlinkRight", "eyeBlinkLeft")])
def test_the_range_winks_with_each_eye(shut: str, open_: str) -> None:
    assert any(face[shut] > 0.99 and face[open_] < 0.01 for face in sampled(BUILTIN["range"], 11, 14, 0.02))


@pytest.mark.parametrize("key", ["talk", "range"])
def test_people_are_not_symmetric(key: str) -> None:
    faces = sampled(BUILTIN[key], 0, 12, 0.05)
    assert max(abs(face["mouthSmileLeft"] - face["mouthSmileRight"]) for face in faces) > 0.03
