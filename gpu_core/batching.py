"""Throughput first: many expressions through an engine with its pipeline full, several faces a batch.

For takes that are played ahead or rendered offline, where nobody waits for a single frame.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from gpu_core.errors import MienError
from gpu_core.expression import Expression
from gpu_core.settings import Frame, FrameRequest, View

if TYPE_CHECKING:
    from gpu_core.engine import Engine

ONLY_GENERATED = frozenset({View.GENERATED})


def play_through(
    engine: Engine, expressions: Iterable[Expression], *, views: frozenset[View] = ONLY_GENERATED
) -> Iterator[tuple[Frame, int]]:
    """Draw every expression in order, `settings.faces` a batch: yields each frame and how many of its faces count.

    The last batch is filled up with its last expression. While a frame is out, the batches after it are being made.
    The caller recycles every frame, at the latest before it asks for the second one after it. Left early, or after an
    error, what is in flight is given up.

    Raises:
        RuntimeError: something else is in flight, or frames were not recycled.
        MienError: a batch failed; the engine itself goes on.
    """
    if engine.in_flight:
        raise RuntimeError("something else is in flight: collect it first")
    counts: deque[int] = deque()
    try:
        for batch in in_batches(expressions, engine.settings.faces):
            while not engine.can_submit:
                yield from _collected(engine, counts, wait=True)
            engine.submit(_request(batch, engine.settings.faces, views))
            counts.append(len(batch))
            yield from _collected(engine, counts, wait=False)
        while engine.in_flight:
            yield from _collected(engine, counts, wait=True)
    finally:
        _give_up(engine)


def in_batches(expressions: Iterable[Expression], size: int) -> Iterator[tuple[Expression, ...]]:
    """Groups of `size` in order, the last one perhaps smaller; an iterable is read no further than needed."""
    source = iter(expressions)
    while batch := tuple(islice(source, size)):
        yield batch


def _request(batch: tuple[Expression, ...], faces: int, views: frozenset[View]) -> FrameRequest:
    padded = batch + batch[-1:] * (faces - len(batch))
    return FrameRequest(padded, views, requested_ns=time.perf_counter_ns())


def _collected(engine: Engine, counts: deque[int], *, wait: bool) -> Iterator[tuple[Frame, int]]:
    frames = engine.collect(wait=wait)
    if wait and not frames:
        raise RuntimeError("no set of textures is free: recycle the frames that were yielded")
    try:
        while frames:
            yield frames.pop(0), counts.popleft()
    finally:
        for frame in frames:
            engine.recycle(frame)


def _give_up(engine: Engine) -> None:
    """Finish and recycle what nobody will ask for; that it failed as well helps nobody."""
    while engine.in_flight:
        with suppress(MienError):
            for frame in engine.collect(wait=True):
                engine.recycle(frame)
