"""The free camera as a value: its default is the trained one, its axes are a rotation, nothing hostile gets through."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.gl.scene import clip_from_world
from gpu_core.look import DISTANCE_DM, LENS_MM, PAN_DM, TRAINED, FreeCamera, Look
from gpu_core.settings import Camera, Lighting

CAMERAS = st.builds(
    FreeCamera,
    yaw=st.floats(-720, 720), pitch=st.floats(-120, 120), distance=st.floats(0.0, 500.0),
    lens_mm=st.floats(1.0, 1000.0), pan=st.tuples(st.floats(-9, 9), st.floats(-9, 9)),
)  # fmt: skip
ANYTHING = st.floats(allow_nan=True, allow_infinity=True)


def on_picture(camera: FreeCamera, point: tuple[float, float, float]) -> np.ndarray:
    clip = camera.clip_from_world() @ np.array([*point, 1.0])
    return clip[:3] / clip[3]


def test_the_default_is_the_trained_camera() -> None:
    np.testing.assert_allclose(FreeCamera().clip_from_world(), clip_from_world(Camera()), atol=1e-6)
    assert FreeCamera().half_height == Camera().half_height
    assert Look() == TRAINED == Look(FreeCamera(), Lighting())


def test_from_the_left_what_is_in_front_lies_to_the_left_in_the_picture() -> None:
    """The character's left is +x; seen from there, the nose (+z) points to the picture's left."""
    x, y, z = Camera().target
    assert on_picture(FreeCamera(yaw=90.0), (x, y, z + 1.0))[0] < -0.3
    assert on_picture(FreeCamera(yaw=-90.0), (x, y, z + 1.0))[0] > 0.3
    assert on_picture(FreeCamera(pitch=60.0), (x, y, z + 1.0))[1] < -0.3, "seen from above, the nose points down"


def test_pan_moves_the_picture_the_other_way() -> None:
    at = on_picture(FreeCamera(yaw=30.0, pan=(0.5, -0.25)), Camera().target)
    np.testing.assert_allclose(at[:2], (-0.5 / 1.5, 0.25 / 1.5), atol=1e-6)


def test_another_lens_keeps_the_face_as_large() -> None:
    wide = FreeCamera().with_lens(35.0)
    assert wide.half_height == pytest.approx(1.5)
    assert wide.distance == pytest.approx(13.0 * 35 / 104)


@given(CAMERAS)
def test_whatever_a_camera_is_given_it_can_be_drawn_with(camera: FreeCamera) -> None:
    within = camera.clamped()
    assert within.clamped() == within
    assert DISTANCE_DM[0] <= within.distance <= DISTANCE_DM[1]
    assert LENS_MM[0] <= within.lens_mm <= LENS_MM[1]
    assert max(map(abs, within.pan)) <= PAN_DM
    np.testing.assert_allclose(within.axes() @ within.axes().T, np.eye(3), atol=1e-9)
    assert np.linalg.det(within.axes()) == pytest.approx(1.0)
    assert np.isfinite(within.clip_from_world()).all()
    # the angle is the same one
    assert math.cos(math.radians(within.yaw)) == pytest.approx(math.cos(math.radians(camera.yaw)), abs=1e-6)


@given(st.tuples(*[ANYTHING] * 4), st.tuples(ANYTHING, ANYTHING))
def test_no_number_gets_through_that_is_none(values: tuple[float, ...], pan: tuple[float, float]) -> None:
    camera = FreeCamera(*values, pan=pan).clamped()
    assert np.isfinite(camera.clip_from_world()).all()
