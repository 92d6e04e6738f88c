"""viewer.look.usual_slider: back to what is usual, which is not zero."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from viewer.look.usual_slider import UsualSlider

pytestmark = pytest.mark.display


@pytest.fixture
def slider(qtbot: QtBot) -> UsualSlider:
    slider = UsualSlider("lens", "Lens, mm", "Focal length", low=14, high=400, step=1, usual=104)
    slider.resize(140, 36)
    qtbot.addWidget(slider)
    slider.show()
    return slider


def test_it_rests_at_what_is_usual(slider: UsualSlider) -> None:
    assert slider.number == 104.0
    assert "104" in slider.toolTip()


def test_double_click_and_delete_go_back(slider: UsualSlider, qtbot: QtBot) -> None:
    heard: list[tuple[str, float]] = []
    slider.moved.connect(lambda key, number: heard.append((key, number)))
    slider.show_number(50.0)
    assert heard == []
    qtbot.mouseDClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(70, 26))
    assert heard[-1] == ("lens", 104.0)
    slider.show_number(50.0)
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Delete)
    assert slider.number == 104.0
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert heard[-1] == ("lens", 105.0)
