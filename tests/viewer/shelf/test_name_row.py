"""viewer.shelf.name_row: which face is saved under which name."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gpu_core.expression import NEUTRAL, Expression
from viewer.shelf.name_row import PresetNameRow
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


@pytest.fixture
def named() -> list[tuple[str, Expression]]:
    return []


@pytest.fixture
def row(model: ViewerModel, qtbot: QtBot, named: list[tuple[str, Expression]]) -> PresetNameRow:
    row = PresetNameRow(model)
    qtbot.addWidget(row)
    row.named.connect(lambda title, face: named.append((title, face)))
    return row


def test_the_face_is_that_of_the_moment_unless_a_hand_goes_on(
    model: ViewerModel, row: PresetNameRow, qtbot: QtBot, named: list[tuple[str, Expression]]
) -> None:
    model.edit_weights({"jawOpen": 0.5})
    row.ask()
    model.edit(NEUTRAL, by_hand=False)  # a performance plays on
    row.field.setText("Gap")
    qtbot.keyClick(row.field, Qt.Key.Key_Return)
    assert named == [("Gap", NEUTRAL.with_weights({"jawOpen": 0.5}))]
    model.edit_weights({"cheekPuff": 1.0})
    row.keep.click()
    assert named[1][1] == model.expression


def test_a_name_is_needed_and_escape_gives_up(
    row: PresetNameRow, qtbot: QtBot, named: list[tuple[str, Expression]]
) -> None:
    assert row.isHidden()
    row.ask()
    assert not row.keep.isEnabled()
    qtbot.keyClick(row.field, Qt.Key.Key_Return)
    assert named == []
    row.field.setText("Gap")
    assert row.keep.isEnabled()
    qtbot.keyClick(row.field, Qt.Key.Key_Escape)
    assert row.isHidden()
    assert row.field.text() == ""


def test_it_closes_when_that_name_is_saved(row: PresetNameRow) -> None:
    row.ask()
    row.field.setText(" Gap ")
    row.note_saved("Another")
    assert not row.isHidden()
    row.note_saved("Gap")
    assert row.isHidden()
