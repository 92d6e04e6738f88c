"""Where the name of a new preset is asked for, inside the panel; the face is that of the moment it was asked."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from gpu_core.expression import NEUTRAL, Expression
from viewer.performance.preset_file import LONGEST_TITLE
from viewer.view_values import FaceEdit
from viewer.viewer_model import ViewerModel


class PresetNameRow(QWidget):
    """Hidden until somebody wants to save."""

    named = Signal(str, object)  # title, Expression
    given_up = Signal()

    def __init__(self, model: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._face: Expression = NEUTRAL
        self.field = QLineEdit(placeholderText="Name of this face")
        self.field.setMaxLength(LONGEST_TITLE)
        self.field.setAccessibleName("Name of the new preset")
        self.field.setToolTip("Enter saves, Escape gives up")
        self.keep = QPushButton("Save")
        self.keep.setToolTip("Save this face under that name (Enter)")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(4)
        row.addWidget(self.field, 1)
        row.addWidget(self.keep)
        self.field.returnPressed.connect(self._on_named)
        self.field.textChanged.connect(self._on_text)
        self.keep.clicked.connect(self._on_named)
        model.face_edited.connect(self._on_edit)
        self._on_text("")
        self.hide()

    def ask(self) -> None:
        """Take the face as it is now, and ask for its name."""
        self._face = self._model.expression
        self.show()
        self.field.selectAll()
        self.field.setFocus()

    def note_saved(self, title: str) -> None:
        """Something has been saved: if it was what is asked for here, that is done."""
        if self.field.text().strip() == title:
            self.close_row()

    def close_row(self) -> None:
        """It has been saved, or is not to be."""
        self.field.clear()
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Escape gives up."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_row()
            self.given_up.emit()
        else:
            super().keyPressEvent(event)

    def _on_text(self, text: str) -> None:
        self.keep.setEnabled(bool(text.strip()))

    def _on_named(self) -> None:
        if self.field.text().strip():
            self.named.emit(self.field.text(), self._face)

    def _on_edit(self, edit: FaceEdit) -> None:
        """A hand goes on while the name is being thought of: its face is meant."""
        self._face = edit.after
