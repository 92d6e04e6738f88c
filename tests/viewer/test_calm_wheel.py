"""viewer.calm_wheel: who scrolls a panel changes nothing in it by the way."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QScrollArea, QSlider, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from viewer.calm_wheel import CalmWheel

pytestmark = pytest.mark.display


def turn(widget: QWidget) -> None:
    """One notch down over its middle, as it comes from outside: then Qt passes on what nobody takes."""
    window = widget.window()
    middle = QPointF(widget.mapTo(window, widget.rect().center()))
    QTest.wheelEvent(window.windowHandle(), middle, QPoint(0, -120))


def test_the_wheel_scrolls_unless_a_widget_was_chosen(qtbot: QtBot) -> None:
    panel, inner = QScrollArea(), QWidget()
    choice, slider = QComboBox(), QSlider(Qt.Orientation.Horizontal, value=50)
    choice.addItems(["one", "two", "three"])
    column = QVBoxLayout(inner)
    column.addWidget(choice)
    column.addWidget(slider)
    column.addStretch(1)
    inner.setMinimumHeight(2000)
    panel.setWidget(inner)
    qtbot.addWidget(panel)
    CalmWheel(panel)
    with qtbot.waitActive(panel):
        panel.resize(200, 200)
        panel.show()
        panel.activateWindow()
    panel.setFocus()
    turn(choice)
    assert panel.verticalScrollBar().value() > 0
    panel.verticalScrollBar().setValue(0)
    turn(slider)
    assert (choice.currentIndex(), slider.value()) == (0, 50)
    assert panel.verticalScrollBar().value() > 0
    panel.verticalScrollBar().setValue(0)
    choice.setFocus()
    turn(choice)
    slider.setFocus()
    turn(slider)
    assert choice.currentIndex() == 1
    assert slider.value() < 50
