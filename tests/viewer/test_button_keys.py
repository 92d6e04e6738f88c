"""viewer.button_keys: a keyboard alone presses every button; fields keep their Return."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QMainWindow, QPushButton, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from viewer.button_keys import ButtonKeys

pytestmark = pytest.mark.display


def test_return_presses_the_button_that_has_the_keyboard(qtbot: QtBot) -> None:
    window, inner = QMainWindow(), QWidget()
    field, push, tool = QLineEdit(), QPushButton("Push"), QToolButton()
    column = QVBoxLayout(inner)
    for widget in (field, push, tool):
        column.addWidget(widget)
    window.setCentralWidget(inner)
    qtbot.addWidget(window)
    ButtonKeys(window)
    told: list[str] = []
    push.clicked.connect(lambda: told.append("push"))
    tool.clicked.connect(lambda: told.append("tool"))
    field.returnPressed.connect(lambda: told.append("field"))
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    for widget, key in ((push, Qt.Key.Key_Return), (tool, Qt.Key.Key_Enter), (field, Qt.Key.Key_Return)):
        widget.setFocus()
        qtbot.keyClick(widget, key)
        qtbot.wait(150)
    assert told == ["push", "tool", "field"]


def test_a_dialog_keeps_its_own(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    keys = ButtonKeys(window)
    dialog = QDialog(window)
    button = QPushButton("Take it", dialog)
    dialog.show()
    keys._on_focus(None, button)
    assert not any(shortcut.isEnabled() for shortcut in keys._shortcuts)
    outside = QPushButton("Here", window)
    keys._on_focus(None, outside)
    assert all(shortcut.isEnabled() for shortcut in keys._shortcuts)
