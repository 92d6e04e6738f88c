"""viewer.look.light_pad: lights are taken where they are and go where the mouse goes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gpu_core.settings import Lighting
from viewer.look.light_pad import LightPad
from viewer.look.light_presets import place_of

pytestmark = pytest.mark.display
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def pad(qtbot: QtBot) -> LightPad:
    pad = LightPad()
    pad.resize(380, 96)
    pad.show_lights(Lighting(), 0)
    qtbot.addWidget(pad)
    pad.show()
    return pad


def test_a_click_on_a_light_chooses_it(pad: LightPad, qtbot: QtBot) -> None:
    chosen: list[int] = []
    moved: list[object] = []
    pad.chosen.connect(chosen.append)
    pad.moved.connect(lambda *told: moved.append(told))
    for index, light in enumerate(Lighting().lights):
        qtbot.mouseClick(pad, LEFT, pos=pad._point(*place_of(light)).toPoint())
        assert chosen[-1] == index
    assert moved == []


def test_the_chosen_light_goes_where_the_mouse_goes_and_no_further(pad: LightPad, qtbot: QtBot) -> None:
    moved: list[tuple[int, float, float]] = []
    pad.moved.connect(lambda *told: moved.append(told))
    pad.show_lights(Lighting(), 2)
    qtbot.mousePress(pad, LEFT, pos=pad._point(60.0, -40.0).toPoint())
    assert moved[-1] == (2, pytest.approx(60.0, abs=1.0), pytest.approx(-40.0, abs=1.5))
    qtbot.mouseMove(pad, pad.rect().bottomRight() * 3)
    assert moved[-1] == (2, 180.0, -90.0)


def test_arrows_move_it(pad: LightPad, qtbot: QtBot) -> None:
    moved: list[tuple[int, float, float]] = []
    pad.moved.connect(lambda *told: moved.append(told))
    azimuth, elevation = place_of(Lighting().lights[0])
    pad.setFocus()
    qtbot.keyClick(pad, Qt.Key.Key_Right)
    qtbot.keyClick(pad, Qt.Key.Key_Up)
    assert moved == [(0, azimuth + 5.0, elevation), (0, azimuth, elevation + 5.0)]


def test_it_is_painted(pad: LightPad) -> None:
    image = pad.grab().toImage()
    at = pad._point(*place_of(Lighting().lights[0])).toPoint() * image.devicePixelRatio()
    assert max(image.pixelColor(at.x() + dx, at.y() - 5).lightness() for dx in range(-3, 4)) > 200, "the key is bright"
