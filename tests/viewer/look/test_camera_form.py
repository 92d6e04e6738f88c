"""viewer.look.camera_form: sliders and places move the camera, and follow it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gpu_core.look import FreeCamera
from viewer.look.camera_form import CameraForm
from viewer.look.model import LookModel

pytestmark = pytest.mark.display


@pytest.fixture
def form(look: LookModel, qtbot: QtBot) -> CameraForm:
    form = CameraForm(look)
    qtbot.addWidget(form)
    return form


def slide(form: CameraForm, key: str, number: float) -> None:
    form.sliders[key].setValue(round(number * 1000))


def test_sliders_move_the_camera(form: CameraForm, look: LookModel) -> None:
    form.keeps_size.setChecked(False)
    for key, number in (("yaw", 40.0), ("pitch", -10.0), ("distance", 90.0), ("lens_mm", 50.0)):
        slide(form, key, number)
    assert look.look.camera == FreeCamera(40.0, -10.0, 9.0, 50.0)


def test_a_lens_that_keeps_the_size_moves_the_camera(form: CameraForm, look: LookModel) -> None:
    slide(form, "lens_mm", 52.0)
    assert look.look.camera.distance == pytest.approx(6.5)
    assert look.look.camera.half_height == pytest.approx(1.5)


def test_places_go_around_and_keep_the_lens(form: CameraForm, look: LookModel, qtbot: QtBot) -> None:
    look.set_camera(FreeCamera(lens_mm=50.0, distance=8.0, pan=(1.0, 0.0)))
    qtbot.mouseClick(form.places[2], Qt.MouseButton.LeftButton)
    assert look.look.camera == FreeCamera(yaw=90.0, lens_mm=50.0, distance=8.0)


def test_it_follows_without_answering(form: CameraForm, look: LookModel) -> None:
    look.set_camera(FreeCamera(33.3, 4.4, 7.7, 66.6, (0.1, 0.1)))
    form.show_camera()
    assert look.look.camera == FreeCamera(33.3, 4.4, 7.7, 66.6, (0.1, 0.1)), "figures are rounded, the camera is not"
    assert form.sliders["distance"].number == pytest.approx(77.0)
