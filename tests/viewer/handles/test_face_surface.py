"""viewer.handles.face_surface: the point under the mouse is the front one, and alone it moves as the whole face
does.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu_core.expression import ARKIT_SHAPES, NEUTRAL, Expression
from gpu_core.gltf.face import load_face
from gpu_core.rig import Poser
from tests.faces import PIVOTS, RADIUS, save_head
from tests.viewer import shipped_surfaces as heads
from viewer.handles.face_surface import FaceSurface, SurfacePoint
from viewer.handles.picture_projection import TRAINED_LENS, to_picture

WEIGHTS = st.dictionaries(st.sampled_from(ARKIT_SHAPES), st.floats(0, 1), max_size=8)


@settings(max_examples=40, deadline=None)
@given(weights=WEIGHTS, yaw=st.floats(-32, 32), pitch=st.floats(-15, 15), x=st.floats(0.3, 0.7), y=st.floats(0.25, 0.8))
def test_the_point_is_under_the_mouse_and_alone_it_lies_there_too(
    weights: dict[str, float], yaw: float, pitch: float, x: float, y: float
) -> None:
    face = NEUTRAL.with_weights(weights).with_head(yaw=yaw, pitch=pitch)
    surface = heads.surface(heads.NAMES[0])
    point = surface.hit(face, TRAINED_LENS, (x, y))
    if point is not None:
        assert point.shares.sum() == pytest.approx(1.0, abs=1e-4)
        assert (point.shares >= 0.0).all()
        assert surface.patch(point).seen(face, TRAINED_LENS) == pytest.approx((x, y), abs=2e-5)


@settings(max_examples=40, deadline=None)
@given(
    weights=WEIGHTS, yaw=st.floats(-32, 32), where=st.sampled_from([heads.LID, heads.IRIS, heads.CORNER, heads.CHIN])
)
def test_a_point_alone_moves_as_in_the_whole_face(
    weights: dict[str, float], yaw: float, where: tuple[float, float]
) -> None:
    surface = heads.surface(heads.NAMES[0])
    point = surface.hit(NEUTRAL, TRAINED_LENS, where)
    assert point is not None
    face = NEUTRAL.with_weights(weights).with_head(yaw=yaw)
    whole = to_picture(Poser(surface.asset).pose(face).vertices, TRAINED_LENS)[:2, point.corners] @ point.shares
    assert surface.patch(point).seen(face, TRAINED_LENS) == pytest.approx(whole, abs=1e-5)


@pytest.mark.parametrize("name", heads.NAMES)
def test_a_point_of_a_lid_keeps_outside_the_eyeball_as_in_the_whole_face(name: str) -> None:
    surface, face = heads.surface(name), NEUTRAL.with_weights({"eyeBlinkLeft": 0.6, "eyeBlinkRight": 0.6})
    asset = surface.asset
    free = dataclasses.replace(asset, rig=dataclasses.replace(asset.rig, lid_range=(0, 0)))
    posed = Poser(asset).pose(face).vertices
    pushed = np.linalg.norm(posed - Poser(free).pose(face).vertices, axis=1)
    assert pushed.max() > 0.005
    corners = asset.triangles[(asset.triangles == pushed.argmax()).any(axis=1)][0].astype(np.int64)
    point = SurfacePoint(corners, np.full(3, 1 / 3, np.float32))
    whole = to_picture(posed, TRAINED_LENS)[:2, corners].mean(axis=1)
    assert surface.patch(point).seen(face, TRAINED_LENS) == pytest.approx(whole, abs=1e-5)


def test_what_is_in_front_hides_what_is_behind(tmp_path: Path) -> None:
    asset = load_face(save_head(tmp_path))
    surface = FaceSurface(asset)
    eye = PIVOTS["left"]
    x, y, _ = to_picture(np.array([eye], np.float32), TRAINED_LENS)[:, 0]
    point = surface.hit(NEUTRAL, TRAINED_LENS, (float(x), float(y)))
    assert point is not None
    heights = asset.vertices[point.corners, 2]
    assert heights.min() > eye[2] + 0.8 * RADIUS, "the front of the eyeball, not the back of it or of the skull"


def test_beside_the_face_there_is_nothing() -> None:
    assert heads.surface(heads.NAMES[0]).hit(NEUTRAL, TRAINED_LENS, heads.BESIDE) is None


def test_the_face_is_met_where_it_is_now() -> None:
    surface = heads.surface(heads.NAMES[0])
    open_wide = NEUTRAL.with_weights({"jawOpen": 1.0})
    lips = surface.hit(NEUTRAL, TRAINED_LENS, heads.LOWER_LIP)
    mouth = surface.hit(open_wide, TRAINED_LENS, heads.LOWER_LIP)
    assert lips is not None
    assert mouth is not None
    assert surface.asset.vertices[mouth.corners, 2].max() < surface.asset.vertices[lips.corners, 2].min()


@pytest.mark.parametrize("own", [True, False])
def test_a_point_of_any_face_can_be_posed_alone(tmp_path: Path, own: bool) -> None:
    surface = FaceSurface(load_face(save_head(tmp_path, own=own)))
    point = surface.hit(NEUTRAL, TRAINED_LENS, (0.5, 0.5))
    assert point is not None
    face = Expression(weights=(0.5,) * len(ARKIT_SHAPES), yaw=10.0)
    assert np.isfinite(surface.patch(point).seen(face, TRAINED_LENS)).all()
    corner = SurfacePoint(point.corners, np.array([1, 0, 0], np.float32))
    whole = to_picture(Poser(surface.asset).pose(face).vertices, TRAINED_LENS)[:2, point.corners[0]]
    assert surface.patch(corner).seen(face, TRAINED_LENS) == pytest.approx(whole, abs=1e-5)
