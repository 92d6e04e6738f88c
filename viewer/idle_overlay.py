"""Idle life in the window: while nothing plays and no hand is at work, the face blinks, glances and breathes.

It is in the pictures only: the face that sliders, history and takes know stays as it is. Switched off, it costs
nothing; switched on, it asks for a picture whenever the engine has none to make.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from gpu_core.expression import Expression
from viewer.performance.idle import IdleLife
from viewer.performance.layers import LivingBeneath, overridden
from viewer.playback import PATIENCE_S, enough
from viewer.viewer_model import ViewerModel

TICK_MS = 33
AFTER_HAND_S = 1.0  # a hand that has just let go may go on
FADE_S = 0.4
KEY = "face/idle life"


@dataclass(frozen=True)
class _Still:
    """A face that stands, as a source."""

    face: Expression

    def at(self, _t: float) -> Expression:
        return self.face


def _buttons() -> bool:
    return QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton


class IdleOverlay(QObject):
    """Lives on the GUI thread. `memory` keeps whether it is on; None: off at first."""

    changed = Signal()  # is_on

    def __init__(
        self, model: ViewerModel, memory: QSettings | None = None, seed: int = 1,
        *, now_s: Callable[[], float] = time.monotonic, is_pressed: Callable[[], bool] = _buttons,
    ) -> None:  # fmt: skip
        super().__init__(model)
        self._model, self._memory, self._now_s, self._is_pressed = model, memory, now_s, is_pressed
        self.is_on = False
        self._life = IdleLife(seed)
        self._started_s = now_s()
        self._hand_s = float("-inf")  # when a hand, or a performance, last moved the face
        self._strength, self._stepped_s = 0.0, now_s()
        self._asked_s = float("-inf")
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self.tick)
        model.expression_changed.connect(self._on_face)
        if memory is not None and str(memory.value(KEY, "false")) == "true":
            self.set_on(True)

    def set_on(self, on: bool) -> None:
        """Let it live, or not."""
        if on == self.is_on:
            return
        self.is_on = on
        if self._memory is not None:
            self._memory.setValue(KEY, "true" if on else "false")
        self._strength, self._stepped_s = 0.0, self._now_s()
        if on:
            self._model.set_life(self._living)
            self._timer.start()
        else:
            self._timer.stop()
            self._model.set_life(None)
            self._model.show_life()
        self.changed.emit()

    def close(self) -> None:
        """No more of it. May be called twice."""
        self._timer.stop()
        self._model.set_life(None)

    def tick(self) -> None:
        """Ask for a picture, if one is due and the engine has none to make."""
        now_s = self._now_s()
        rests = not self._may_live(now_s)
        if self._model.playback.playing or (rests and self._strength == 0.0):
            return
        if self._model.outstanding < enough(self._model) or now_s - self._asked_s > PATIENCE_S:
            self._asked_s = now_s
            self._model.show_life()

    def _may_live(self, now_s: float) -> bool:
        is_busy = self._model.playback.playing or self._is_pressed()
        return not is_busy and now_s - self._hand_s > AFTER_HAND_S

    def _on_face(self, _face: object, _touched: object) -> None:
        self._hand_s = self._now_s()

    def _living(self, face: Expression) -> Expression:
        """The face with as much life as there is now; it comes and goes slowly."""
        now_s = self._now_s()
        step = (now_s - self._stepped_s) / FADE_S * (1 if self._may_live(now_s) else -1)
        self._strength, self._stepped_s = min(max(self._strength + step, 0.0), 1.0), now_s
        if self._strength == 0.0:
            return face
        living = LivingBeneath(_Still(face), self._life).at(now_s - self._started_s)
        return overridden(face, living, self._strength)
