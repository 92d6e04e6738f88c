"""viewer.handles.face_grips: what a drag makes of a face, on both shipped heads."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu_core.expression import ARKIT_SHAPES, GAZE_YAW_DEG, NEUTRAL, Expression
from tests.viewer import shipped_surfaces as heads
from viewer.handles.face_grips import Doubles, GazeGrip, HeadGrip, ShapeGrip, Where
from viewer.handles.face_handles import Place
from viewer.handles.picture_projection import TRAINED_LENS

EVERY_HEAD = pytest.mark.parametrize("name", heads.NAMES)
SPOTS = (heads.CORNER, heads.BROW, heads.LID, heads.CHIN, heads.UPPER_LIP, heads.LOWER_LIP, heads.CHEEK, heads.NOSE)
SMALL = st.floats(-0.08, 0.08, allow_subnormal=False)


def place_of(name: str, where: Where) -> Place:
    surface = heads.surface(name)
    point = surface.hit(NEUTRAL, TRAINED_LENS, where)
    assert point is not None
    return surface.handles.at(point.corners, point.shares)


def grip(name: str, where: Where, start: Expression = NEUTRAL, held: frozenset[str] = frozenset()) -> ShapeGrip:
    surface = heads.surface(name)
    point = surface.hit(start, TRAINED_LENS, where)
    assert point is not None
    return ShapeGrip(surface.handles.at(point.corners, point.shares), surface.patch(point), TRAINED_LENS, start, held)


def dragged(name: str, where: Where, by: Where, start: Expression = NEUTRAL) -> Expression:
    return grip(name, where, start).dragged((where[0] + by[0], where[1] + by[1]))


def order(face: Expression, start: Expression = NEUTRAL) -> list[str]:
    """The shapes that have changed, the most first."""
    changes = {shape: abs(face[shape] - start[shape]) for shape in ARKIT_SHAPES}
    return sorted((shape for shape in changes if changes[shape] > 0.0), key=lambda shape: -changes[shape])


def mirrored(shape: str) -> str:
    """The same on the other side, or the other way."""
    return shape.replace("Left", "?").replace("Right", "Left").replace("?", "Right")


@EVERY_HEAD
def test_the_mouth_corner_up_and_out_is_a_smile_of_that_side(name: str) -> None:
    face = dragged(name, heads.CORNER, (0.03, -0.045))
    assert order(face)[0] == "mouthSmileLeft"
    assert face["mouthSmileLeft"] > 0.7
    assert sum(face[shape] > 0.1 for shape in ARKIT_SHAPES) <= 3, "few shapes"
    assert not [shape for shape in order(face) if shape.endswith("Right")]


@EVERY_HEAD
def test_down_from_a_smile_takes_the_smile_back_before_anything_else(name: str) -> None:
    smile = NEUTRAL.with_weights({"mouthSmileLeft": 0.6})
    x, y = grip(name, heads.CORNER).seen(smile)
    back = dragged(name, (x, y), (heads.CORNER[0] - x, heads.CORNER[1] - y), smile)
    assert back["mouthSmileLeft"] < 0.1
    assert back["mouthFrownLeft"] < 0.25
    beyond = dragged(name, (x, y), (heads.CORNER[0] - x, heads.CORNER[1] - y + 0.02), smile)
    assert beyond["mouthFrownLeft"] > 0.5


@EVERY_HEAD
@pytest.mark.parametrize(
    ("where", "by", "first"),
    [
        (heads.CORNER, (0.0, 0.03), {"mouthFrownLeft"}),
        (heads.BROW, (0.0, -0.02), {"browOuterUpLeft", "browInnerUp"}),
        (heads.BROW, (0.0, 0.02), {"browDownLeft"}),
        (heads.INNER_BROW, (0.0, -0.02), {"browInnerUp"}),
        (heads.LID, (0.0, 0.03), {"eyeBlinkLeft"}),
        (heads.LID, (0.0, -0.01), {"eyeWideLeft"}),
        (heads.CHIN, (0.0, 0.06), {"jawOpen"}),
        (heads.CHIN, (0.02, 0.0), {"jawLeft"}),
        (heads.CHEEK, (0.0, -0.02), {"cheekSquintLeft"}),
        (heads.NOSE, (0.0, -0.01), {"noseSneerLeft"}),
        (heads.LOWER_LIP, (0.0, 0.015), {"mouthLowerDownLeft", "mouthLowerDownRight"}),
    ],
)
def test_every_handle_moves_the_shape_one_expects(name: str, where: Where, by: Where, first: set[str]) -> None:
    face = dragged(name, where, by)
    assert order(face)[0] in first
    assert face[order(face)[0]] > 0.3
    across = dragged(name, (1 - where[0], where[1]), (-by[0], by[1]))
    assert order(across)[0] in set(map(mirrored, first))


@EVERY_HEAD
def test_a_closed_lid_opens_again_from_below(name: str) -> None:
    shut = NEUTRAL.with_weights({"eyeBlinkLeft": 1.0})
    x, y = grip(name, heads.LID).seen(shut)
    assert dragged(name, (x, y), (0.0, -0.05), shut)["eyeBlinkLeft"] < 0.1


@EVERY_HEAD
@settings(max_examples=25, deadline=None)
@given(spot=st.sampled_from(SPOTS), right=SMALL, down=SMALL, weights=st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_the_point_comes_nearer_and_weights_keep_to_their_limits(
    name: str, spot: Where, right: float, down: float, weights: list[float]
) -> None:
    start = NEUTRAL.with_weights(
        dict(zip(("mouthSmileLeft", "jawOpen", "browDownLeft", "eyeBlinkLeft"), weights, strict=True))
    )
    held = grip(name, spot, start)
    target = np.add(spot, (right, down))
    face = held.dragged((float(target[0]), float(target[1])))
    assert all(0.0 <= weight <= 1.0 for weight in face.weights)
    assert np.hypot(*(target - held.seen(face))) <= np.hypot(right, down) + 1e-4


@EVERY_HEAD
@pytest.mark.parametrize("spot", SPOTS)
def test_out_of_reach_the_face_moves_smoothly_on_and_never_wildly(name: str, spot: Where) -> None:
    held = grip(name, spot)
    turns = np.linspace(0, 2 * np.pi, 181)
    around = [held.dragged((spot[0] + 0.5 * np.cos(turn), spot[1] + 0.5 * np.sin(turn))) for turn in turns]
    steps = np.abs(np.diff([face.weights for face in around], axis=0)).max(axis=1)
    assert steps.max() < 0.35, "two degrees of the pull's direction"
    assert around[0].weights == pytest.approx(around[-1].weights, abs=1e-6)


@EVERY_HEAD
@pytest.mark.parametrize(
    ("where", "by"), [(heads.CORNER, (0.02, -0.03)), (heads.CHIN, (0.0, 0.05)), (heads.LID, (0.0, 0.02))]
)
def test_what_can_be_reached_is_reached(name: str, where: Where, by: Where) -> None:
    held = grip(name, where)
    target = (where[0] + by[0], where[1] + by[1])
    assert held.seen(held.dragged(target)) == pytest.approx(target, abs=0.0015), "a pixel of a picture this large"


def test_a_point_that_turns_back_on_its_way_goes_no_further() -> None:
    """No face is made like this; but one comes nearer, or stays."""

    class Contrary:
        def seen(self, face: Expression, _lens: object) -> Doubles:
            weight = face["jawOpen"]
            return np.array([0.5, 0.5 + 0.1 * weight if weight <= 0.2 else 0.5 - weight])

    chin = place_of(heads.NAMES[0], heads.CHIN)
    held = ShapeGrip(chin, Contrary(), TRAINED_LENS, NEUTRAL, frozenset())  # type: ignore[arg-type]
    face = held.dragged((0.5, 0.6))
    assert 0.0 < face["jawOpen"] <= 0.2
    assert held.seen(face)[1] > 0.5


def test_coming_back_brings_everything_back() -> None:
    held = grip(heads.NAMES[0], heads.CORNER)
    held.dragged((0.9, 0.2))
    assert held.dragged(heads.CORNER).weights == pytest.approx(NEUTRAL.weights, abs=1e-3)


def test_locked_shapes_stay() -> None:
    held = grip(heads.NAMES[0], heads.CORNER, held=frozenset({"mouthSmileLeft"}))
    assert held.dragged((0.615, 0.61))["mouthSmileLeft"] == 0.0
    assert grip(heads.NAMES[0], heads.LID, held=frozenset(ARKIT_SHAPES)).dragged((0.5, 0.5)) == NEUTRAL


def test_lips_close_no_further_than_the_jaw_is_open() -> None:
    shut = dragged(heads.NAMES[0], heads.LOWER_LIP, (0.0, -0.08))
    assert shut["mouthClose"] == 0.0


def gaze_grip(name: str, where: Where, start: Expression = NEUTRAL) -> GazeGrip:
    surface = heads.surface(name)
    point = surface.hit(start, TRAINED_LENS, where)
    assert point is not None
    return GazeGrip(surface.patch(point), TRAINED_LENS, start)


@EVERY_HEAD
@pytest.mark.parametrize("by", [(0.012, 0.0), (-0.012, 0.004), (0.0, -0.008), (0.008, 0.008)])
def test_the_iris_follows_the_mouse_and_both_eyes_turn(name: str, by: Where) -> None:
    held = gaze_grip(name, heads.IRIS)
    target = (heads.IRIS[0] + by[0], heads.IRIS[1] + by[1])
    face = held.dragged(target)
    assert held.seen(face) == pytest.approx(target, abs=5e-4)
    yaw, pitch = face.gaze
    assert np.sign(yaw) == np.sign(by[0]) or abs(yaw) < 1.0
    assert np.sign(pitch) == np.sign(by[1]) or abs(pitch) < 1.0
    assert face == NEUTRAL.with_gaze(yaw, pitch)


def test_the_gaze_ends_where_eyes_end() -> None:
    face = gaze_grip(heads.NAMES[0], heads.IRIS).dragged((1.5, 0.445))
    assert face.gaze[0] == pytest.approx(GAZE_YAW_DEG)
    assert max(face.weights) <= 1.0


def test_the_head_turns_and_nods_with_the_hand() -> None:
    face = HeadGrip((0.5, 0.2), NEUTRAL.with_head(yaw=5.0), neck=(0.5, 0.8)).dragged((0.6, 0.25))
    assert face.yaw == pytest.approx(19.0)
    assert face.pitch == pytest.approx(7.0)
    assert face.roll == 0.0


def test_the_head_tilts_about_the_neck() -> None:
    held = HeadGrip((0.5, 0.2), NEUTRAL, neck=(0.5, 0.8), tilts=True)
    assert held.dragged((0.6, 0.2)).roll == pytest.approx(-np.degrees(np.arctan2(0.1, 0.6))), "clockwise is less than 0"
    below = HeadGrip((0.4, 0.8001), NEUTRAL, neck=(0.5, 0.8), tilts=True)
    assert abs(below.dragged((0.4, 0.7999)).roll) < 1.0, "no jump where angles begin again"
