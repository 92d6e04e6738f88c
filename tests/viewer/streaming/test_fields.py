"""viewer.streaming.fields: labels, names and values of a form's fields."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLineEdit, QSpinBox, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from viewer.streaming.fields import choice, hear, labelled

pytestmark = pytest.mark.display


def test_what_stands_beside_a_field_is_its_name(qtbot: QtBot) -> None:
    holder, size, own, button = QWidget(), QSpinBox(), QLineEdit(), QToolButton()
    qtbot.addWidget(holder)
    own.setAccessibleName("Target, with {n}")
    holder.setLayout(labelled({"Size": (size, button), "Target": own}))
    assert size.accessibleName() == "Size"
    assert own.accessibleName() == "Target, with {n}"
    holder.resize(300, 100)
    holder.show()
    assert size.x() == own.x() < button.x()


def test_every_change_is_heard_whatever_the_field(qtbot: QtBot) -> None:
    told: list[int] = []
    box, whole, part = choice({"a": "A", "b": "B"}, "b", "Which"), QSpinBox(), QDoubleSpinBox()
    for widget in (box, whole, part):
        qtbot.addWidget(widget)
    assert isinstance(box, QComboBox)
    assert box.currentData() == "b"
    hear((box, whole, part), lambda: told.append(1))
    box.setCurrentIndex(0)
    whole.setValue(2)
    part.setValue(0.5)
    part.setValue(0.5)
    assert len(told) == 3
