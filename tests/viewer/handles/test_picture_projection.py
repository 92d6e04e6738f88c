"""viewer.handles.picture_projection: a point of the face is where the renderer draws it."""

from __future__ import annotations

import numpy as np
import pytest

from gpu_core.gl.scene import clip_from_world
from gpu_core.look import FreeCamera
from gpu_core.settings import Camera
from viewer.handles.picture_projection import TRAINED_LENS, Lens, to_picture

CAMERAS = (Camera(), Camera((0.2, 6.1, 0.3), 7.0, 0.6))


@pytest.mark.parametrize("camera", CAMERAS)
def test_points_lie_where_the_renderers_matrix_puts_them(camera: Camera) -> None:
    points = np.random.default_rng(5).uniform((-1, 5, -1), (1, 8, 2), (200, 3)).astype(np.float32)
    clip = np.c_[points, np.ones(len(points))] @ clip_from_world(camera).T
    right, up = (clip[:, :2] / clip[:, 3:]).T
    x, y, nearness = to_picture(points, Lens.of(camera))
    np.testing.assert_allclose(x, (1 + right) / 2, atol=1e-5)
    np.testing.assert_allclose(y, (1 - up) / 2, atol=1e-5)
    np.testing.assert_array_equal(np.argsort(nearness), np.argsort(points[:, 2]))


def test_the_cameras_target_is_the_middle() -> None:
    camera = CAMERAS[1]
    assert to_picture(np.array([camera.target], np.float32), Lens.of(camera))[:2, 0] == pytest.approx((0.5, 0.5))


def test_an_eye_at_the_side_sees_the_profile() -> None:
    from_the_left = Lens((10.0, 6.5, 0.0), ((0.0, 0.0, -1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0)), 4.0)
    nose, ear, behind = (0.0, 6.5, 1.4), (0.9, 6.5, 0.0), (20.0, 6.5, 0.0)
    x, y, nearness = to_picture(np.array([nose, ear, behind], np.float32), from_the_left)
    assert x[0] < 0.5 == x[1] == y[0], "the nose is to the left"
    assert nearness[1] > nearness[0]
    assert np.isfinite(x).all()


def test_a_free_camera_sees_what_its_matrix_draws() -> None:
    assert Lens.through(FreeCamera()) == TRAINED_LENS
    camera = FreeCamera(40.0, -20.0, 8.0, 50.0, (0.3, -0.2))
    points = np.random.default_rng(4).uniform((-1, 5, -1), (1, 8, 1), (20, 3)).astype(np.float32)
    clip = camera.clip_from_world() @ np.column_stack([points, np.ones(20)]).T
    right, down, _ = to_picture(points, Lens.through(camera))
    np.testing.assert_allclose(right, 0.5 + clip[0] / clip[3] / 2, atol=1e-5)
    np.testing.assert_allclose(down, 0.5 - clip[1] / clip[3] / 2, atol=1e-5)
