"""viewer.picture_menu: pictures from the menus, and Ctrl+C only where the picture has the keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QLineEdit, QProgressDialog, QPushButton
from pytestqt.qtbot import QtBot

from viewer.cockpit import Cockpit
from viewer.picture_dialog import PictureDialog, TurntableDialog

pytestmark = pytest.mark.display


def action(cockpit: Cockpit, text: str) -> QAction:
    return next(action for action in cockpit.window.findChildren(QAction) if action.text() == text)


def test_saving_asks_and_saves(cockpit: Cockpit, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    action(cockpit, "Save picture of the face …").trigger()
    dialog = cockpit.window.findChild(PictureDialog)
    assert dialog is not None
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(tmp_path / "a"), ""))
    dialog._ask_name()
    qtbot.waitUntil((tmp_path / "a.png").is_file, timeout=10_000)


def test_a_turntable_says_how_far_it_is_and_can_be_given_up(
    cockpit: Cockpit, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    action(cockpit, "Save turntable …").trigger()
    dialog = cockpit.window.findChild(TurntableDialog)
    assert dialog is not None
    dialog.frames.setValue(300)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(tmp_path / "around"), ""))
    dialog._ask_name()
    (progress,) = cockpit.window.findChildren(QProgressDialog)
    qtbot.waitUntil(lambda: progress.value() > 1, timeout=10_000)
    assert "of 300 pictures" in progress.labelText()
    qtbot.mouseClick(progress.findChild(QPushButton), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: cockpit.desk.stills.run is None, timeout=10_000)
    assert not list(tmp_path.iterdir())
    qtbot.waitUntil(lambda: cockpit.window.findChild(QProgressDialog) is None, timeout=5000)


def test_pictures_are_saved_above_the_screenshot(cockpit: Cockpit) -> None:
    texts = [line.text() for line in cockpit.window.menus["face"].actions()]
    where = texts.index("Save picture of the face …")
    assert texts[where : where + 3] == ["Save picture of the face …", "Save turntable …", "Save screenshot …"]


def test_ctrl_c_copies_the_picture_or_the_text_that_has_the_keyboard(
    cockpit: Cockpit, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[bool] = []
    monkeypatch.setattr(cockpit.desk.stills, "copy", lambda *, with_background: copied.append(with_background))
    cockpit.window.activateWindow()
    qtbot.waitUntil(cockpit.window.isActiveWindow, timeout=5000)
    cockpit.viewport.setFocus()
    qtbot.keyClick(cockpit.viewport, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert copied == [False]
    field = cockpit.window.docks["Expressions"].findChildren(QLineEdit)[0]
    field.setText("smile")
    field.selectAll()
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert copied == [False]
    action(cockpit, "Copy picture with background").trigger()
    assert copied == [False, True]
