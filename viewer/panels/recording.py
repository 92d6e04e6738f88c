"""The recording panel: the button, the time, and the folder that sessions go to."""

from __future__ import annotations

from pathlib import Path

import qtawesome
from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from viewer import theme
from viewer.sessions.recording import Recording
from viewer.viewer_model import ViewerModel


class RecordingPanel(QWidget):
    """Shows what the recorder does. `toggled` asks for a start or an end."""

    toggled = Signal()

    def __init__(self, model: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.button = QPushButton("Record")
        self.button.setObjectName("record")
        self.button.setCheckable(True)
        self.button.setToolTip("Start or end a recording (R)")
        self.button.clicked.connect(self.toggled)
        self.time = QLabel()
        self.time.setFont(theme.figures())
        self.folder = QPushButton(qtawesome.icon("mdi6.folder-open-outline", color=theme.TEXT), "")
        self.folder.setToolTip("Open the folder of the last recording")
        self.folder.clicked.connect(self.open_folder)
        self.where = QLabel(wordWrap=True)
        self.where.setObjectName("dim")
        self.setMinimumWidth(232)  # or the sentence below the button would need a third line
        self._path = ""
        row = QHBoxLayout()
        for widget, stretch in ((self.button, 0), (self.time, 1), (self.folder, 0)):
            row.addWidget(widget, stretch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self.where)
        model.recording_changed.connect(self._show)
        self._show(model.recording)

    def open_folder(self) -> None:
        """Show the last recording in the desktop's file browser."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._path))

    def _show(self, recording: Recording) -> None:
        self._path = recording.folder
        self.button.setChecked(recording.running)
        self.button.setText("Stop" if recording.running else "Record")
        minutes, seconds = divmod(recording.seconds, 60)
        self.time.setText(f"{int(minutes):02d}:{seconds:04.1f} · {recording.frames} frames" if recording.folder else "")
        self.folder.setVisible(bool(recording.folder) and not recording.running)
        self.where.setText(_told(recording))
        dropped = "\nDropped: not in the video, for encoding was behind; in the track all the same"
        self.where.setToolTip(recording.folder + (dropped if recording.dropped else ""))


def _told(recording: Recording) -> str:
    if not recording.folder:
        return "Every frame shown goes into a folder: video, exact expressions, timings."
    dropped = f"{recording.dropped} dropped" if recording.dropped else ""
    if not recording.running:
        return " · ".join(filter(None, (_shortened(recording.folder), dropped)))
    if not recording.encode_ms:
        return _shortened(recording.folder)
    cost = f"Costs {recording.record_ms:.1f} ms a frame, and {recording.encode_ms:.1f} ms beside it to encode"
    return "; ".join(filter(None, (cost, dropped)))


def _shortened(folder: str) -> str:
    """A path as people read it: with ~ for the home folder."""
    path = Path(folder)
    return f"~/{path.relative_to(Path.home())}" if path.is_relative_to(Path.home()) else folder
