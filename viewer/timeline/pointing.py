"""What is under a pixel of the timeline: keys of a row or of a curve, the ruler, a name. No Qt."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from viewer.performance.editing import KeyId
from viewer.performance.timeline import Timeline
from viewer.timeline.columns import Columns, ColumnsCache
from viewer.timeline.layout import NAMES_PX, RULER_PX, SheetLayout
from viewer.timeline.moves import Keys, near

REACH_PX = 6.0  # how far from a key the pointer may be


def keys_at(layout: SheetLayout, timeline: Timeline, columns: ColumnsCache, x: float, y: float) -> Keys:
    """The key under a pixel of a row, or all keys of a group at that moment."""
    row = layout.row_at(y)
    if row is None or x < NAMES_PX:
        return frozenset()
    keyed = [name for name in row.tracks if name in timeline.by_name]
    times = (_nearest(columns.of(timeline, name), layout.time(x)) for name in keyed)
    time_s = min(times, key=lambda time_s: abs(layout.x(time_s) - x), default=None)
    if time_s is None or abs(layout.x(time_s) - x) > REACH_PX:
        return frozenset()
    return near(timeline, keyed, time_s)


def curve_key_at(
    layout: SheetLayout, timeline: Timeline, columns: ColumnsCache, tracks: Iterable[str], x: float, y: float
) -> Keys:  # fmt: skip
    """The key of a curve under a pixel: the nearest."""
    found: tuple[float, KeyId] | None = None
    if x < NAMES_PX or y < RULER_PX:
        return frozenset()
    for name in tracks:
        of_track = columns.of(timeline, name)
        seen = of_track.between(layout.time(x - REACH_PX), layout.time(x + REACH_PX))
        for key in of_track.track.keys[seen]:
            off = float(np.hypot(layout.x(key.time_s) - x, layout.y(name, key.value) - y))
            if off <= REACH_PX and (found is None or off < found[0]):
                found = (off, KeyId(name, key.time_s))
    return frozenset() if found is None else frozenset({found[1]})


def keys_within(
    layout: SheetLayout, timeline: Timeline, box: tuple[float, float, float, float], curves: Iterable[str] | None = None
) -> Keys:  # fmt: skip
    """The keys in a rectangle (left, top, right, bottom): of its rows, or of these curves."""
    left, top, right, bottom = box
    start_s, end_s = layout.time(left), layout.time(right)
    if curves is not None:
        return frozenset(
            KeyId(name, key.time_s)
            for name in curves
            for key in timeline.track(name).between(start_s, end_s)
            if top <= layout.y(name, key.value) <= bottom
        )
    names = {name for row in layout.rows_between(top, bottom) for name in row.tracks}
    return frozenset(KeyId(name, key.time_s) for name in names for key in timeline.track(name).between(start_s, end_s))


def _nearest(columns: Columns, time_s: float) -> float:
    place = int(columns.times.searchsorted(time_s))
    around = columns.times[max(place - 1, 0) : place + 1]
    return float(around[np.abs(around - time_s).argmin()])
