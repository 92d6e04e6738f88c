"""Sources played in real time through one engine, a face each: one request, one batch, every picture on its own.

    each 1/fps   face i: take_i.at(now)  -> one FrameRequest -> Engine.submit
    when ready   Engine.collect -> Pictures of face i -> `hand_on(i, ...)`

The pipeline is kept full, so that the next faces are drawn while these are inferred. A batch is as old as its slowest
part; all faces share the moments of one clock. Nothing is made up for: where the engine does not keep up, the face of
now is drawn next and those between are never asked for.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from gpu_core.expression import Expression
from gpu_core.settings import Frame, FrameRequest, View
from viewer.streams.pictures import Arrived, Pictures

if TYPE_CHECKING:
    from gpu_core.engine import Engine

_GENERATED = frozenset({View.GENERATED})
LOOK_S = 0.1  # how long it waits at most before it looks around: after an error a GPU calls nobody
Faces = Callable[[int], tuple[Expression, ...]]  # every face's expression at a moment of the clock
HandOn = Callable[[int, Arrived], object]  # which face, and its picture


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
    """The loop of one engine, on its thread. `clock` may be turned to another rate between two turns."""

    def __init__(self, engine: Engine, faces_at: Faces, clock: Clock) -> None:
        self._engine, self._faces_at, self.clock = engine, faces_at, clock
        self._pictures = [Pictures(face) for face in range(engine.settings.faces)]
        self._asked: deque[float] = deque()  # the moments of what is in flight
        self._last_s = time.monotonic()  # until when moments have been asked for
        self._ready = threading.Event()
        engine.on_ready(self._ready.set)

    def run(self, go_on: Callable[[], bool], hand_on: HandOn) -> None:
        """Play until `go_on` says no.

        Raises:
            MienError: the engine failed.
        """
        try:
            while go_on():
                self._ready.clear()
                self._collect(hand_on)
                if not self._ask_for_now():
                    self._wait()
        finally:
            self.close()

    def _ask_for_now(self) -> bool:
        moment = self.clock.newest(time.monotonic())
        at_s = self.clock.at_s(moment)
        if at_s <= self._last_s or not self._engine.can_submit:
            return False
        self._last_s = at_s
        faces = self._faces_at(moment)
        self._engine.submit(FrameRequest(faces, _GENERATED, requested_ns=time.perf_counter_ns()))
        self._asked.append(at_s)
        return True

    def _collect(self, hand_on: HandOn) -> None:
        engine = self._engine
        frames = engine.collect(wait=False)
        while frames:
            frame = frames.pop(0)
            try:
                self._take(frame, self._asked.popleft(), hand_on)
            except BaseException:
                for later in frames:
                    engine.recycle(later)
                raise
            finally:
                engine.recycle(frame)
        for face, pictures in enumerate(self._pictures):
            for arrived in pictures.arrived():
                hand_on(face, arrived)
        engine.late_stages()  # nobody wants them, but hearing them frees the GPU's events

    def _take(self, frame: Frame, at_s: float, hand_on: HandOn) -> None:
        for face, pictures in enumerate(self._pictures):
            for arrived in pictures.take(self._engine, frame, at_s):
                hand_on(face, arrived)

    def _wait(self) -> None:
        """Until the next moment, unless a batch is ready before; without room, until one is."""
        next_s = self.clock.at_s(self.clock.newest(self._last_s) + 1) - time.monotonic()
        self._ready.wait(min(next_s, LOOK_S) if next_s > 0.0 else LOOK_S)

    def close(self) -> None:
        """Let go of copies that are under way. The engine is its owner's."""
        self._engine.on_ready(lambda: None)
        for pictures in self._pictures:
            pictures.close()
