"""Plays performances: the bridge from expressions over time to the model. It ticks only while something plays.

A performance may change while it plays, or stands: `refresh` shows it anew. Where a performance sounds, the picture
follows what is heard; else, and where there is no device, the monotonic clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from gpu_core.expression import Expression
from gpu_core.settings import EngineSettings
from viewer.edit_history import what_moved
from viewer.performance.builtin import Performance
from viewer.takes.face_channels import with_channels
from viewer.view_values import Playback
from viewer.viewer_model import ViewerModel

TICK_MS = 16  # 60 Hz at most: no screen shows more
# A full pipeline and one request that waits keep the engine busy; more would only be dropped ...
WAITING = 1
# ... unless what was asked for never comes, because it was on the screen already.
PATIENCE_S = 0.25
QUIET_S = 0.1  # the position is told at least so often while it plays, also where nothing moves and no frame comes
SHORTEST_LOOP_S = 0.02  # of a part: half of a frame at 24 a second


class Sounding(Protocol):
    """What is to be heard of performances. See `viewer.sound.performance_sound`."""

    def play(self, performance: Performance, from_s: float) -> None:
        """Let a performance be heard from there on, if it sounds."""

    def stop(self) -> None:
        """Fall silent."""

    @property
    def position_s(self) -> float | None:
        """What is heard now, seconds into the performance; None: nothing."""


class PlaybackClock(QObject):
    """Follows the model's playback and poses the face while it plays. It keeps the time, the performances do not.

    `overlay` may change a face before it is shown: a hand that holds a slider while the rest plays. `sounding` is
    what plays the sound of performances that have one.
    """

    ticked = Signal(float)  # seconds into the performance, while it plays, after the face was posed

    def __init__(
        self, model: ViewerModel, performances: Mapping[str, Performance], *,
        now_s: Callable[[], float] = time.perf_counter,
    ) -> None:  # fmt: skip
        super().__init__(model)
        self._now_s = now_s
        self._model, self._performances = model, performances
        self._position_s = 0.0
        self._ticked_s = 0.0
        self._posed_s = 0.0
        self._told_s = 0.0
        self._told = model.playback
        self._posed: Expression | None = None  # what the performance last showed, without the overlay
        self.overlay: Callable[[Expression], Expression] | None = None
        self.sounding: Sounding | None = None
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)
        model.playback_changed.connect(self._on_playback)
        model.refreshed.connect(self._tell_position)

    @property
    def is_ticking(self) -> bool:
        """Whether the timer runs."""
        return self._timer.isActive()

    @property
    def position_s(self) -> float:
        """How far it is now, in seconds into the performance: between two ticks as well."""
        if not self._timer.isActive():
            return self._position_s
        return min(self._reached(self._now_s()), self._model.playback.duration_s)

    def refresh(self) -> None:
        """The performance has become another: show it. What a hand has moved since it was shown stays as it is."""
        playback = self._model.playback
        performance = self._performances.get(playback.name)
        if performance is None:
            return
        if playback.duration_s != performance.duration_s:
            self._position_s = min(self._position_s, performance.duration_s)
            self._tell(replace(playback, duration_s=performance.duration_s, position_s=self._position_s))
        if not playback.playing:
            self._pose(keeping=True)
        elif self._timer.isActive():
            self._sound()

    def _on_playback(self, playback: Playback) -> None:
        if playback == self._told:
            return  # our own word
        chosen = playback.name != self._told.name
        moved = playback.position_s != self._told.position_s
        known_range = self._told.loop_range
        self._told = playback
        if chosen and playback.name in self._performances:
            duration_s = self._performances[playback.name].duration_s
            self._position_s = min(playback.position_s, duration_s) if moved else 0.0
            part = playback.loop_range if playback.loop_range != known_range else None
            self._tell(replace(playback, duration_s=duration_s, position_s=self._position_s, loop_range=part))
        elif moved:
            self._position_s = playback.position_s
        if (chosen or moved) and not playback.playing:
            self._pose()
        if (chosen or moved) and self._timer.isActive():
            self._sound()
        self._run(self._told)

    def _run(self, playback: Playback) -> None:
        if not playback.playing:
            if self._timer.isActive():
                self._halt()
                self._tell(replace(playback, position_s=self._position_s))
        elif playback.name not in self._performances:
            self._halt()
            self._tell(replace(playback, playing=False))
        elif not self._timer.isActive():
            start_s, end_s = loop_part(playback)
            if not start_s <= self._position_s < end_s:
                self._position_s = start_s
            self._ticked_s = self._now_s()
            self._timer.start()
            self._sound()
            self._pose()

    def _halt(self) -> None:
        self._timer.stop()
        if self.sounding is not None:
            self.sounding.stop()

    def _sound(self) -> None:
        """What plays is to be heard from where it is."""
        performance = self._performances.get(self._model.playback.name)
        if self.sounding is not None and performance is not None:
            self.sounding.play(performance, self._position_s)

    def _reached(self, now_s: float) -> float:
        """What is heard now, or how far it has come by the clock since the last tick."""
        heard_s = self.sounding.position_s if self.sounding is not None else None
        return heard_s if heard_s is not None else self._position_s + now_s - self._ticked_s

    def tick(self) -> None:
        """Go on to where it is now: called by a timer while it plays."""
        now_s = self._now_s()
        self._position_s = self._reached(now_s)
        self._ticked_s = now_s
        playback = self._model.playback
        start_s, end_s = loop_part(playback)
        ended = self._position_s >= end_s
        if ended:
            beyond = self._position_s - end_s
            self._position_s = start_s + beyond % (end_s - start_s) if playback.loop else end_s
            if playback.loop:
                self._sound()
        if ended or self._model.outstanding < self._enough or now_s - self._posed_s > PATIENCE_S:
            self._pose()
        self.ticked.emit(self._position_s)
        if now_s - self._told_s >= QUIET_S:
            self._tell_position()
        if ended and not playback.loop:
            self._halt()
            self._tell(replace(playback, playing=False, position_s=self._position_s))

    @property
    def _enough(self) -> int:
        return enough(self._model)

    def _tell_position(self) -> None:
        if self._timer.isActive():
            self._tell(replace(self._model.playback, position_s=self._position_s))

    def _pose(self, *, keeping: bool = False) -> None:
        self._posed_s = self._now_s()
        performance = self._performances.get(self._model.playback.name)
        if performance is None:
            return
        face, before = performance.at(self._position_s).clamped()[0], self._posed
        self._posed = face
        if keeping and before is not None:
            hand = self._model.expression
            face = with_channels(face, hand, what_moved(before, hand))
        self._model.edit(face if self.overlay is None else self.overlay(face), by_hand=False)

    def _tell(self, playback: Playback) -> None:
        self._told, self._told_s = playback, time.perf_counter()
        self._model.set_playback(playback)


def enough(model: ViewerModel) -> int:
    """How many requests under way keep the engine busy."""
    engine = model.engine
    return WAITING + (engine.settings.depth if engine is not None else EngineSettings().depth)


def loop_part(playback: Playback) -> tuple[float, float]:
    """From where to where it plays, in seconds: the part that is looped, else all of it."""
    if playback.loop and playback.loop_range is not None:
        start_s, end_s = max(playback.loop_range[0], 0.0), min(playback.loop_range[1], playback.duration_s)
        if end_s - start_s >= SHORTEST_LOOP_S:
            return start_s, end_s
    return 0.0, playback.duration_s
