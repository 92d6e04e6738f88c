"""The performances panel: choose one, play, pause, loop, and see how far it has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import qtawesome
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QSlider, QToolButton, QVBoxLayout, QWidget

from viewer import theme
from viewer.view_values import Playback
from viewer.viewer_model import ViewerModel

STEPS_PER_S = 100
WIDEST_PX = 420  # of the choice, where the panel has the whole window's width


class PerformancesPanel(QWidget):
    """Sets the model's playback; `titles` are the performances by key, in the order of the menu."""

    def __init__(self, model: ViewerModel, titles: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._model = model
        self.choice = QComboBox()
        self.choice.setMaximumWidth(WIDEST_PX)
        for key, name in titles.items():
            self.choice.addItem(name, key)
        self.play = QToolButton()
        self.loop = QCheckBox("Loop")
        self.position = QSlider(Qt.Orientation.Horizontal)
        self.clock = QLabel()
        self.clock.setFont(theme.figures(theme.SMALL_PX))
        self.choice.setToolTip("What plays: a performance, the timeline, a take or a session that was opened")
        self.loop.setToolTip("Begin again at the end")
        self.position.setToolTip("Where it is; drag to scrub")
        for widget, name in ((self.choice, "Performance"), (self.position, "Position"), (self.play, "Play or pause")):
            widget.setAccessibleName(name)
        self._icons = {playing: qtawesome.icon(name, color=theme.TEXT) for playing, name in _ICONS.items()}
        self._build()
        self.choice.activated.connect(self._choose)
        self.play.clicked.connect(self._toggle)
        self.loop.toggled.connect(self._set_loop)
        self.position.sliderMoved.connect(self._scrub)
        model.playback_changed.connect(self._show)
        self._show(model.playback)

    def add(self, key: str, title: str) -> None:
        """Offer one more performance, or another one in place of what has its key."""
        place = self.choice.findData(key)
        if place < 0:
            self.choice.addItem(title, key)
        else:
            self.choice.setItemText(place, title)

    def _build(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.play)
        row.addWidget(self.choice, 1)
        row.addWidget(self.loop)
        row.addStretch(0)
        second = QHBoxLayout()
        second.addWidget(self.position, 1)
        second.addWidget(self.clock)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addLayout(second)
        layout.addStretch(1)

    def _choose(self, index: int) -> None:
        self._model.set_playback(replace(self._model.playback, name=self.choice.itemData(index), position_s=0.0))

    def _toggle(self) -> None:
        self._model.set_playback(replace(self._model.playback, playing=not self._model.playback.playing))

    def _set_loop(self, loop: bool) -> None:
        self._model.set_playback(replace(self._model.playback, loop=loop))

    def _scrub(self, value: int) -> None:
        self._model.set_playback(replace(self._model.playback, playing=False, position_s=value / STEPS_PER_S))

    def _show(self, _playback: Playback) -> None:
        playback = self._model.playback  # the newest: a slot before this one may have changed it again
        self.choice.setCurrentIndex(self.choice.findData(playback.name))
        self.play.setIcon(self._icons[playback.playing])
        self.play.setToolTip("Pause (Space)" if playback.playing else "Play (Space)")
        self.loop.setChecked(playback.loop)
        if not self.position.isSliderDown():
            self.position.setRange(0, round(playback.duration_s * STEPS_PER_S))
            self.position.setValue(round(playback.position_s * STEPS_PER_S))
        self.clock.setText(f"{_clock(playback.position_s)} / {_clock(playback.duration_s)}")


_ICONS = {True: "mdi6.pause", False: "mdi6.play"}


def _clock(seconds: float) -> str:
    return f"{int(seconds // 60):02d}:{seconds % 60:04.1f}"
