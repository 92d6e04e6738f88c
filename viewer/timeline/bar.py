"""The row above the timeline: play, record, loop, where the playhead is, rate and length, and what is shown."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

import qtawesome
from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from viewer import theme
from viewer.performance.editing import with_duration
from viewer.performance.keyframes import LONGEST_S, TimelineError
from viewer.takes.key_recording import KeyRecording
from viewer.timeline.model import TimelineModel
from viewer.timeline.sheet import TimelineSheet
from viewer.timeline.tools import TimelineTools
from viewer.timeline.transport import TimelineTransport
from viewer.viewer_model import ViewerModel

RATES = (24, 25, 30, 48, 50, 60, 90, 100, 120)
_PLAY_TIPS = {True: "Pause (Space)", False: "Play the timeline (Space, once it is chosen)"}
_ICONS = {True: "mdi6.pause", False: "mdi6.play"}
RECORD_TIP = "Record keys live: plays the timeline, what the hand moves meanwhile becomes keys (Shift+K)"
AUTO_TIP = "Auto-key: while the timeline stands, whatever the hand moves gets a key at the playhead (Ctrl+Shift+K)"
ROOMY_PX = 780
LEAST_S = 0.1  # of a timeline that somebody types


class TimelineBar(QWidget):
    """Edits rate and length, moves the playhead, and says how the sheet looks."""

    def __init__(
        self, model: ViewerModel, timeline: TimelineModel, sheet: TimelineSheet, tools: TimelineTools,
        transport: TimelineTransport, keys: KeyRecording, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._model, self._timeline, self._sheet, self._tools = model, timeline, sheet, tools
        self._transport, self._keys = transport, keys
        self._shows_playing = False
        self.begin = _button("mdi6.skip-backward", "To the beginning (Home)")
        self.play = _button(_ICONS[False], _PLAY_TIPS[False])
        self._icons = {on: qtawesome.icon(name, color=theme.TEXT) for on, name in _ICONS.items()}
        self.loop = _button("mdi6.repeat", "Loop; Shift and drag in the ruler, or I and O: only a part", checkable=True)
        self.record = _button("mdi6.record", RECORD_TIP, checkable=True, colour=theme.RECORD)
        self.auto = _button("mdi6.key-plus", AUTO_TIP, checkable=True)
        self.key = _button("mdi6.rhombus", "Set keys at the playhead for what has changed (K)")
        self.position = _field(78, "Where the playhead is: minutes:seconds, seconds (3.2 s) or a frame (96 f)")
        self.length = _field(78, "How long the timeline is: seconds, minutes:seconds, or frames (300 f)")
        self.rate = _rates()
        self.snap = _button("mdi6.magnet", "Snap to frames (S); Alt while dragging: the other way", checkable=True)
        self.curves = _button("mdi6.chart-bell-curve-cumulative", "Curves of the chosen tracks (C)", checkable=True)
        self.all = _button("mdi6.format-list-bulleted", "Show the tracks without keys too", checkable=True)
        self.fit = _button("mdi6.arrow-expand-horizontal", "Show the whole timeline (A)")
        self.search = QLineEdit(placeholderText="Find a track")
        self._build()
        self._connect()
        self._show_playhead(sheet.playhead_s)
        self._show()

    def _build(self) -> None:
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(170)
        self.search.setMinimumWidth(90)
        self.search.setToolTip("Finds tracks by their plain or ARKit name, or by their group")
        self.search.setAccessibleName("Find a track")
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(8, 4, 8, 4)
        self.row.setSpacing(4)
        self._place(self.begin, self.play, self.loop)
        self.row.addSpacing(8)
        self._place(self.record, self.auto, self.key)
        self.row.addSpacing(8)
        of, at = _word("of"), _word("at")
        self._spare = (self.search, of, at)
        self._place(self.position, of, self.length, at, self.rate)
        self.row.addStretch(1)
        self._place(self.search, self.all, self.curves, self.snap, self.fit)

    def _place(self, *widgets: QWidget) -> None:
        for widget in widgets:
            self.row.addWidget(widget)

    def minimumSizeHint(self) -> QSize:
        """Qt: without what can be left out."""
        hint = super().minimumSizeHint()
        shown = [widget.minimumSizeHint().width() for widget in self._spare if widget.isVisible()]
        return QSize(hint.width() - sum(shown) - len(shown) * self.row.spacing(), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: where there is little room, the search and the words go."""
        super().resizeEvent(event)
        for widget in self._spare:
            widget.setVisible(self.width() >= ROOMY_PX)

    def _connect(self) -> None:
        sheet = self._sheet
        self.begin.clicked.connect(partial(self._tools.go, 0.0))
        self.play.clicked.connect(self._transport.toggle)
        self.loop.clicked.connect(self._set_loop)
        self.record.toggled.connect(self._keys.set_recording)
        self.auto.toggled.connect(self._keys.set_auto)
        self.key.clicked.connect(self._tools.key_changed)
        self._keys.changed.connect(self._show)
        self.position.editingFinished.connect(self._go)
        self.length.editingFinished.connect(self._lengthen)
        self.rate.activated.connect(self._set_rate)
        self.snap.toggled.connect(sheet.set_snaps)
        self.curves.toggled.connect(sheet.show_curves)
        self.all.toggled.connect(sheet.show_all)
        self.fit.clicked.connect(sheet.fit)
        self.search.textChanged.connect(sheet.find)
        sheet.changed.connect(self._show)
        sheet.playhead_moved.connect(self._show_playhead)
        self._timeline.changed.connect(self._show)
        self._model.playback_changed.connect(self._show)

    # -- what the user does ------------------------------------------------------------------------------------------
    def _set_loop(self, wanted: bool) -> None:
        self._model.set_playback(replace(self._model.playback, loop=wanted))

    def _go(self) -> None:
        time_s = typed_time(self.position.text(), self._timeline.timeline.fps)
        if time_s is not None and self.position.isModified():
            self._sheet.move_playhead(time_s, snaps=False)
        self._show_playhead(self._sheet.playhead_s)

    def _lengthen(self) -> None:
        timeline = self._timeline.timeline
        duration_s = typed_time(self.length.text(), timeline.fps)
        if duration_s is not None and self.length.isModified():
            duration_s = min(max(duration_s, LEAST_S), LONGEST_S)
            self._tools.change(with_duration(timeline, duration_s), f"Length {duration_s:g} s")
        self._show()

    def _set_rate(self, _index: int) -> None:
        found = re.match(r"\s*(\d+(?:[.,]\d+)?)", self.rate.currentText())
        fps = float(found[1].replace(",", ".")) if found else 0.0
        self.rate.clearFocus()
        try:
            self._timeline.set_fps(fps)
        except TimelineError as error:
            self._model.post(str(error), "warning")
        self._show()

    # -- what is shown -----------------------------------------------------------------------------------------------
    def _show(self, _what: object = None) -> None:
        timeline = self._timeline.timeline
        playing = self._model.playback.playing and self._model.playback.name == timeline.key
        if playing != self._shows_playing:
            self._shows_playing = playing
            self.play.setIcon(self._icons[playing])
            self.play.setToolTip(_PLAY_TIPS[playing])
        for button, is_on in self._states().items():
            with QSignalBlocker(button):
                button.setChecked(is_on)
        _put(self.length, told_time(timeline.duration_s))
        text = f"{timeline.fps:g} fps"
        if self.rate.currentText() != text and not self.rate.hasFocus():
            self.rate.setCurrentText(text)

    def _show_playhead(self, time_s: float) -> None:
        _put(self.position, told_time(time_s))

    def _states(self) -> dict[QToolButton, bool]:
        sheet, keys = self._sheet, self._keys
        return {
            self.snap: sheet.snaps, self.curves: sheet.shows_curves, self.all: sheet.shows_all,
            self.loop: self._model.playback.loop, self.record: keys.is_recording, self.auto: keys.is_auto,
        }  # fmt: skip


