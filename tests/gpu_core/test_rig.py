"""Posing, against a slow reference in double precision and by its properties."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gpu_core import assets
from gpu_core.errors import MienError
from gpu_core.expression import ARKIT_SHAPES, NEUTRAL, Expression
from gpu_core.face import FaceAsset, PosedFace
from gpu_core.gltf.face import load_face
from gpu_core.rig import Poser
from tests.faces import save_head

RANDOM = np.random.default_rng(11)
BLINKS = np.linspace(0.0, 1.0, 11)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> FaceAsset:
    return load_face(save_head(tmp_path_factory.mktemp("head")))


@pytest.fixture(scope="module", params=["small", "shipped"])
def face(request: pytest.FixtureRequest, small: FaceAsset) -> FaceAsset:
    return small if request.param == "small" else load_face(shipped_path())


def shipped_path() -> Path:
    try:
        return assets.resource("face/face.glb")
    except MienError:
        pytest.skip("the default face is not baked")


def rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """Roll first, then pitch, then yaw: one textbook matrix an axis, degrees."""
    (cy, sy), (cp, sp), (cr, sr) = ((np.cos(np.radians(a)), np.sin(np.radians(a))) for a in (yaw, pitch, roll))
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return about_y @ about_x @ about_z


def neck_matrix(asset: FaceAsset, expression: Expression, point: np.ndarray) -> np.ndarray:
    neck = asset.rig.neck
    t = min(max((point[1] + neck.z_share * point[2] - neck.low) / (neck.high - neck.low), 0.0), 1.0)
    share = t * t * (3 - 2 * t)
    return rotation(share * expression.yaw, share * expression.pitch, share * expression.roll)


def bent(asset: FaceAsset, expression: Expression, point: np.ndarray) -> np.ndarray:
    pivot = np.array(asset.rig.neck.pivot)
    return neck_matrix(asset, expression, point) @ (point - pivot) + pivot


def gaze(expression: Expression, side: str, sign: float) -> np.ndarray:
    yaw = 25.0 * (expression[f"eyeLookOut{side}"] - expression[f"eyeLookIn{side}"]) * sign
    return rotation(yaw, 20.0 * expression[f"eyeLookDown{side}"] - 18.0 * expression[f"eyeLookUp{side}"], 0.0)


def reference_vertex(asset: FaceAsset, expression: Expression, index: int) -> tuple[np.ndarray, np.ndarray]:
    """One vertex and its normal, posed in double precision straight from the contract."""
    point, normal = asset.vertices[index].astype(float), asset.normals[index].astype(float)
    place = np.searchsorted(asset.moved, index)
    if place < len(asset.moved) and asset.moved[place] == index:
        weights = np.array(expression.weights)
        point = point + weights @ asset.deltas[:, place].astype(float)
        normal = normal + weights @ asset.normal_deltas[:, place].astype(float)
    for eye, side, sign in zip(asset.rig.eyes, ("Left", "Right"), (1.0, -1.0), strict=True):
        pivot = np.array(eye.pivot)
        if eye.first <= index < eye.last:
            matrix = gaze(expression, side, sign)
            point = matrix @ (asset.vertices[index] - pivot) + pivot
            normal = matrix @ asset.normals[index]
        away = point - pivot
        wanted = eye.radius + asset.rig.lid_clearance
        is_lid = asset.rig.lid_range[0] <= index < asset.rig.lid_range[1]
        if is_lid and away[2] > 0.02 and np.linalg.norm(away) < wanted:
            point = pivot + away / np.linalg.norm(away) * wanted
    return bent(asset, expression, point), neck_matrix(asset, expression, point) @ normal


def reference_lash(asset: FaceAsset, expression: Expression, place: int) -> np.ndarray:
    """The points of the first strand of a bundle."""
    strands = asset.strands[place]
    points = strands.points[0].astype(float)
    if strands.deltas is not None:
        points = points + np.tensordot(np.array(expression.weights), strands.deltas[:, 0].astype(float), 1)
    if strands.eye >= 0:
        eye = asset.rig.eyes[strands.eye]
        away = points[0] - eye.pivot
        distance = float(np.linalg.norm(away))
        points = points + max(eye.radius + asset.rig.lid_clearance - distance, 0.0) * away / distance
    return np.array([bent(asset, expression, point) for point in points])


def random_expression() -> Expression:
    weights = RANDOM.uniform(0, 1, 52) * (RANDOM.uniform(0, 1, 52) < 0.4)
    return Expression(tuple(weights.tolist()), *RANDOM.uniform((-32, -15, -10), (32, 15, 10)).tolist())


@pytest.mark.parametrize("attempt", range(4))
def test_poses_as_the_contract_says(face: FaceAsset, attempt: int) -> None:
    expression = [NEUTRAL, NEUTRAL.with_weights({"eyeBlinkLeft": 0.6, "eyeBlinkRight": 1.0}).with_gaze(12.0, 9.0)]
    chosen = expression[attempt] if attempt < len(expression) else random_expression()
    posed = Poser(face).pose(chosen)
    for index in RANDOM.choice(len(face.vertices), 400, replace=False):
        point, normal = reference_vertex(face, chosen, int(index))
        assert np.abs(posed.vertices[index] - point).max() < 1e-4
        assert np.abs(posed.normals[index] - normal).max() < 2e-4
    for place, points in enumerate(posed.strands):
        assert np.abs(points[0] - reference_lash(face, chosen, place)).max() < 1e-4


def test_neutral_is_the_asset(face: FaceAsset) -> None:
    posed = Poser(face).pose(NEUTRAL)
    inside = np.zeros(len(face.vertices), bool)
    first, last = face.rig.lid_range
    inside[first:last] = True
    free = ~inside | (distances(face, face.vertices).min(axis=0) > 0.005)
    assert np.array_equal(posed.vertices[free], face.vertices[free])
    assert np.abs(posed.vertices - face.vertices).max() < 0.05  # the hidden edges of the lids start inside the eyeball
    assert np.array_equal(posed.normals, face.normals)


def distances(face: FaceAsset, points: np.ndarray) -> np.ndarray:
    """How far points are outside each eyeball: (2, N)."""
    return np.array([np.linalg.norm(points - np.array(eye.pivot), axis=-1) - eye.radius for eye in face.rig.eyes])


def lids(face: FaceAsset, posed: PosedFace) -> np.ndarray:
    return posed.vertices[slice(*face.rig.lid_range)]


@pytest.mark.parametrize("blink", BLINKS)
@pytest.mark.parametrize("angles", [(0.0, 0.0), (25.0, 20.0), (-25.0, -18.0)])
def test_no_lid_cuts_into_an_eyeball(face: FaceAsset, blink: float, angles: tuple[float, float]) -> None:
    weights = dict.fromkeys(("eyeBlinkLeft", "eyeBlinkRight"), float(blink))
    points = lids(face, Poser(face).pose(NEUTRAL.with_gaze(*angles).with_weights(weights)))
    for eye, outside in zip(face.rig.eyes, distances(face, points), strict=True):
        in_front = points[:, 2] - eye.pivot[2] > 0.0201
        assert outside[in_front].min() > face.rig.lid_clearance - 1e-5


def test_a_blink_is_pushed_at_all(small: FaceAsset) -> None:
    """Without the push the test head's lids do cut in: the test above is about something."""
    asset = replace(small, rig=replace(small.rig, lid_range=(0, 0)))
    posed = Poser(asset).pose(NEUTRAL.with_weights({"eyeBlinkLeft": 0.7, "eyeBlinkRight": 0.7}))
    points = posed.vertices[slice(*small.rig.lid_range)]
    assert distances(small, points[points[:, 2] > 1.13]).min() < -0.01


