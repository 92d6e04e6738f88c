"""The history panel: every step that can be taken back or done again; a click goes there."""

from __future__ import annotations

from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QUndoView, QVBoxLayout, QWidget


class HistoryPanel(QWidget):
    """Shows a stack."""

    def __init__(self, stack: QUndoStack, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.list = QUndoView(stack, self)
        self.list.setEmptyLabel("As it was at first")
        self.list.setToolTip("Click a step to go back to it, or forward (Ctrl+Z, Ctrl+Shift+Z)")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)
