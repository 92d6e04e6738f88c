"""One round of a measurement: so many faces for so long, as fast as they go, each picture read as a stream reads it.

    serial   one engine of one face, nothing in flight beside it: every face is made and read before the next begins
    full     an engine with its pipeline full, of as many faces as it has: a worker's one, or a batch's many
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpu_core.expression import Expression
from gpu_core.settings import Frame, FrameRequest, View

if TYPE_CHECKING:
    from gpu_core.engine import Engine

PERFORMANCE = "talk"
RATE = 25.0  # frames a second that the performance is sampled at, whatever the speed
_APART_S = 1.7  # between two faces of a batch, so that no two look alike
_GENERATED = frozenset({View.GENERATED})
FaceAt = Callable[[float], Expression]


@dataclass(frozen=True)
class RoundPlayed:
    """What one process did in one round."""

    faces: int  # pictures that were read
    wall_s: float  # until the last of them
    core_s: float  # processor time of the process
    latency_ms: tuple[float, ...]  # of every batch: handed in -> read
    memory_mb: float = 0.0  # resident

    @property
    def faces_per_s(self) -> float:
        """Pictures a second."""
        return self.faces / self.wall_s if self.wall_s else 0.0


def face_at(seconds: float) -> Expression:
    """The performance that is played, which begins anew when it ends."""
    from viewer.performance.builtin import BUILTIN

    performance = BUILTIN[PERFORMANCE]
    return performance.at(seconds % performance.duration_s)


def play_serial(engine: Engine, faces: int, seconds: float) -> RoundPlayed:
    """`faces` streams, one face after another, until the time is up; the last turn is completed."""
    turns = _Turns(seconds)
    for moment in turns:
        for face in range(faces):
            began_ns = time.perf_counter_ns()
            frame = engine.render(_request(moment, 1, first=face))
            engine.read(frame, View.GENERATED)
            engine.recycle(frame)
            turns.note(1, began_ns)
    return turns.played()


def play_full(engine: Engine, seconds: float, *, first: int = 0) -> RoundPlayed:
    """All the engine's faces with its pipeline full until the time is up; what is in flight then is completed."""
    faces = engine.settings.faces
    turns = _Turns(seconds)
    for moment in turns:
        engine.submit(_request(moment, faces, first=first))
        for frame in engine.collect(wait=not engine.can_submit):
            _take(engine, frame, turns)
    while engine.in_flight:
        for frame in engine.collect(wait=True):
            _take(engine, frame, turns)
    return turns.played()


def _take(engine: Engine, frame: Frame, turns: _Turns) -> None:
    faces = len(frame.pictures[View.GENERATED])
    for face in range(faces):
        engine.read(frame, View.GENERATED, face)
    engine.recycle(frame)
    turns.note(faces, frame.submitted_ns)


def _request(moment: int, faces: int, *, first: int) -> FrameRequest:
    told = (face_at(moment / RATE + _APART_S * (first + face)) for face in range(faces))
    return FrameRequest(tuple(told), _GENERATED, requested_ns=time.perf_counter_ns())


class _Turns:
    """Counts moments until the time is up, and what was done meanwhile."""

    def __init__(self, seconds: float) -> None:
        self._wall, self._core = time.perf_counter(), time.process_time()
        self._end = self._wall + seconds
        self._last = self._wall
        self._faces = 0
        self._latency_ms: list[float] = []

    def __iter__(self) -> Iterator[int]:
        moment = 0
        while moment == 0 or time.perf_counter() < self._end:
            yield moment
            moment += 1

    def note(self, faces: int, began_ns: int) -> None:
        """So many pictures are read."""
        self._last = time.perf_counter()
        self._faces += faces
        self._latency_ms.append(1e3 * self._last - began_ns / 1e6)

    def played(self) -> RoundPlayed:
        """All of it."""
        core_s = time.process_time() - self._core
        return RoundPlayed(self._faces, self._last - self._wall, core_s, tuple(self._latency_ms))
