"""A source played in real time through an engine, each picture handed on as soon as it is there.

    each 1/fps   take.at(now) -> Engine.submit
    when ready   Engine.collect -> Pictures -> `hand_on`

The pipeline is kept full, so that the next face is drawn while this one is inferred. Nothing is made up for: where the
engine does not keep up, the face of now is drawn next and those between are never asked for.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from gpu_core.expression import Expression
from gpu_core.settings import FrameRequest, View
from viewer.streams.pictures import Arrived, Pictures

if TYPE_CHECKING:
    from gpu_core.engine import Engine

_GENERATED = frozenset({View.GENERATED})
LOOK_S = 0.1  # how long it waits at most before it looks around: after an error a GPU calls nobody


class Clock:
    """The moments of one stream: multiples of a frame's time on time.monotonic's clock, which all processes share."""

    def __init__(self, fps: float, epoch_s: float = 0.0) -> None:
        self._fps = fps
        self._epoch_s = epoch_s

    def turn_to(self, fps: float) -> None:
        """Go at another rate; the source stays where it is."""
        self._fps = fps

    def newest(self, now_s: float) -> int:
        """The number of the newest moment that has come."""
        return math.floor(now_s * self._fps + 1e-6)

    def at_s(self, moment: int) -> float:
        """When a moment comes."""
        return moment / self._fps

    def source_s(self, moment: int, seconds: float) -> float:
        """Where a source of that length is by then; it begins anew when it ends."""
        if not self._epoch_s:
            self._epoch_s = self.at_s(moment)
        return self.place_s(self.at_s(moment), seconds)

    def place_s(self, now_s: float, seconds: float) -> float:
        """Where a source of that length is at a time on the clock; before it has begun, at its beginning."""
        return (now_s - self._epoch_s) % seconds if self._epoch_s else 0.0


class Player:
    """One stream's loop, on the engine's thread. `go_on` is asked in each turn."""

    def __init__(self, engine: Engine, face_at: Callable[[float], Expression], seconds: float, clock: Clock) -> None:
        self._engine, self._face_at, self._seconds, self._clock = engine, face_at, seconds, clock
        self._pictures = Pictures()
        self._asked: deque[float] = deque()  # the moments of what is in flight
        self._last = clock.newest(time.monotonic())  # moment that was asked for
        self._ready = threading.Event()
        engine.on_ready(self._ready.set)

    def run(self, go_on: Callable[[], bool], hand_on: Callable[[Arrived], object]) -> None:
        """Play until `go_on` says no; `hand_on` gets every picture, in order.

        Raises:
            MienError: the engine failed.
        """
        try:
            while go_on():
                self._ready.clear()
                self._hand_on(hand_on)
                if not self._ask_for_now():  # what infers nothing is ready as soon as it is asked for
                    self._wait()
        finally:
            self.close()

    def slow_to(self, fps: float) -> None:
        """Go at this rate from now on."""
        self._clock.turn_to(fps)
        self._last = self._clock.newest(time.monotonic())

    def _ask_for_now(self) -> bool:
        moment = self._clock.newest(time.monotonic())
        if moment == self._last or not self._engine.can_submit:
            return False
        self._last = moment
        face = self._face_at(self._clock.source_s(moment, self._seconds))
        self._engine.submit(FrameRequest((face,), _GENERATED, requested_ns=time.perf_counter_ns()))
        self._asked.append(self._clock.at_s(moment))
        return True

    def _hand_on(self, hand_on: Callable[[Arrived], object]) -> None:
        engine = self._engine
        for frame in engine.collect(wait=False):
            try:
                for arrived in self._pictures.take(engine, frame, self._asked.popleft()):
                    hand_on(arrived)
            finally:
                engine.recycle(frame)
        for arrived in self._pictures.arrived():
            hand_on(arrived)
        engine.late_stages()  # nobody wants them, but hearing them frees the GPU's events

    def _wait(self) -> None:
        """Until the next moment, unless a picture is ready before; without room, until one is."""
        next_s = self._clock.at_s(self._last + 1) - time.monotonic()
        self._ready.wait(min(next_s, LOOK_S) if next_s > 0.0 else LOOK_S)

    def close(self) -> None:
        """Let go of copies that are under way. The engine is its owner's."""
        self._engine.on_ready(lambda: None)
        self._pictures.close()
