"""Keys as columns of numbers: which pixels of a row have keys, without looking at each key. No Qt.

A track's columns are made once for each of its values; an edit makes those of the tracks it changed anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from viewer.performance.easing import Ease, Floats
from viewer.performance.editing import KeyId
from viewer.performance.keyframes import Track
from viewer.performance.timeline import Timeline
from viewer.timeline.scale import TimeScale

Classes = NDArray[np.uint8]  # of the pixels of a row
NONE = 0
EASES = (Ease.LINEAR, Ease.STEP, Ease.CUBIC)  # class 1, 2, 3: what a key looks like
MIXED = 4  # keys of a group
CHOSEN = 8  # added to the class of a chosen key
_CODE = {ease: 1 + place for place, ease in enumerate(EASES)}


@dataclass(frozen=True)
class Columns:
    """The keys of one track."""

    track: Track

    @cached_property
    def times(self) -> Floats:
        """Seconds."""
        return np.array(self.track.times)

    @cached_property
    def values(self) -> Floats:
        """In the track's unit."""
        return np.array([key.value for key in self.track.keys])

    @cached_property
    def classes(self) -> Classes:
        """What each looks like: 1 and more."""
        return np.array([_CODE[key.ease] for key in self.track.keys], np.uint8)

    def between(self, start_s: float, end_s: float) -> slice:
        """Which keys lie there."""
        first, last = np.searchsorted(self.times, (start_s, end_s), side="left")
        return slice(int(first), int(last))


class ColumnsCache:
    """The columns of a timeline's tracks, as long as the tracks stay what they are."""

    def __init__(self) -> None:
        self._known: dict[str, Columns] = {}

    def of(self, timeline: Timeline, name: str) -> Columns:
        """Those of a track, which may be empty."""
        track, known = timeline.track(name), self._known.get(name)
        # Identity: comparing tracks by value would look at every key.
        if known is None or known.track is not track:
            known = self._known[name] = Columns(track)
        return known


def chosen_times(selection: Collection[KeyId]) -> dict[str, Floats]:
    """The chosen keys by track, in order."""
    found: dict[str, list[float]] = {}
    for name, time_s in selection:
        found.setdefault(name, []).append(time_s)
    return {name: np.array(sorted(times)) for name, times in found.items()}


def pixels(columns: Columns, scale: TimeScale, count: int, chosen: Floats | None = None) -> Classes:
    """(count,) classes of a track's pixels: `NONE`, or of the last key that falls there; chosen keys win."""
    row = np.zeros(count, np.uint8)
    seen = columns.between(scale.time(0), scale.time(count))
    if seen.stop - seen.start > 2 * count:
        edges = columns.times.searchsorted(scale.start_s + np.arange(count + 1) / scale.px_per_s)
        held = np.flatnonzero(np.diff(edges))
        row[held] = columns.classes[edges[held + 1] - 1]
    elif seen.stop > seen.start:
        row[_places(columns.times[seen], scale, count)] = columns.classes[seen]
    if chosen is not None and len(chosen):
        first, last = np.searchsorted(chosen, (scale.time(0), scale.time(count)))
        where = _places(chosen[first:last], scale, count)
        looks = columns.classes[np.minimum(columns.times.searchsorted(chosen[first:last]), len(columns.times) - 1)]
        row[where] = looks + CHOSEN
    return row


def summary(rows: Iterable[Classes], count: int) -> Classes:
    """(count,) classes of a group's pixels."""
    found = np.zeros(count, np.uint8)
    for row in rows:
        found[(row > NONE) & (found == NONE)] = MIXED
        found[row >= CHOSEN] = MIXED + CHOSEN
    return found


def _places(times: Floats, scale: TimeScale, count: int) -> NDArray[np.intp]:
    places: NDArray[np.intp] = ((times - scale.start_s) * scale.px_per_s).astype(np.intp)
    return np.clip(places, 0, count - 1)
