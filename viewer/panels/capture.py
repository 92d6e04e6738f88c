"""The capture panel: listen to phones and trackers, see who sends, let one of them drive the face."""

from __future__ import annotations

import math
from functools import partial

from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from viewer import theme
from viewer.capture.own_address import own_address
from viewer.capture.protocols import PROTOCOLS
from viewer.live.capture_adjustments import CaptureAdjustments
from viewer.live.capture_model import CaptureModel
from viewer.live.capture_sources import CaptureSources
from viewer.live.vmc_output import VmcOutput

OPEN_WARNING = "Open: anybody in this network can move the face."
NOTHING_ON = "Choose what to listen to. Phones reach this machine only if it is open to the network."
SOURCES_PX = 100
RECENT_S = 10.0


class CapturePanel(QScrollArea):
    """Shows the capture model and its output as VMC."""

    def __init__(self, capture: CaptureModel, output: VmcOutput, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._capture, self._output = capture, output
        self.listen = {key: self._listen_button(key) for key in PROTOCOLS}
        self.open = QCheckBox("Open to the network")
        self.open.setToolTip("Off: only programs on this machine are heard. None of these protocols knows a password")
        self.open.toggled.connect(lambda on: capture.set_open(is_open=on))
        self.phone = QLineEdit(placeholderText="Phone's address, for iFacialMocap")
        self.phone.setToolTip("iFacialMocap sends only to whom has greeted it: the address that the app shows")
        self.phone.returnPressed.connect(self._greet)
        self.hint = QLabel(wordWrap=True)
        self.sources = CaptureSources()
        self.sources.setFixedHeight(SOURCES_PX)
        self.sources.chosen.connect(capture.choose)
        self.drive = QCheckBox("Drive the face")
        self.drive.setToolTip("Off: listen only, and leave the face to sliders and performances")
        self.drive.toggled.connect(lambda on: capture.set_driving(drives=on))
        self.record = QPushButton("Record take")
        self.record.setObjectName("record")
        self.record.setCheckable(True)
        self.record.setToolTip("Keep every face as it is sent, as a take that can be played and edited as keys")
        self.record.clicked.connect(lambda on: capture.set_recording(on=on))
        self.let_go = QPushButton()
        self.let_go.setToolTip("Shapes that you have moved stay where they are: let capture move them again")
        self.let_go.clicked.connect(capture.let_go)
        self.state = QLabel(wordWrap=True)
        self.state.setToolTip("In brackets: from a packet's arrival until the engine has it; 95 % are quicker")
        self.adjustments = CaptureAdjustments(capture)
        self.send = QCheckBox("Send as VMC to")
        self.send.setToolTip("Send the face to an avatar's program (VSeeFace, Warudo, …) while it moves")
        self.send.clicked.connect(self._toggle_output)
        self.to = QLineEdit("127.0.0.1:39539")
        self.to.setAccessibleName("Address that VMC is sent to")
        self._build()
        for signal in (capture.changed, output.changed, capture.figures_changed):
            signal.connect(self._show)
        self._show()

    def _listen_button(self, key: str) -> QPushButton:
        protocol = PROTOCOLS[key]
        button = QPushButton(protocol.title)
        button.setCheckable(True)
        button.setToolTip(f"Listen for {protocol.title} on port {protocol.port} (UDP), or stop")
        button.clicked.connect(partial(self._toggle, key))
        return button

    def _build(self) -> None:
        self.setWidgetResizable(True)
        for label in (self.hint, self.state):
            label.setObjectName("dim")
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        grid = QGridLayout()
        grid.setSpacing(4)
        for index, button in enumerate(self.listen.values()):
            grid.addWidget(button, index // 2, index % 2)
        layout.addLayout(grid)
        layout.addWidget(self.open)
        layout.addWidget(self.phone)
        layout.addWidget(self.hint)
        layout.addWidget(self.sources)
        for widgets in ((self.drive, self.record), (self.let_go,)):
            row = QHBoxLayout()
            row.addWidget(widgets[0], 1)
            for widget in widgets[1:]:
                row.addWidget(widget)
            layout.addLayout(row)
        layout.addWidget(self.state)
        layout.addWidget(self.adjustments)
        row = QHBoxLayout()
        row.addWidget(self.send)
        row.addWidget(self.to, 1)
        layout.addLayout(row)
        layout.addStretch(1)
        self.setWidget(inside)

    # -- what is asked for -------------------------------------------------------------------------------------------
    def _toggle(self, key: str, _on: object = None) -> None:
        if self._capture.listens_to(key):
            self._capture.stop(key)
        else:
            self._listen(key)

    def _listen(self, key: str) -> None:
        self._capture.listen(key, phone=self.phone.text().strip() if PROTOCOLS[key].greeting else "")

    def _greet(self) -> None:
        self._listen("ifacialmocap")

    def _toggle_output(self, on: bool) -> None:
        if on:
            self._output.start(self.to.text())
        else:
            self._output.stop()

    # -- what is shown -----------------------------------------------------------------------------------------------
    def _show(self) -> None:
        capture = self._capture
        for key, button in self.listen.items():
            button.setChecked(capture.listens_to(key))
        for box, on in ((self.open, capture.is_open), (self.drive, capture.drives), (self.send, self._output.is_on)):
            box.setChecked(on)
        self.record.setChecked(capture.is_recording)
        self.record.setText("Stop and keep" if capture.is_recording else "Record take")
        self.record.setEnabled(capture.is_recording or any(map(capture.listens_to, PROTOCOLS)))
        self.let_go.setVisible(bool(capture.held))
        self.let_go.setText(f"Let go of {len(capture.held)} held by hand")
        sources = capture.sources()
        self.sources.show_sources(sources, capture.source)
        self.hint.setText(self._hint(bool(sources)))
        theme.set_state(self.hint, "warning" if capture.is_open else "")
        self.state.setText(self._told())
        theme.set_state(self.state, "warning" if capture.source is None and self._why_nothing() else "")

    def _hint(self, hears_somebody: bool) -> str:
        on = [key for key in PROTOCOLS if self._capture.listens_to(key)]
        warning = OPEN_WARNING if self._capture.is_open else ""
        if not on:
            return warning or NOTHING_ON
        if hears_somebody:
            return warning or "Only programs on this machine are heard."
        where = own_address() if self._capture.is_open else "127.0.0.1"
        ports = ", ".join(str(self._capture.port(key)) for key in on)
        return f"{warning} Nothing heard yet. Let the sender send to {where}, port {ports}.".strip()

    def _told(self) -> str:
        capture = self._capture
        if capture.source is None:
            return self._why_nothing() or "No face is heard."
        if not capture.drives:
            return f"{capture.source.subject} does not drive the face."
        if not capture.is_live:
            return "The face is at rest."
        delay = "" if math.isnan(capture.delay_ms) else f" ({capture.delay_ms:.1f} ms)"
        return f"{capture.source.subject} drives the face{delay}."

    def _why_nothing(self) -> str:
        told = next((one for one in self._capture.sources() if one.reason and one.age_s < RECENT_S), None)
        return f"Not understood, from {told.key.address[0]}: {told.reason}." if told else ""
