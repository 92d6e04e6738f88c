"""The field for a target: its secrets are masked as soon as it was entered, and kept nowhere but in memory."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from viewer import theme
from viewer.streaming.masking import unmasked
from viewer.streaming.redaction import redacted, target_problem

TIP = """Where each stream is pushed; {n} stands for its number. Empty: nowhere, to watch and to measure.
rtmp://host/app/face-{n}   rtmps://…   RTMP servers, video sites
rtsp://host:8554/face-{n}   RTSP servers
udp://host:{n}   MPEG-TS
folder/face-{n}.m3u8   HLS, pieces in a folder
face-{n}.mp4, .ts, .mkv   files
camera:   a virtual camera, one face
Keys and passwords are masked once they were entered, and never written to disk."""
LOST = "A masked part was changed: enter the whole address again"


class TargetField(QLineEdit):
    """`value` is what was entered, with its secrets; the text shows it without."""

    settled = Signal()  # another value

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value = self._masked = ""
        self.problem = ""
        self.setPlaceholderText("rtmp://host/live/face-{n}")
        self.setToolTip(TIP)
        self.setAccessibleName("Target, with {n} for the stream's number")
        self.editingFinished.connect(self.settle)
        self.textEdited.connect(lambda _text: theme.set_state(self, ""))

    def settle(self) -> str:
        """Take what stands there, mask it, and tell the whole value: once more is fine."""
        text = self.text().strip()
        if text == self._masked:
            return self._value
        whole = unmasked(text, self._value, self._masked)
        self.problem = LOST if whole is None else target_problem(whole)
        theme.set_state(self, "error" if self.problem else "")
        self._value = whole or ""
        self._masked = text if whole is None else redacted(whole)
        self.setText(self._masked)  # Qt: forgets what could be undone, so the secret does not come back by Ctrl+Z
        self.settled.emit()
        return self._value
