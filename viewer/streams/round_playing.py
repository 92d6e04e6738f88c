"""One round of a measurement: so many faces for so long, as fast as they go, each picture read and encoded.

serial   one engine of one face, nothing beside it: every face is made, read and encoded before the next begins
full     an engine with its pipeline full, of as many faces as it has: a worker's one, or a batch's many
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gpu_core.expression import Expression
from gpu_core.settings import Frame, FrameRequest, View
from viewer.streams.pictures import Pictures
from viewer.streams.round_encoding import Encoders

if TYPE_CHECKING:
    from gpu_core.engine import Engine

PERFORMANCE = "talk"
RATE = 25.0  # frames a second that the performance is sampled at, whatever the speed
_APART_S = 1.7  # between two faces of a batch, so that no two look alike
_GENERATED = frozenset({View.GENERATED})
_LEAD = 0.25  # of a round, in which pipelines fill
Clock = Callable[[], float]


@dataclass(frozen=True)
class RoundPlayed:
    """What one process did in one round."""

    faces: float  # pictures that were read
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


def play_serial(engine: Engine, faces: int, seconds: float, encoders: Encoders) -> RoundPlayed:
    """`faces` streams, one face after another, until the time is up; the last turn is completed."""
    turns = Turns(seconds)
    for moment in turns:
        for face in range(faces):
            began_ns = time.perf_counter_ns()
            frame = engine.render(_request(moment, 1, first=face))
            encoders.offer(face, engine.read(frame, View.GENERATED))
            engine.recycle(frame)
            turns.note(1, began_ns)
    return turns.played()


def play_full(engine: Engine, seconds: float, encoders: Encoders, *, first: int = 0) -> RoundPlayed:
    """All the engine's faces with its pipeline full until the time is up; what is in flight then is completed."""
    faces = engine.settings.faces
    pictures = [Pictures(face) for face in range(faces)]
    turns = Turns(seconds)
    for moment in turns:
        engine.submit(_request(moment, faces, first=first))
        for frame in engine.collect(wait=not engine.can_submit):
            _take(engine, frame, pictures, encoders, turns)
    while engine.in_flight:
        for frame in engine.collect(wait=True):
            _take(engine, frame, pictures, encoders, turns)
    for one in pictures:
        for _ in one.arrived(wait=True):
            pass
        one.close()
    return turns.played()


def _take(engine: Engine, frame: Frame, pictures: Sequence[Pictures], encoders: Encoders, turns: Turns) -> None:
    for face, one in enumerate(pictures):
        for arrived in one.take(engine, frame, 0.0):
            encoders.offer(face, arrived.pixels)
    engine.recycle(frame)
    engine.late_stages()  # hearing them frees the GPU's events
    turns.note(len(pictures), frame.submitted_ns)


def _request(moment: int, faces: int, *, first: int) -> FrameRequest:
    told = (face_at(moment / RATE + _APART_S * (first + face)) for face in range(faces))
    return FrameRequest(tuple(told), _GENERATED, requested_ns=time.perf_counter_ns())


class Turns:
    """Counts moments until the time is up, and what was read meanwhile.

    What counts is a span that all processes of a round have in common, without its beginning, in which pipelines fill.
    A batch across one of the span's ends counts by its share of time.
    """

    def __init__(self, seconds: float, *, clock: Clock = time.perf_counter, cores: Clock = time.process_time) -> None:
        self._clock, self._cores = clock, cores
        self._marks = [_Mark(clock(), cores(), 0)]
        self._begin_s = self._marks[0].at_s + _LEAD * seconds
        self._end_s = self._marks[0].at_s + seconds
        self._latency_ms: list[float] = []

    def __iter__(self) -> Iterator[int]:
        moment = 0
        while moment == 0 or self._clock() < self._end_s:
            yield moment
            moment += 1

    def note(self, faces: int, began_ns: int) -> None:
        """So many pictures are read; `began_ns` is on time.perf_counter_ns()'s clock."""
        now_s = self._clock()
        if self._begin_s <= now_s or not self._latency_ms:
            self._latency_ms.append(1e3 * now_s - began_ns / 1e6)
        self._marks.append(_Mark(now_s, self._cores(), self._marks[-1].faces + faces))

    def played(self) -> RoundPlayed:
        """All of it; where nothing was read within the span, the time until something was counts instead."""
        times, cores, faces = zip(*self._marks, strict=True)
        end_s = min(max(self._end_s, times[min(1, len(times) - 1)]), times[-1])
        begin_s = self._begin_s if self._begin_s < end_s else times[0]
        ends = (begin_s, end_s)
        read, core_s = np.diff(np.interp(ends, times, faces)), np.diff(np.interp(ends, times, cores))
        return RoundPlayed(float(read[0]), end_s - begin_s, float(core_s[0]), tuple(self._latency_ms))


class _Mark(NamedTuple):
    """A moment at which pictures had been read."""

    at_s: float
    core_s: float
    faces: int  # since the round began
