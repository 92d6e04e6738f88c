"""A part of a form that is folded away until somebody wants it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget


class Fold(QToolButton):
    """Shows and hides `inside`; folded at first."""

    def __init__(self, title: str, inside: QWidget, tip: str) -> None:
        super().__init__()
        self._inside = inside
        self.setObjectName("group")
        self.setText(title)
        self.setToolTip(tip)
        self.setCheckable(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.toggled.connect(self._show)
        self._show(False)

    def _show(self, is_open: bool) -> None:
        self.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self._inside.setVisible(is_open)