def told_time(time_s: float) -> str:
    """A moment as the fields show it: 0:03.250."""
    thousandths = round(time_s * 1000)
    return f"{thousandths // 60_000}:{thousandths // 1000 % 60:02d}.{thousandths % 1000:03d}"


def typed_time(text: str, fps: float) -> float | None:
    """Seconds out of "1:03.5", "63.5", "63.5 s" or "1905 f" (frames); None if it is none of them."""
    text = text.strip().lower().replace(",", ".")
    found = re.fullmatch(r"(\d{1,9}) ?f(?:rames?)?", text)
    if found:
        return float(found[1]) / fps
    found = re.fullmatch(r"(?:(\d{1,6}):)?(\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})(?: ?s)?", text)
    return float(found[1] or 0) * 60 + float(found[2]) if found else None


def _put(field: QLineEdit, text: str) -> None:
    """Show a text, unless somebody is typing another."""
    if field.text() != text and not (field.hasFocus() and field.isModified()):
        field.setText(text)


def _word(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("dim")
    return label


def _button(icon: str, tip: str, *, checkable: bool = False, colour: str = theme.ACCENT) -> QToolButton:
    button = QToolButton()
    button.setIcon(qtawesome.icon(icon, color=colour if colour == theme.RECORD else theme.TEXT, color_on=colour))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setCheckable(checkable)
    button.setObjectName("tool")
    return button


def _field(width_px: int, tip: str) -> QLineEdit:
    field = QLineEdit()
    field.setFont(theme.figures(theme.SMALL_PX))
    field.setFixedWidth(width_px)
    field.setAlignment(Qt.AlignmentFlag.AlignRight)
    field.setToolTip(tip)
    field.setAccessibleName(tip)
    return field


def _rates() -> QComboBox:
    box = QComboBox()
    box.addItems([f"{rate} fps" for rate in RATES])
    box.setEditable(True)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.setFixedWidth(92)
    box.setToolTip("Frames a second, 24 to 120: what keys snap to. Keys stay where they are")
    box.setAccessibleName("Frames a second")
    return box
