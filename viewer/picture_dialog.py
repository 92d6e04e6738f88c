"""What a picture or a turntable is to show, asked in one small dialog before its name is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from gpu_core.look import Look
from gpu_core.settings import View
from viewer.look.backdrop import Backdrop
from viewer.stills.still import SIZES, StillForm
from viewer.stills.turntable import FEWEST, FORMATS, MOST, TurntableForm
from viewer.view_values import ViewMode

VIEWS = {"Generated": (View.GENERATED,), "Render": (View.RENDER,), "Texture": (View.TEXTURE,)}
ALL = "All side by side"
BACKGROUNDS = ("Transparent", "As behind the face")


class PictureDialog(QDialog):
    """Asks what a still shows; then for its file. `chosen` follows, unless the user changed his mind."""

    chosen = Signal(object, object)  # Path, StillForm

    title, button = "Save picture of the face", "Choose file …"

    def __init__(
        self, mode: ViewMode, look: Look | None, backdrop: Backdrop | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.title)
        self._look, self._backdrop = look, backdrop
        self.views, self.sizes, self.backgrounds, self.formats = QComboBox(), QComboBox(), QComboBox(), QComboBox()
        self.views.addItems([*VIEWS, *self._more_views()])
        self.views.setCurrentText(mode.value)
        self.sizes.addItems([f"{size} × {size}" for size in SIZES])
        self.backgrounds.addItems(BACKGROUNDS)
        self.backgrounds.setEnabled(backdrop is not None)
        self.formats.addItems(["PNG, 8 bits, sRGB", "EXR, half floats, linear light"])
        self.note = QLabel(wordWrap=True)
        self.note.setObjectName("dim")
        self.note.setMinimumHeight(48)
        self.views.currentTextChanged.connect(self._show_note)
        self._build()
        self._show_note()

    def _more_views(self) -> tuple[str, ...]:
        return (ALL,)

    def _rows(self) -> dict[str, QWidget]:
        return {"View": self.views, "Size, pixels": self.sizes, "Background": self.backgrounds, "Format": self.formats}

    def _build(self) -> None:
        rows = QFormLayout()
        for text, widget in self._rows().items():
            widget.setAccessibleName(text)
            rows.addRow(text, widget)
        self.backgrounds.setToolTip("What lies behind the face can be chosen in the panel Look")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._ask_name)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(rows)
        column.addWidget(self.note)
        column.addWidget(buttons)
        self.setMinimumWidth(380)

    def _show_note(self) -> None:
        self.note.setText(self._note(self.views.currentText() in ("Generated", ALL)))

    def _note(self, is_generated: bool) -> str:
        if is_generated:
            return "The generator makes pictures of one size: another is made of it by resampling."
        return "Drawn in this size, seen by the camera and in the light of the panel Look."

    @property
    def form(self) -> StillForm:
        """What was chosen."""
        views = VIEWS.get(self.views.currentText(), (View.TEXTURE, View.RENDER, View.GENERATED))
        backdrop = self._backdrop if self.backgrounds.currentIndex() else None
        return StillForm(views, SIZES[self.sizes.currentIndex()], backdrop, self._look)

    @property
    def format(self) -> str:
        """Of FORMATS."""
        return FORMATS[self.formats.currentIndex()]

    def _ask_name(self) -> None:
        pattern = f"{self.format.upper()} (*.{self.format})"
        name, _ = QFileDialog.getSaveFileName(self, self.title, f"face.{self.format}", pattern)
        if name:
            path = Path(name)
            named = path if path.suffix.lower() == f".{self.format}" else path.with_name(f"{path.name}.{self.format}")
            self.accept()
            self.chosen.emit(named, self.form)


class TurntableDialog(PictureDialog):
    """The same for a turntable, which becomes a new folder; `chosen` has its TurntableForm."""

    chosen = Signal(object)  # TurntableForm
    title, button = "Turntable", "Choose folder …"

    def __init__(
        self, mode: ViewMode, look: Look | None, backdrop: Backdrop | None, reach: tuple[float, float],
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        self.frames = QSpinBox()
        self.frames.setRange(FEWEST, MOST)
        self.frames.setValue(36)
        self.frames.setToolTip("Pictures of one turn; 36 are 10° each")
        self._reach = reach
        super().__init__(mode, look, backdrop, parent)

    def _more_views(self) -> tuple[str, ...]:
        return ()

    def _rows(self) -> dict[str, QWidget]:
        return {"Pictures": self.frames, **super()._rows()}

    def _note(self, is_generated: bool) -> str:
        if is_generated:
            low, high = self._reach
            return (
                f"The head swings from {low:.0f}° to {high:.0f}°, as far as the generator was trained for: it knows "
                "one camera. The render view turns all the way."
            )
        return "The camera goes once around the face, from where it is now. The face on the screen goes on meanwhile."

    def _ask_name(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, "Name of a new folder for the pictures", "turntable", "Folder (*)",
            options=QFileDialog.Option.DontConfirmOverwrite,
        )  # fmt: skip
        if name:
            self.accept()
            form = replace(TurntableForm(Path(name)), still=self.form, frames=self.frames.value(), format=self.format)
            self.chosen.emit(form)
