"""The dialog of what the next recording is to be: codec, rate and folder, each in force as soon as it is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from viewer import theme
from viewer.elided_label import ElidedLabel
from viewer.filming.filming_choice import RATES, FilmingChoice, shortened_path

# Processor time a 512x512 frame: measured, to be read as proportions.
CODECS: Mapping[str, tuple[str, str]] = {
    "h264": ("H.264", "Small, plays everywhere, and nobody sees a difference. NVENC encodes it where there is one."),
    "ffv1": ("FFV1, lossless", "Every pixel, over the background; for archives. Takes six times H.264's processor."),
    "h264rgb": ("H.264 RGB, lossless", "Every pixel, over the background. Takes twice H.264's processor."),
    "png": ("PNG pictures", "Every pixel, with transparency. Takes twelve times H.264's processor: pictures may drop."),
    "exr": ("EXR pictures", "Linear light with transparency, for compositing; 4 MB a picture."),
}
WIDTH = 420


class FilmingDialog(QDialog):
    """Shows a choice and changes it."""

    def __init__(self, choice: FilmingChoice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Recording")
        self._choice = choice
        self.codec, self.rate = QComboBox(), QComboBox()
        for name, (title, _) in CODECS.items():
            self.codec.addItem(title, name)
        for fps in sorted({*RATES, choice.settings.fps}):
            self.rate.addItem(f"{fps:g} frames a second", fps)
        self.codec.setToolTip("How the pictures are kept")
        self.rate.setToolTip("Of the video. Frames that come between two of its moments are in the track all the same")
        self.told = self._dim()
        self.told.setFixedHeight(2 * self.told.fontMetrics().lineSpacing() + 4)
        self.folder = ElidedLabel()
        self.change = QPushButton("Change …")
        self.change.setToolTip("Another folder for sessions; each recording makes a new one in it")
        self.room = self._dim()
        self._build()
        self.codec.activated.connect(self._choose)
        self.rate.activated.connect(self._choose)
        self.change.clicked.connect(self._ask_folder)
        choice.changed.connect(self._show)
        self._show()
        choice.look()

    def _dim(self) -> QLabel:
        label = QLabel(wordWrap=True)
        label.setObjectName("dim")
        return label

    def _build(self) -> None:
        where = QHBoxLayout()
        where.addWidget(self.folder, 1)
        where.addWidget(self.change)
        form = QFormLayout()
        form.setSpacing(8)
        form.addRow("Video", self.codec)
        form.addRow("", self.told)
        form.addRow("Rate", self.rate)
        form.addRow("Folder", where)
        form.addRow("", self.room)
        for name, widget in {"Video": self.codec, "Rate": self.rate, "Folder": self.change}.items():
            widget.setAccessibleName(name)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addLayout(form)
        layout.addWidget(buttons)
        self.setMinimumWidth(WIDTH)

    def _choose(self, _index: int) -> None:
        self._choice.choose(codec=self.codec.currentData(), fps=self.rate.currentData())

    def _ask_folder(self) -> None:
        now = self._choice.settings.folder
        begin = now if now.is_dir() else Path.home()
        answer = QFileDialog.getExistingDirectory(self, "Folder for sessions", str(begin))
        if answer:
            self._choice.choose(folder=Path(answer))

    def _show(self) -> None:
        settings, room = self._choice.settings, self._choice.room
        self.codec.setCurrentIndex(self.codec.findData(settings.codec))
        self.rate.setCurrentIndex(self.rate.findData(settings.fps))
        self.told.setText(CODECS[settings.codec][1])
        self.folder.setText(shortened_path(settings.folder))
        self.folder.setToolTip(str(settings.folder))
        self.room.setText(room.sentence() or "How much is free there is not known.")
        theme.set_state(self.room, "warning" if room.is_low else "")
