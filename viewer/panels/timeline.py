"""The timeline panel: the row of its controls, and the sheet of keys and curves below."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from viewer.takes.key_recording import KeyRecording
from viewer.timeline.bar import TimelineBar
from viewer.timeline.model import TimelineModel
from viewer.timeline.sheet import TimelineSheet
from viewer.timeline.tools import TimelineTools
from viewer.timeline.transport import TimelineTransport
from viewer.timeline.view import TimelineView
from viewer.viewer_model import ViewerModel


class TimelinePanel(QWidget):
    """Edits the timeline."""

    def __init__(
        self, model: ViewerModel, timeline: TimelineModel, sheet: TimelineSheet, tools: TimelineTools,
        transport: TimelineTransport, keys: KeyRecording, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setObjectName("panel")
        self.bar = TimelineBar(model, timeline, sheet, tools, transport, keys)
        self.view = TimelineView(model, timeline, sheet, tools)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.view, 1)
