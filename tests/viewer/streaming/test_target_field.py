"""viewer.streaming.target_field: typed with real keys; what was entered is masked and not lost."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from viewer.streaming.masking import MASK
from viewer.streaming.target_field import LOST, TargetField

pytestmark = pytest.mark.display
SECRET = "rtmp://ann:geheim@host/live/face-{n}"


@pytest.fixture
def field(qtbot: QtBot) -> TargetField:
    field = TargetField()
    qtbot.addWidget(field)
    field.show()
    return field


def enter(qtbot: QtBot, field: TargetField, text: str) -> None:
    qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_what_was_entered_is_masked_and_still_meant(field: TargetField, qtbot: QtBot) -> None:
    with qtbot.waitSignal(field.settled, timeout=3000):
        enter(qtbot, field, SECRET)
    assert field.text() == f"rtmp://{MASK}@host/live/face-{{n}}"
    assert field.settle() == SECRET
    assert not field.problem


def test_undo_does_not_bring_the_secret_back(field: TargetField, qtbot: QtBot) -> None:
    enter(qtbot, field, SECRET)
    for _ in range(5):
        qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert "geheim" not in field.text()


def test_the_rest_can_be_edited(field: TargetField, qtbot: QtBot) -> None:
    enter(qtbot, field, SECRET)
    qtbot.keyClick(field, Qt.Key.Key_End)
    qtbot.keyClicks(field, "-b")
    assert field.settle() == SECRET + "-b"
    assert "geheim" not in field.text()


def test_a_mask_that_was_broken_is_said_and_means_nothing(field: TargetField, qtbot: QtBot) -> None:
    enter(qtbot, field, SECRET)
    field.setText(f"rtmp://{MASK}@host/{MASK}")  # pasted: there is no key for it
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.problem == LOST
    assert field.property("state") == "error"
    assert not field.settle()
    enter(qtbot, field, SECRET)
    assert not field.problem
    assert field.settle() == SECRET


def test_a_target_that_cannot_be_is_said_at_once(field: TargetField, qtbot: QtBot) -> None:
    enter(qtbot, field, "ftp://host/x-{n}")
    assert "ftp" in field.problem
    enter(qtbot, field, "")
    assert not field.problem
    assert field.settle() == ""
