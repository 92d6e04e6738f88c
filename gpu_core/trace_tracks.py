"""The tracks of a trace: spans of one track must not overlap, or a viewer leaves one of them out."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]  # start and end, nanoseconds

MOST_LANES = 8  # a pipeline is three deep: what needs more is a clock that jumped
_TID_STEP = 10
_NEWEST = 64  # spans of a lane: frames come nearly in order
# Clocks are compared to a microsecond (CUDA's events tell float32 milliseconds): so much of an overlap is rounding.
_ROUNDING_NS = 20_000


class Tracks:
    """Gives every span a track, and a second one where the first is taken. `name` is called for each new one."""

    def __init__(self, titles: Mapping[str, str], name: Callable[[int, str], None]) -> None:
        self._titles, self._name = dict(titles), name
        self._lanes: dict[str, list[list[Span]]] = {}  # each in order of time

    def place(self, track: str, span: Span) -> tuple[int, Span] | None:
        """The number of the track that has room, and the span as it fits there; None if all are taken."""
        lanes = self._lanes.setdefault(track, [])
        for number, lane in enumerate(lanes):
            fitted = _fit(span, lane)
            if fitted is not None:
                insort(lane, fitted)
                del lane[:-_NEWEST]
                return self._tid(track, number), fitted
        if len(lanes) == MOST_LANES:
            return None
        lanes.append([span])
        tid = self._tid(track, len(lanes) - 1)
        self._name(tid, self._title(track, len(lanes)))
        return tid, span

    def _tid(self, track: str, lane: int) -> int:
        self._titles.setdefault(track, track)
        return 1 + _TID_STEP * list(self._titles).index(track) + lane

    def _title(self, track: str, number: int) -> str:
        title = self._titles[track]
        return f"{title} {number}" if number > 1 or title.endswith("stream") else title


def _fit(span: Span, lane: Sequence[Span]) -> Span | None:
    """The span cut by what is rounding, or None if it overlaps another. Those of a lane are in order and apart."""
    start, end = span
    at = bisect_right(lane, start, key=itemgetter(0))
    if at and start < lane[at - 1][1]:  # the one before is under way
        if start < lane[at - 1][1] - _ROUNDING_NS:
            return None
        start = lane[at - 1][1]
    end = max(end, start + 1)
    if at < len(lane) and end > lane[at][0]:  # the one after has begun
        if end > lane[at][0] + _ROUNDING_NS:
            return None
        end = lane[at][0]
    return (start, end) if start < end else None
