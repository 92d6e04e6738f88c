"""What hands do to chosen keys, as edits that say which keys are chosen afterwards. No Qt.

Each is made from the timeline as the hand found it, so that keys a drag passes over are there again behind it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection
from itertools import groupby
from typing import NamedTuple

from viewer.performance.easing import Ease
from viewer.performance.editing import Copied, KeyId, copied, frame_time, moved, pasted, scaled, with_keys, without
from viewer.performance.keyframes import MIN_GAP_S, Key, limits
from viewer.performance.timeline import Timeline

Keys = frozenset[KeyId]


class Moved(NamedTuple):
    """A timeline and its chosen keys."""

    timeline: Timeline
    chosen: Keys


def counted(count: int) -> str:
    """Keys, in words."""
    return f"{count} key" if count == 1 else f"{count:,} keys"


def reach(timeline: Timeline, ids: Collection[KeyId], by_s: float) -> float:
    """As much of a move in time as the first of the keys can go towards 0 and the last towards the end."""
    times = [time_s for _, time_s in ids]
    return min(max(by_s, -min(times)), max(timeline.duration_s - max(times), 0.0)) if times else 0.0


def snapped_by(timeline: Timeline, time_s: float, by_s: float) -> float:
    """A move that brings a moment onto the nearest frame."""
    return frame_time(timeline, time_s + by_s) - time_s


def dragged(timeline: Timeline, ids: Keys, *, by_s: float = 0.0, by_share: float = 0.0) -> Moved:
    """Keys moved together in time, and in value by a share of what their tracks can be."""
    shift = reach(timeline, ids, by_s)

    def span(key: KeyId) -> float:
        low, high = limits(key.track)
        return high - low

    result = timeline
    for width, some in groupby(sorted(ids, key=span), span):
        result = moved(result, list(some), by_s=shift, by_value=by_share * width)
    return Moved(result, frozenset(KeyId(name, max(time_s + shift, 0.0)) for name, time_s in ids))


def duplicated(timeline: Timeline, ids: Keys, *, by_s: float) -> Moved:
    """Copies of keys, so much later or earlier, chosen in their place."""
    if not ids:
        return Moved(timeline, ids)
    shift = reach(timeline, ids, by_s)
    return paste(timeline, copied(timeline, ids), at_s=min(time_s for _, time_s in ids) + shift)


def paste(timeline: Timeline, keys: Copied, *, at_s: float) -> Moved:
    """Copied keys set with the first of them at a moment, and chosen."""
    chosen = frozenset(KeyId(name, key.time_s + at_s) for name, some in keys.items() for key in some)
    return Moved(pasted(timeline, keys, at_s), chosen)


def reversed_in_time(timeline: Timeline, ids: Keys) -> Moved:
    """Keys mirrored in time, between the first and the last of them; each way keeps its ease."""
    if not ids:
        return Moved(timeline, ids)
    both = min(time_s for _, time_s in ids) + max(time_s for _, time_s in ids)
    new: list[tuple[str, Key]] = []
    for name in {name for name, _ in ids}:
        times = {time_s for track, time_s in ids if track == name}
        keys = [key for key in timeline.track(name).keys if key.time_s in times]
        # The way between two keys belongs to the earlier of them.
        ways = [keys[place - 1].ease for place in range(len(keys))]
        new += [(name, Key(max(both - key.time_s, 0.0), key.value, way)) for key, way in zip(keys, ways, strict=True)]
    changed = with_keys(without(timeline, ids), new)
    return Moved(changed, frozenset(KeyId(name, key.time_s) for name, key in new))


def stretched(timeline: Timeline, ids: Keys, factor: float) -> Moved:
    """Keys with the times between them multiplied, from the first of them."""
    first = min((time_s for _, time_s in ids), default=0.0)
    chosen = (min(first + (time_s - first) * factor, timeline.duration_s) for _, time_s in ids)
    return Moved(scaled(timeline, factor, ids), frozenset(map(KeyId, (name for name, _ in ids), chosen)))


def ease_at(timeline: Timeline, name: str, time_s: float) -> Ease:
    """The way a track goes on from a moment, which a key that is set there keeps; smooth if there is none."""
    before = timeline.track(name).between(0.0, time_s + MIN_GAP_S / 2)
    return before[-1].ease if before else Ease.CUBIC


def near(timeline: Timeline, tracks: Collection[str], time_s: float) -> Keys:
    """The keys of some tracks at one moment."""
    found = ((name, timeline.track(name).key_at(time_s)) for name in tracks)
    return frozenset(KeyId(name, key.time_s) for name, key in found if key is not None)


def beside(timeline: Timeline, tracks: Collection[str], time_s: float, *, forwards: bool) -> float | None:
    """The moment of the nearest key after or before a moment."""
    found = []
    for times in (timeline.track(name).times for name in tracks):
        after = bisect_right(times, time_s + MIN_GAP_S / 2)
        before = bisect_left(times, time_s - MIN_GAP_S / 2)
        found += times[after : after + 1] if forwards else times[max(before - 1, 0) : before]
    return (min if forwards else max)(found, default=None)