def test_eyes_keep_their_shape_under_everything(face: FaceAsset) -> None:
    expression = replace(random_expression(), yaw=30.0, pitch=-10.0, roll=8.0)
    posed = Poser(face).pose(expression)
    for eye in face.rig.eyes:
        own = slice(eye.first, eye.last)
        before, after = face.vertices[own], posed.vertices[own]
        for other in (0, len(before) // 2):
            lengths = [np.linalg.norm(points - points[other], axis=1) for points in (before, after)]
            assert np.abs(lengths[0] - lengths[1]).max() < 1e-4


def test_both_eyes_look_to_the_same_side(face: FaceAsset) -> None:
    posed = Poser(face).pose(NEUTRAL.with_gaze(20.0, 10.0))
    for eye in face.rig.eyes:
        own = slice(eye.first, eye.last)
        front = int(face.vertices[own, 2].argmax())
        move = posed.vertices[own][front] - face.vertices[own][front]
        assert move[0] > 0.03  # the character's left
        assert move[1] < -0.01


def test_the_neck_bends_without_a_seam(face: FaceAsset) -> None:
    posed = Poser(face).pose(NEUTRAL.with_head(yaw=32.0, pitch=15.0, roll=10.0))
    height = face.vertices[:, 1] + face.rig.neck.z_share * face.vertices[:, 2]
    still = height < face.rig.neck.low
    assert np.abs(posed.vertices[still] - face.vertices[still]).max(initial=0.0) < 1e-5
    edges = np.concatenate([face.triangles[:, [0, 1]], face.triangles[:, [1, 2]]]).astype(int)
    before, after = (np.linalg.norm(p[edges[:, 0]] - p[edges[:, 1]], axis=1) for p in (face.vertices, posed.vertices))
    crossing = before > 1e-3
    assert (after[crossing] / before[crossing]).max() < 2.0
    assert np.abs(np.linalg.norm(posed.normals, axis=1) - 1.0).max() < 1e-4


def test_hair_turns_with_the_head(face: FaceAsset) -> None:
    expression = NEUTRAL.with_head(yaw=20.0, pitch=5.0, roll=-4.0)
    for strands, posed in zip(face.strands, Poser(face).pose(expression).strands, strict=True):
        assert posed.shape == strands.points.shape
        if strands.eye >= 0:
            continue  # lashes are pushed as well: see the reference above
        expected = [bent(face, expression, point) for point in strands.points[-1].astype(float)]
        assert np.abs(posed[-1] - np.array(expected)).max() < 1e-4


def test_every_pose_has_arrays_of_its_own(small: FaceAsset) -> None:
    poser, expression = Poser(small), NEUTRAL.with_weights({"jawOpen": 1.0})
    first = poser.pose(expression)
    kept = first.vertices.copy()
    poser.pose(NEUTRAL.with_head(yaw=9.0)).vertices[:] = 0.0
    assert np.array_equal(first.vertices, kept)
    assert np.array_equal(poser.pose(expression).vertices, kept)
    assert not np.shares_memory(first.vertices, small.vertices)
    assert first.vertices.dtype == first.normals.dtype == np.float32
    assert first.vertices.flags.c_contiguous
    assert all(points.flags.c_contiguous and points.dtype == np.float32 for points in first.strands)


def test_a_face_without_rig_moves_its_eyes_by_its_shapes(tmp_path: Path) -> None:
    foreign = load_face(save_head(tmp_path, own=False))
    posed = Poser(foreign).pose(NEUTRAL.with_weights(dict.fromkeys(ARKIT_SHAPES, 0.5)).with_head(yaw=10.0))
    assert foreign.rig.eyes == ()
    assert posed.strands == ()
    assert np.isfinite(posed.vertices).all()
