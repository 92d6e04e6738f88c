"""Small parts of forms: a heading with a button to reset, rows of buttons, a button that shows a colour."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget


def heading(text: str, tip: str, reset: Callable[[], object]) -> QHBoxLayout:
    """A line of a form that says what follows, and can set it back."""
    label = QLabel(f"<b>{text}</b>")
    button = QToolButton()
    button.setText("Reset")
    button.setObjectName("small")
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.clicked.connect(reset)
    row = QHBoxLayout()
    row.setContentsMargins(0, 8, 0, 0)
    row.addWidget(label, 1)
    row.addWidget(button)
    return row


def segments(
    parent: QWidget, texts: Iterable[str], chosen: Callable[[int], object], *, checkable: bool = False
) -> list[QToolButton]:
    """Buttons that sit side by side; `chosen` hears which was pressed."""
    buttons = []
    for index, text in enumerate(texts):
        button = QToolButton(parent)
        button.setText(text)
        button.setCheckable(checkable)
        button.setAutoExclusive(checkable)
        button.setObjectName("segment")
        button.clicked.connect(lambda _checked=False, index=index: chosen(index))
        buttons.append(button)
    return buttons


def in_a_row(widgets: Iterable[QWidget], spacing: int = 0) -> QHBoxLayout:
    """Side by side, sharing the width."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(spacing)
    for widget in widgets:
        row.addWidget(widget, 1)
    return row


class ColourButton(QToolButton):
    """Shows a colour; what a click does is the owner's business."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setText(text)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def show_colour(self, colour: QColor) -> None:
        """Show it as a swatch."""
        swatch = QPixmap(24, 12)
        swatch.fill(colour)
        self.setIcon(QIcon(swatch))
