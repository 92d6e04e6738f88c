"""viewer.look.form_parts: headings reset, segments choose, colours show."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot

from viewer.look.form_parts import ColourButton, heading, in_a_row, segments

pytestmark = pytest.mark.display


def test_a_heading_resets(qtbot: QtBot) -> None:
    asked: list[bool] = []
    owner = QWidget()
    qtbot.addWidget(owner)
    owner.setLayout(heading("Light", "As at first", lambda: asked.append(True)))
    (button,) = owner.findChildren(QToolButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert (asked, button.accessibleName()) == ([True], "As at first")


def test_segments_say_which_was_pressed_and_hold_one(qtbot: QtBot) -> None:
    owner, chosen = QWidget(), []
    qtbot.addWidget(owner)
    buttons = segments(owner, ("A", "B", "C"), chosen.append, checkable=True)
    owner.setLayout(in_a_row(buttons))
    for button in (buttons[2], buttons[1]):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert chosen == [2, 1]
    assert [button.isChecked() for button in buttons] == [False, True, False]


def test_a_colour_is_shown(qtbot: QtBot) -> None:
    button = ColourButton("Colour …")
    qtbot.addWidget(button)
    button.show_colour(QColor(10, 200, 30))
    assert button.icon().pixmap(24, 12).toImage().pixelColor(3, 3) == QColor(10, 200, 30)
