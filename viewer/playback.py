"""Plays performances: the bridge from expressions over time to the model. It ticks only while something plays."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer

from gpu_core.settings import EngineSettings
from viewer.performance.builtin import Performance
from viewer.view_values import Playback
from viewer.viewer_model import ViewerModel

TICK_MS = 16  # 60 Hz at most: no screen shows more
# A full pipeline and one request that waits keep the engine busy; more would only be dropped ...
WAITING = 1
# ... unless what was asked for never comes, because it was on the screen already.
PATIENCE_S = 0.25


class PlaybackClock(QObject):
    """Follows the model's playback and poses the face while it plays. It keeps the time, the performances do not."""

    def __init__(self, model: ViewerModel, performances: Mapping[str, Performance]) -> None:
        super().__init__(model)
        self._model, self._performances = model, performances
        self._position_s = 0.0
        self._ticked_s = 0.0
        self._posed_s = 0.0
        self._told = model.playback
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        model.playback_changed.connect(self._on_playback)
        model.refreshed.connect(self._tell_position)

    @property
    def is_ticking(self) -> bool:
        """Whether the timer runs."""
        return self._timer.isActive()

    def _on_playback(self, playback: Playback) -> None:
        if playback == self._told:
            return  # our own word
        chosen = playback.name != self._told.name
        moved = playback.position_s != self._told.position_s
        self._told = playback
        if chosen and playback.name in self._performances:
            duration_s = self._performances[playback.name].duration_s
            self._position_s = 0.0
            self._tell(replace(playback, duration_s=duration_s, position_s=0.0))
        elif moved:
            self._position_s = playback.position_s
        if (chosen or moved) and not playback.playing:
            self._pose()
        self._run(self._told)

    def _run(self, playback: Playback) -> None:
        if not playback.playing:
            self._timer.stop()
        elif playback.name not in self._performances:
            self._tell(replace(playback, playing=False))
        elif not self._timer.isActive():
            if self._position_s >= playback.duration_s:
                self._position_s = 0.0
            self._ticked_s = time.perf_counter()
            self._timer.start()
            self._pose()

    def _tick(self) -> None:
        now_s = time.perf_counter()
        self._position_s += now_s - self._ticked_s
        self._ticked_s = now_s
        playback = self._model.playback
        ended = self._position_s >= playback.duration_s
        if ended:
            self._position_s = self._position_s % playback.duration_s if playback.loop else playback.duration_s
        if ended or self._model.outstanding < self._enough or now_s - self._posed_s > PATIENCE_S:
            self._pose()
        if ended and not playback.loop:
            self._timer.stop()
            self._tell(replace(playback, playing=False, position_s=self._position_s))

    @property
    def _enough(self) -> int:
        engine = self._model.engine
        return WAITING + (engine.settings.depth if engine is not None else EngineSettings().depth)

    def _tell_position(self) -> None:
        if self._timer.isActive():
            self._tell(replace(self._model.playback, position_s=self._position_s))

    def _pose(self) -> None:
        self._posed_s = time.perf_counter()
        performance = self._performances.get(self._model.playback.name)
        if performance is not None:
            self._model.edit(performance.at(self._position_s), by_hand=False)

    def _tell(self, playback: Playback) -> None:
        self._told = playback
        self._model.set_playback(playback)
