"""viewer.handles.face_picking: whose a press is, by what lies under it, the keys, the picture and its size."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from gpu_core.look import FreeCamera, Look
from gpu_core.path_state import PathState
from gpu_core.settings import EngineSettings, FrameRequest, View
from tests.viewer import shipped_surfaces as heads
from viewer.engine_info import EngineInfo
from viewer.handles.face_grips import GazeGrip, HeadGrip, ShapeGrip
from viewer.handles.face_picking import FacePicker
from viewer.stage_tool import Pointer
from viewer.view_values import Canvas, Shown
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


class Source:
    """Has the surface of a shipped head already."""

    has_come = True

    def surface(self) -> Any:
        return heads.surface(heads.NAMES[0]) if self.has_come else None


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def picker(model: ViewerModel, source: Source) -> FacePicker:
    model.set_engine(EngineInfo("face", (), False, PathState("fake", "", ""), {}, (), face_file=Path("face.glb")))
    model.shown = Shown(FrameRequest(), 0, 0.0, 0)
    return FacePicker(model, source, frozenset)  # type: ignore[arg-type]


def at(
    where: tuple[float, float], view: View = View.GENERATED, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> Pointer:
    return Pointer(view, *where, 100.0, 100.0, keys)


def test_skin_eyes_and_what_is_beside_them_have_grips_of_their_own(picker: FacePicker) -> None:
    assert isinstance(picker.grip(at(heads.CORNER)), ShapeGrip)
    assert isinstance(picker.grip(at(heads.IRIS)), GazeGrip)
    assert isinstance(picker.grip(at(heads.FOREHEAD)), HeadGrip)
    assert isinstance(picker.grip(at(heads.BESIDE)), HeadGrip)
    assert picker.held(at(heads.BESIDE)) is None, "the head can be taken there, but nothing is marked"


def test_alt_is_the_head_and_ctrl_the_picture(picker: FacePicker) -> None:
    assert isinstance(picker.grip(at(heads.CORNER, keys=ALT)), HeadGrip)
    assert picker.grip(at(heads.CORNER, keys=CTRL)) is None
    assert picker.held(at(heads.CORNER, keys=CTRL)) is None
    tilt = picker.grip(at(heads.CORNER, keys=ALT | CTRL))
    assert tilt is not None
    assert tilt.deed == "Tilt the head"


def test_other_views_have_handles_but_leave_the_head_to_their_camera(picker: FacePicker) -> None:
    for view in (View.RENDER, View.TEXTURE):
        assert isinstance(picker.grip(at(heads.CORNER, view)), ShapeGrip)
        assert picker.grip(at(heads.FOREHEAD, view)) is None
        assert picker.grip(at(heads.CORNER, view, ALT)) is None
        assert picker.held(at(heads.FOREHEAD, view)) is None


def test_handles_are_where_a_free_camera_sees_them(picker: FacePicker, model: ViewerModel) -> None:
    views = frozenset({View.RENDER, View.GENERATED})
    aside = Look(FreeCamera(pan=(0.75, 0.0)))  # a quarter of the picture
    model.shown = Shown(FrameRequest(views=views, look=aside), 0, 0.0, 0)
    x, y = heads.CORNER
    assert picker.grip(at(heads.CORNER)) is not None
    seen, there = (picker.place(at(where, View.RENDER)) for where in ((x - 0.25, y), heads.CORNER))
    usual = picker.place(at(heads.CORNER))
    assert seen is not None
    assert usual is not None
    assert (seen.title, seen.side) == (usual.title, usual.side)
    assert there is None or there.title != usual.title
    model.shown = Shown(FrameRequest(views=views, look=Look(FreeCamera(yaw=180.0))), 0, 0.0, 0)
    behind = picker.place(at((1.0 - x, y), View.RENDER))
    assert behind is None or behind.title != usual.title, "nobody sees it from behind"


def test_an_enlarged_picture_is_moved_beside_the_handles(picker: FacePicker, model: ViewerModel) -> None:
    model.set_canvas(Canvas(1.5))
    assert picker.grip(at(heads.BESIDE)) is None
    assert isinstance(picker.grip(at(heads.BESIDE, keys=ALT)), HeadGrip)
    assert isinstance(picker.grip(at(heads.CORNER)), ShapeGrip)


def test_of_several_faces_none_is_taken(picker: FacePicker, model: ViewerModel) -> None:
    assert model.engine is not None
    model.set_engine(replace(model.engine, settings=EngineSettings(faces=4)))
    assert picker.grip(at(heads.CORNER)) is None
    assert picker.place(at(heads.CORNER)) is None


def test_nothing_is_taken_before_the_surface_and_the_first_picture_are_there(
    picker: FacePicker, model: ViewerModel, source: Source
) -> None:
    source.has_come = False
    assert picker.place(at(heads.CORNER)) is None
    assert picker.grip(at(heads.BESIDE)) is None
    source.has_come, model.shown = True, None
    assert picker.grip(at(heads.CORNER)) is None
