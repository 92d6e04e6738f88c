"""viewer.streaming.fold: folded at first, opened by mouse and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from viewer.streaming.fold import Fold

pytestmark = pytest.mark.display


def test_it_opens_and_closes(qtbot: QtBot) -> None:
    holder, inside = QWidget(), QLabel("seldom wanted")
    qtbot.addWidget(holder)
    fold = Fold("More", inside, "What seldom matters")
    layout = QVBoxLayout(holder)
    layout.addWidget(fold)
    layout.addWidget(inside)
    holder.show()
    assert not inside.isVisible()
    assert fold.arrowType() == Qt.ArrowType.RightArrow
    qtbot.mouseClick(fold, Qt.MouseButton.LeftButton)
    assert inside.isVisible()
    assert fold.arrowType() == Qt.ArrowType.DownArrow
    qtbot.keyClick(fold, Qt.Key.Key_Space)
    assert not inside.isVisible()
