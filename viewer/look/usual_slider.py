"""A shape's slider for a number whose rest is not zero: a double-click and Delete go back to what is usual."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from viewer.sliders.shape_slider import STEPS, ShapeSlider


class UsualSlider(ShapeSlider):
    """`usual` is where it rests."""

    def __init__(
        self, key: str, title: str, tip: str, *, low: float, high: float, step: float, usual: float, decimals: int = 0,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(key, title, low=low, high=high, step=step, decimals=decimals, parent=parent)
        self.usual = usual
        self.setToolTip(f"{tip}\nDouble-click: {usual:.{decimals}f}")
        self.show_number(usual)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Qt: back to what is usual."""
        self.mouseReleaseEvent(_event)
        self.setValue(round(self.usual * STEPS))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Delete is what is usual."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.setValue(round(self.usual * STEPS))
        else:
            super().keyPressEvent(event)
