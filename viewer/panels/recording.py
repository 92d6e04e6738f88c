"""The recording panel: the button, how it goes, what it costs, and what the next one is to be."""

from __future__ import annotations

from pathlib import Path

import qtawesome
from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from viewer import theme
from viewer.filming.filming_choice import FilmingChoice, shortened_path
from viewer.filming.filming_dialog import CODECS, FilmingDialog
from viewer.sessions.disk_room import span
from viewer.sessions.recording import Recording
from viewer.viewer_model import ViewerModel


class RecordingPanel(QWidget):
    """Shows what the recorder does. `toggled` asks for a start or an end."""

    toggled = Signal()

    def __init__(self, model: ViewerModel, choice: FilmingChoice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._model, self._choice = model, choice
        self.button = QPushButton("Record")
        self.button.setObjectName("record")
        self.button.setCheckable(True)
        self.button.setToolTip("Start or end a recording (R)")
        self.button.clicked.connect(self.toggled)
        self.time = QLabel()
        self.time.setFont(theme.figures())
        self.time.setToolTip("Time and frames of the recording")
        self.folder = self._small("mdi6.folder-open-outline", "Open the folder of the last recording")
        self.folder.clicked.connect(self.open_folder)
        self.more = self._small("mdi6.dots-horizontal", "Codec, rate and folder of the next recording …")
        self.more.clicked.connect(self.ask)
        self.where = QLabel(wordWrap=True)
        self.where.setObjectName("dim")
        self.setMinimumWidth(232)  # or the sentence below the button would need a third line
        self._build()
        model.recording_changed.connect(self._show)
        choice.changed.connect(self._show)
        self._show()

    def _small(self, icon: str, tip: str) -> QPushButton:
        button = QPushButton(qtawesome.icon(icon, color=theme.TEXT), "")
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        return button

    def _build(self) -> None:
        row = QHBoxLayout()
        for widget, stretch in ((self.button, 0), (self.time, 1), (self.folder, 0), (self.more, 0)):
            row.addWidget(widget, stretch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self.where)
        layout.addStretch(1)

    def open_folder(self) -> None:
        """Show the last recording in the desktop's file browser."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._model.recording.folder))

    def ask(self) -> None:
        """Ask what the next recording is to be."""
        FilmingDialog(self._choice, self).open()

    def _show(self) -> None:
        recording = self._model.recording
        self.button.setChecked(recording.running)
        self.button.setText("Stop" if recording.running else "Record")
        minutes, seconds = divmod(recording.seconds, 60)
        self.time.setText(f"{int(minutes):02d}:{seconds:04.1f} · {recording.frames} f" if recording.folder else "")
        self.folder.setVisible(bool(recording.folder) and not recording.running)
        self.more.setEnabled(not recording.running)
        self.where.setText(self._told(recording))
        self.where.setToolTip("\n".join(_details(recording)) if recording.folder else str(self._choice.settings.folder))
        is_low = (recording.room if recording.running else self._choice.room).is_low
        theme.set_state(self.where, "warning" if is_low or recording.lost_rows else "")

    def _told(self, recording: Recording) -> str:
        """Two lines at most."""
        if recording.running:
            return _going(recording)
        if recording.folder:
            return " · ".join(filter(None, (shortened_path(Path(recording.folder)), *_missing(recording))))
        settings, room = self._choice.settings, self._choice.room
        what = f"Video, exact expressions, timings\n{CODECS[settings.codec][0]}, {settings.fps:g} fps"
        return f"{what} · disk nearly full: {room.sentence()}" if room.is_low else what


def _going(recording: Recording) -> str:
    missing = _missing(recording)
    if recording.room.is_low:
        return "; ".join((f"The disk is nearly full: {span(recording.room.left_s)} left", *missing))
    if not recording.encode_ms:
        return shortened_path(Path(recording.folder))
    cost = f"Costs {recording.record_ms:.1f} ms a frame, {recording.encode_ms:.1f} ms beside it"
    room = f"room for {span(recording.room.left_s)}" if recording.room.bytes_per_s else ""
    return "; ".join(filter(None, (cost, *missing, room)))


def _missing(recording: Recording) -> list[str]:
    dropped = [f"{recording.dropped} dropped"] * bool(recording.dropped)
    return dropped + [f"{recording.lost_rows} rows lost"] * bool(recording.lost_rows)


def _details(recording: Recording) -> list[str]:
    kept = "in the track all the same"
    lines = [recording.folder]
    if recording.encoder:
        lines.append(f"Encoded by {recording.encoder}")
    if room := recording.room.sentence():
        lines.append(room)
    if recording.skipped:
        lines.append(f"{recording.skipped} pictures came between two frames of the video; {kept}")
    if recording.dropped:
        lines.append(f"{recording.dropped} dropped: not in the video, for encoding was behind; {kept}")
    if recording.lost_rows:
        lines.append(f"{recording.lost_rows} rows lost: the disk was too slow")
    return lines
