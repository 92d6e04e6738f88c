"""One round of a measurement: so many faces for so long, as fast as they go, each picture read as a stream reads it.

    serial   one engine of one face, nothing in flight beside it: every face is made and read before the next begins
    full     an engine with its pipeline full, of as many faces as it has: a worker's one, or a batch's many
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from gpu_core.expression import Expression
from gpu_core.settings import Frame, FrameRequest, View

if TYPE_CHECKING:
    from gpu_core.engine import Engine

PERFORMANCE = "talk"
RATE = 25.0  # frames a second that the performance is sampled at, whatever the speed
_APART_S = 1.7  # between two faces of a batch, so that no two look alike
_GENERATED = frozenset({View.GENERATED})
Clock = Callable[[], float]


@dataclass(frozen=True)
class RoundPlayed:
    """What one process did in one round."""

    faces: int  # pictures that were read
    wall_s: float  # in which they were
    core_s: float  # processor time of the process meanwhile
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
    turns = Turns(seconds)
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
    turns = Turns(seconds)
    for moment in turns:
        engine.submit(_request(moment, faces, first=first))
        for frame in engine.collect(wait=not engine.can_submit):
            _take(engine, frame, turns)
    while engine.in_flight:
        for frame in engine.collect(wait=True):
            _take(engine, frame, turns)
    return turns.played()


def _take(engine: Engine, frame: Frame, turns: Turns) -> None:
    faces = len(frame.pictures[View.GENERATED])
    for face in range(faces):
        engine.read(frame, View.GENERATED, face)
    engine.recycle(frame)
    turns.note(faces, frame.submitted_ns)


def _request(moment: int, faces: int, *, first: int) -> FrameRequest:
    told = (face_at(moment / RATE + _APART_S * (first + face)) for face in range(faces))
    return FrameRequest(tuple(told), _GENERATED, requested_ns=time.perf_counter_ns())


class Turns:
    """Counts moments until the time is up, and what was read meanwhile.

    What counts lies between the first and the last picture within the time: filling and emptying the pipeline does not,
    nor what is completed when others have ended already.
    """

    def __init__(self, seconds: float, *, clock: Clock = time.perf_counter, cores: Clock = time.process_time) -> None:
        self._clock, self._cores = clock, cores
        self._began = _Mark(clock(), cores(), 0)
        self._end_s = self._began.at_s + seconds
        self._marks: list[_Mark] = []
        self._latency_ms: list[float] = []

    def __iter__(self) -> Iterator[int]:
        moment = 0
        while moment == 0 or self._clock() < self._end_s:
            yield moment
            moment += 1

    def note(self, faces: int, began_ns: int) -> None:
        """So many pictures are read; `began_ns` is on time.perf_counter_ns()'s clock."""
        now_s, before = self._clock(), self._marks[-1].faces if self._marks else 0
        if now_s <= self._end_s or len(self._marks) < 2:
            self._marks.append(_Mark(now_s, self._cores(), before + faces))
            self._latency_ms.append(1e3 * now_s - began_ns / 1e6)

    def played(self) -> RoundPlayed:
        """All of it; nothing was read: 0."""
        first = self._marks[0] if len(self._marks) > 1 else self._began
        last = self._marks[-1] if self._marks else self._began
        return RoundPlayed(
            last.faces - first.faces, last.at_s - first.at_s, last.core_s - first.core_s, tuple(self._latency_ms)
        )


class _Mark(NamedTuple):
    """A moment at which pictures had been read."""

    at_s: float
    core_s: float
    faces: int  # since the round began
