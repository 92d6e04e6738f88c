"""viewer.panels.history and the menu Edit: what was done is listed, and can be taken back from there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QUndoView
from pytestqt.qtbot import QtBot

from viewer.cockpit import Cockpit
from viewer.panels.history import HistoryPanel

pytestmark = pytest.mark.display


def test_a_click_in_the_list_goes_back_to_that_step(cockpit: Cockpit, qtbot: QtBot) -> None:
    panel = cockpit.window.docks["History"].widget()
    assert isinstance(panel, HistoryPanel)
    before = cockpit.model.expression
    cockpit.model.edit_weights({"jawOpen": 0.5})
    cockpit.model.edit_weights({"cheekPuff": 0.5})
    lines: QUndoView = panel.list
    rows = [lines.model().index(row, 0).data() for row in range(lines.model().rowCount())]
    assert rows == ["As it was at first", "Open jaw 0.50", "Puff cheeks 0.50"]
    cockpit.window.docks["History"].show()
    where = lines.visualRect(lines.model().index(0, 0)).center()
    qtbot.mouseClick(lines.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert cockpit.model.expression == before


def test_keys_undo_and_redo_and_the_menu_says_what(cockpit: Cockpit, qtbot: QtBot) -> None:
    cockpit.window.activateWindow()
    cockpit.viewport.setFocus()
    qtbot.waitUntil(cockpit.window.isActiveWindow, timeout=3000)
    before = cockpit.model.expression
    cockpit.model.edit_weights({"jawOpen": 0.5})
    assert cockpit.desk.history.undo_action.text() == "Undo Open jaw 0.50"
    qtbot.keyClick(cockpit.viewport, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert cockpit.model.expression == before
    assert not cockpit.desk.history.undo_action.isEnabled()
    qtbot.keyClick(cockpit.viewport, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert cockpit.model.expression["jawOpen"] == 0.5
