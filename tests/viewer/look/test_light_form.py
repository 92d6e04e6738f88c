"""viewer.look.light_form: presets, and each of the four lights by itself."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from gpu_core.settings import Light, Lighting
from viewer.look.colour_temperature import colour_of
from viewer.look.light_form import OWN, LightForm
from viewer.look.light_presets import PRESETS, place_of
from viewer.look.model import LookModel

pytestmark = pytest.mark.display


@pytest.fixture
def form(look: LookModel, qtbot: QtBot) -> LightForm:
    form = LightForm(look)
    look.changed.connect(form.show_lights)
    form.show_lights()
    qtbot.addWidget(form)
    return form


def choose(form: LightForm, name: str) -> None:
    form.presets.setCurrentText(name)
    form.presets.activated.emit(form.presets.currentIndex())


def test_showing_the_studio_changes_no_light(form: LightForm, look: LookModel) -> None:
    assert form.presets.currentText() == "Studio"
    assert look.look.lighting == Lighting()


def test_presets_and_your_own(form: LightForm, look: LookModel) -> None:
    choose(form, "Rim")
    assert look.look.lighting == PRESETS["Rim"]
    form.intensity.setValue(1000)
    assert form.presets.currentText() == OWN
    choose(form, OWN)
    assert look.look.lighting.lights[0].intensity == 1.0, "that is what it is already"


def test_one_light_changes_and_the_others_stay(form: LightForm, look: LookModel, qtbot: QtBot) -> None:
    qtbot.mouseClick(form.names[2], Qt.MouseButton.LeftButton)
    form.warmth.setValue(2800 * 1000)
    form.intensity.setValue(1500)
    form.pad.moved.emit(2, -100.0, 30.0)
    form.ambient.setValue(330)
    lights = look.look.lighting.lights
    assert lights[2].colour == colour_of(2800.0)
    assert lights[2].intensity == 1.5
    assert place_of(lights[2]) == pytest.approx((-100.0, 30.0))
    assert (lights[0], lights[1], lights[3]) == (Lighting().lights[0], Lighting().lights[1], Lighting().lights[3])
    assert look.look.lighting.ambient == (0.33, Lighting().ambient[1])


def test_any_colour_is_as_bright_as_its_slider_says(form: LightForm, look: LookModel) -> None:
    form._on_colour(QColor(0, 128, 0))
    assert look.look.lighting.lights[0].colour == (0.0, 1.0, 0.0)
    form._on_colour(QColor(0, 0, 0))
    assert look.look.lighting.lights[0].colour == (0.0, 1.0, 0.0), "black is no colour of a light"


def test_fewer_lights_have_dark_ones_to_turn_up(form: LightForm, look: LookModel, qtbot: QtBot) -> None:
    look.set_lighting(Lighting((Light((0, 0, 1), 1.0, (1, 1, 1)),)))
    qtbot.mouseClick(form.names[3], Qt.MouseButton.LeftButton)
    assert form.intensity.number == 0.0
    form.intensity.setValue(700)
    assert [light.intensity for light in look.look.lighting.lights] == [1.0, 0.0, 0.0, 0.7]
