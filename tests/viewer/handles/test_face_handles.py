"""viewer.handles.face_handles: parts of a face are found by its shapes alone, on the shipped heads and on a
stranger's.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gpu_core.expression import ARKIT_SHAPES, NEUTRAL
from gpu_core.gltf.face import load_face
from tests.faces import save_head
from tests.viewer import shipped_surfaces as heads
from viewer.handles.face_handles import EYE, HANDLES, HEAD, HandleMap, Place, counterpart, names_of
from viewer.handles.picture_projection import TRAINED_LENS

EVERY_HEAD = pytest.mark.parametrize("name", heads.NAMES)


def place(name: str, where: tuple[float, float]) -> Place:
    surface = heads.surface(name)
    point = surface.hit(NEUTRAL, TRAINED_LENS, where)
    assert point is not None
    return surface.handles.at(point.corners, point.shares)


@EVERY_HEAD
@pytest.mark.parametrize(
    ("where", "title"),
    [
        (heads.CORNER, "Mouth corner, left"), (heads.BROW, "Brow, left"), (heads.LID, "Upper lid, left"),
        (heads.LOWER_LID, "Lower lid, left"), (heads.CHEEK, "Cheek, left"), (heads.NOSE, "Nose, left"),
        (heads.CHIN, "Chin"), (heads.UPPER_LIP, "Upper lip"), (heads.LOWER_LIP, "Lower lip"),
        (heads.INNER_BROW, "Inner brow"), (heads.IRIS, "Eye"), (heads.FOREHEAD, "Head"),
    ],
)  # fmt: skip
def test_points_are_called_by_their_names_and_those_across_the_other_side(
    name: str, where: tuple[float, float], title: str
) -> None:
    assert place(name, where).title == title
    assert place(name, (1.0 - where[0], where[1])).title == title.replace("left", "right")


@EVERY_HEAD
def test_a_side_leaves_the_other_sides_shapes_alone(name: str) -> None:
    corner = place(name, heads.CORNER)
    assert "mouthSmileLeft" in corner.fitting <= corner.moving
    assert not [shape for shape in corner.moving if shape.endswith("Right") and counterpart(shape)]
    assert {"mouthUpperUpLeft", "mouthUpperUpRight"} <= place(name, heads.UPPER_LIP).fitting


@EVERY_HEAD
def test_the_gaze_and_the_tongue_are_not_moved_by_the_skin_around_them(name: str) -> None:
    for where in (heads.LID, heads.LOWER_LID, heads.LOWER_LIP):
        moving = place(name, where).moving
        assert "tongueOut" not in moving
        assert not [shape for shape in moving if shape.startswith("eyeLook")]


def test_the_handles_speak_of_shapes_that_exist_each_of_one_handle() -> None:
    named = [name for handle in (*HANDLES, EYE) for stem in handle.shapes for name in names_of(stem)]
    assert len(named) == len(set(named))
    assert set(named) <= set(ARKIT_SHAPES)
    assert not HEAD.shapes


def test_left_and_right_are_sides_except_where_they_are_directions() -> None:
    assert counterpart("mouthSmileLeft") == "mouthSmileRight"
    assert counterpart("browDownRight") == "browDownLeft"
    assert [counterpart(name) for name in ("jawLeft", "mouthRight", "jawOpen")] == [None, None, None]


@pytest.mark.parametrize("own", [True, False])
def test_any_face_has_handles(tmp_path: Path, own: bool) -> None:
    asset = load_face(save_head(tmp_path, own=own))
    found = HandleMap(asset)
    lid = asset.moved[np.argmax(np.linalg.norm(asset.deltas[ARKIT_SHAPES.index("eyeBlinkLeft")], axis=1))]
    corners = np.array([lid] * 3)
    assert found.at(corners, np.array([1, 0, 0], np.float32)).title == "Upper lid, left"
    still = np.setdiff1d(np.arange(len(asset.vertices)), asset.moved)[0]
    assert found.at(np.array([still] * 3), np.array([1, 0, 0], np.float32)).handle is HEAD
