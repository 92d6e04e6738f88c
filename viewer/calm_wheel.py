"""The wheel scrolls a panel. Over a slider or a choice that nobody has chosen, it would change that by mistake."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QAbstractSlider, QAbstractSpinBox, QComboBox, QScrollBar, QWidget


class CalmWheel(QObject):
    """For the widgets of one panel that scrolls; those that come later are not its own."""

    def __init__(self, panel: QAbstractScrollArea) -> None:
        super().__init__(panel)
        for kind in (QComboBox, QAbstractSlider, QAbstractSpinBox):
            for widget in panel.findChildren(kind):
                if not isinstance(widget, QScrollBar):
                    widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # or the wheel itself would choose it
                    widget.installEventFilter(self)

    def eventFilter(self, widget: QObject, event: QEvent) -> bool:
        """Qt: pass the wheel on to the panel, unless the widget has the keyboard."""
        if event.type() != QEvent.Type.Wheel or not isinstance(widget, QWidget) or widget.hasFocus():
            return False
        event.ignore()
        return True
