"""A small field in which a slider's number is typed, and what counts as one."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, Qt
from PySide6.QtWidgets import QLineEdit, QToolTip, QWidget

from viewer import theme

MOST_CHARACTERS = 12


def typed_number(text: str, low: float, high: float) -> float | None:
    """What was typed, as a number from `low` to `high`: 0.4, 0,4 or 40 % of `high`; None for anything else."""
    text = text.strip().replace(",", ".").replace("−", "-")
    scale = high / 100 if text.endswith("%") else 1.0
    try:
        number = float(text.removesuffix("%")) * scale
    except ValueError:
        return None
    return number if math.isfinite(number) and low <= number <= high else None


class NumberField(QLineEdit):
    """Emits `done` once: the number, or None if it was given up. Keeps Return and Escape to itself.

    Return on what is no number within the limits says so and leaves the field open; leaving the field gives up.
    """

    done = Signal(object)  # float | None

    def __init__(self, text: str, low: float, high: float, parent: QWidget) -> None:
        super().__init__(text, parent)
        self._low, self._high = low, high
        self._is_done = False
        self.setMaxLength(MOST_CHARACTERS)
        self.setAccessibleName("Value")
        self.setToolTip(f"A number from {low:g} to {high:g}; Return takes it, Escape leaves it as it was")
        self.textEdited.connect(self._forgive)
        self.selectAll()

    @property
    def number(self) -> float | None:
        """What is typed, None if it is no number within the limits."""
        return typed_number(self.text(), self._low, self._high)

    def _forgive(self, _text: str) -> None:
        theme.set_state(self, "")

    def _finish(self, number: float | None) -> None:
        if not self._is_done:
            self._is_done = True
            self.done.emit(number)

    def _refuse(self) -> None:
        theme.set_state(self, "error")
        self.selectAll()
        QToolTip.showText(self.mapToGlobal(QPoint(0, self.height())), f"From {self._low:g} to {self._high:g}", self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Return takes the number, Escape leaves it as it was."""
        if event.key() == Qt.Key.Key_Escape:
            self._finish(None)
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif self.number is None:
            self._refuse()
        else:
            self._finish(self.number)
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt: what was typed counts, if it is a number."""
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:  # its own menu
            self._finish(self.number)
