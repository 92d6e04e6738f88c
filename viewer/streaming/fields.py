"""Fields of forms: labels to their left, choices with values behind their texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QGridLayout, QHBoxLayout, QLabel, QSpinBox, QWidget

LABEL_PX = 76


def labelled(rows: Mapping[str, QWidget | Iterable[QWidget]]) -> QGridLayout:
    """Fields below each other; what stands to the left of one is its accessible name, too."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setSpacing(6)
    grid.setColumnMinimumWidth(0, LABEL_PX)
    grid.setColumnStretch(1, 1)
    for row, (title, field) in enumerate(rows.items()):
        grid.addWidget(QLabel(title), row, 0)
        first, *others = [field] if isinstance(field, QWidget) else field
        if not first.accessibleName():
            first.setAccessibleName(title)
        beside = QHBoxLayout()
        beside.setSpacing(4)
        beside.addWidget(first, 1)
        for widget in others:
            beside.addWidget(widget)
        grid.addLayout(beside, row, 1)
    return grid


def choice(texts: Mapping[Any, str], chosen: object, tip: str) -> QComboBox:
    """A choice whose data are the keys."""
    box = QComboBox()
    for value, text in texts.items():
        box.addItem(text, value)
    box.setCurrentIndex(box.findData(chosen))
    box.setToolTip(tip)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box


def choose(box: QComboBox, value: object) -> None:
    """Choose what has this value; as it was, if nothing has."""
    if (place := box.findData(value)) >= 0:
        box.setCurrentIndex(place)


def hear(fields: Iterable[QWidget], changed: Callable[[], object]) -> None:
    """Call `changed` whenever one of these has another value."""
    for field in fields:
        if isinstance(field, QComboBox):
            field.currentIndexChanged.connect(lambda _index: changed())
        elif isinstance(field, QSpinBox | QDoubleSpinBox):
            field.valueChanged.connect(lambda _value: changed())
