"""viewer.sliders.picture: what can be seen of a slider's state."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from viewer import theme
from viewer.sliders.marks import Marks
from viewer.sliders.picture import link_colour
from viewer.sliders.shape_slider import ShapeSlider

pytestmark = pytest.mark.display


@pytest.fixture
def slider(qtbot: QtBot) -> ShapeSlider:
    slider = ShapeSlider("eyeBlinkLeft", "Blink, left")
    qtbot.addWidget(slider)
    slider.resize(150, 36)
    slider.show_number(0.5)
    return slider


def pixels(slider: ShapeSlider) -> NDArray[np.int16]:
    image = slider.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), -1, 3).astype(np.int16)


def has_colour(picture: NDArray[np.int16], name: str) -> bool:
    colour = QColor(name)
    wanted = (colour.red(), colour.green(), colour.blue())
    return bool((np.abs(picture - wanted).max(-1) <= 2).any())


@pytest.mark.parametrize(
    "marks",
    [
        Marks(is_locked=True), Marks(is_favourite=True), Marks(is_chosen=True), Marks(is_alone=True),
        Marks(is_dimmed=True), Marks(link=1), Marks(trained=(0.0, 0.8)),
    ],
)  # fmt: skip
def test_every_mark_can_be_seen_and_goes_again(slider: ShapeSlider, marks: Marks) -> None:
    plain = pixels(slider)
    slider.show_marks(marks)
    assert (np.abs(pixels(slider) - plain).max(-1) > 30).sum() >= 8
    slider.show_marks(Marks())
    assert (pixels(slider) == plain).all()


def test_the_lamp_is_amber_and_beside_the_figures(slider: ShapeSlider) -> None:
    assert not has_colour(pixels(slider), theme.WARNING)
    slider.light(True)
    assert has_colour(pixels(slider)[4:18, 142:], theme.WARNING)


def test_a_link_has_its_colour_at_the_edge_and_no_two_the_same(slider: ShapeSlider) -> None:
    assert len({link_colour(number) for number in range(6)}) == 6
    assert link_colour(6) == link_colour(0)
    slider.show_marks(Marks(link=2))
    assert has_colour(pixels(slider)[:, :6], link_colour(2))


def test_a_switched_off_slider_has_no_knob_no_lamp_and_no_figures(slider: ShapeSlider) -> None:
    slider.light(True)
    slider.setEnabled(False)
    look = slider.look()
    assert (look.figures, look.is_lit) == ("–", False)
    assert not has_colour(pixels(slider), theme.ACCENT)


def test_little_below_zero_has_no_minus(qtbot: QtBot) -> None:
    slider = ShapeSlider("yaw", "Turn", low=-32.0, high=32.0, decimals=1)
    qtbot.addWidget(slider)
    slider.show_number(-0.01)
    assert slider.look().figures == "0.0"
    slider.show_number(-16.0)
    assert (slider.look().knob, slider.look().zero) == (0.25, 0.5)
