"""What is behind the face: nothing, a colour, a picture, or squares for transparency."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog, QComboBox, QFileDialog, QPushButton, QVBoxLayout, QWidget

from viewer.look.backdrop import FITS, KINDS, Background
from viewer.look.background_file import SUFFIXES
from viewer.look.form_parts import ColourButton, heading, in_a_row

if TYPE_CHECKING:
    from viewer.look.model import LookModel

TITLES = {"neutral": "Neutral", "colour": "Colour", "picture": "Picture", "transparent": "Transparent"}
FIT_TITLES = {"fill": "Fills the square", "fit": "Whole", "blur": "Out of focus"}


class BackgroundForm(QWidget):
    """Changes the background of a look."""

    def __init__(self, look: LookModel) -> None:
        super().__init__()
        self._look = look
        self.kinds, self.fits = QComboBox(), QComboBox()
        self.kinds.addItems([TITLES[kind] for kind in KINDS])
        self.kinds.setToolTip(
            "Behind every view. Pictures and turntables may have it; recorded videos stay as they are"
        )
        self.kinds.setAccessibleName("Background")
        self.fits.addItems([FIT_TITLES[fit] for fit in FITS])
        self.fits.setToolTip("How the picture lies in the square behind the face")
        self.fits.setAccessibleName("How the background's picture lies")
        self.colour, self.file = ColourButton("Colour …"), QPushButton("Choose …")
        self.kinds.activated.connect(self._on_kind)
        self.fits.activated.connect(self._on_fit)
        self.colour.clicked.connect(self._ask_colour)
        self.file.clicked.connect(self.ask_file)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(heading("Background", "The background as it was at first", self._reset))
        column.addLayout(in_a_row((self.kinds, self.colour), 4))
        column.addLayout(in_a_row((self.file, self.fits), 4))

    def show_background(self, _backdrop: object = None) -> None:
        """Show what it is, without telling anybody."""
        background = self._look.background
        self.kinds.setCurrentText(TITLES[background.kind])
        self.fits.setCurrentText(FIT_TITLES[background.fit])
        self.colour.setVisible(background.kind == "colour")
        self.colour.show_colour(QColor(*background.colour))
        for widget in (self.file, self.fits):
            widget.setVisible(background.kind == "picture")
        name = background.path.name if background.path is not None else "Choose …"
        self.file.setText(self.file.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, 110))
        self.file.setToolTip(f"{background.path or 'No picture yet'}\nPNG, JPEG, WebP or BMP, up to 64 million pixels")

    def _on_kind(self, index: int) -> None:
        background = replace(self._look.background, kind=KINDS[index])
        if background.kind == "picture" and background.path is None:
            self.ask_file()
        else:
            self._look.set_background(background)
        self.show_background()

    def _on_fit(self, index: int) -> None:
        self._look.set_background(replace(self._look.background, fit=FITS[index]))

    def _reset(self) -> None:
        self._look.set_background(Background())

    def ask_file(self) -> None:
        """Ask for the picture's file."""
        pattern = f"Pictures ({' '.join('*' + suffix for suffix in SUFFIXES)});;Any file (*)"
        name, _ = QFileDialog.getOpenFileName(self, "Picture behind the face", "", pattern)
        if name:
            self._look.open_picture(Path(name))

    def _ask_colour(self) -> None:
        dialog = QColorDialog(QColor(*self._look.background.colour), self)
        dialog.setWindowTitle("Background")
        dialog.currentColorChanged.connect(self._on_colour)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_colour(self, colour: QColor) -> None:
        chosen = (colour.red(), colour.green(), colour.blue())
        self._look.set_background(replace(self._look.background, kind="colour", colour=chosen))
