"""Edits of a timeline. Each takes a timeline and returns another; nothing changes in place.

Keys are meant by `KeyId`: their track and their time. Keys that an edit puts where others are take their place.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from viewer.performance.easing import Ease
from viewer.performance.keyframes import LONGEST_S, Key, TimelineError, Track, clamped_value, limits
from viewer.performance.timeline import LEAST_FPS, MOST_FPS, Timeline


class KeyId(NamedTuple):
    """Which key is meant."""

    track: str
    time_s: float


# What was copied: keys by track, their times counted from the earliest of them.
Copied = Mapping[str, tuple[Key, ...]]


def all_keys(timeline: Timeline) -> tuple[KeyId, ...]:
    """Every key."""
    return tuple(KeyId(track.name, time) for track in timeline.tracks for time in track.times)


def existing(timeline: Timeline, ids: Collection[KeyId]) -> frozenset[KeyId]:
    """Those of the keys that there are; the time it takes goes by their number, not by the timeline's."""
    return frozenset(key for key in ids if _holds(timeline.track(key[0]).times, key[1]))


def _holds(times: list[float], time_s: float) -> bool:
    place = bisect_left(times, time_s)
    return place < len(times) and times[place] == time_s


def with_keys(timeline: Timeline, keys: Iterable[tuple[str, Key]]) -> Timeline:
    """Keys set on tracks; values are brought within the tracks' limits. What lies beyond the end lengthens it."""
    added: dict[str, list[Key]] = defaultdict(list)
    for name, key in keys:
        added[name].append(replace(key, value=clamped_value(name, key.value)))
    end = max((key.time_s for some in added.values() for key in some), default=0.0)
    longer = replace(timeline, duration_s=max(timeline.duration_s, end))
    return longer.with_tracks(longer.track(name).with_keys(some) for name, some in added.items())


def without(timeline: Timeline, ids: Collection[KeyId]) -> Timeline:
    """Keys deleted."""
    return timeline.with_tracks(timeline.track(name).without(times) for name, times in _by_track(ids).items())


def moved(timeline: Timeline, ids: Collection[KeyId], *, by_s: float = 0.0, by_value: float = 0.0) -> Timeline:
    """Keys moved together, no further in time than the first can go towards 0 and the last towards the end."""
    times = [time for _, time in ids]
    if not times:
        return timeline
    shift = min(max(by_s, -min(times)), max(timeline.duration_s - max(times), 0.0))
    return _changed(timeline, ids, lambda key: Key(
        max(key.time_s + shift, 0.0), key.value + by_value, key.ease))  # fmt: skip


def eased(timeline: Timeline, ids: Collection[KeyId], ease: Ease) -> Timeline:
    """Keys with another way to the next one."""
    return _changed(timeline, ids, lambda key: replace(key, ease=ease))


def snapped(timeline: Timeline, ids: Collection[KeyId] | None = None) -> Timeline:
    """Keys, by default all, brought to the nearest frame. Of several that meet there the latest stays."""
    chosen = all_keys(timeline) if ids is None else ids
    return _changed(timeline, chosen, lambda key: replace(key, time_s=frame_time(timeline, key.time_s)))


def frame_time(timeline: Timeline, time_s: float) -> float:
    """The moment of the frame nearest to a moment, within the timeline."""
    last = int(timeline.duration_s * timeline.fps + 1e-9)
    return min(max(round(time_s * timeline.fps), 0), last) / timeline.fps


def scaled(timeline: Timeline, factor: float, ids: Collection[KeyId] | None = None) -> Timeline:
    """Times stretched by a factor: of all keys and the duration, or of some about the first of them.

    Raises:
        TimelineError: the factor is no number above 0, or the result would be too long.
    """
    if not 0.0 < factor < float("inf"):
        raise TimelineError(f"times cannot be scaled by {factor:g}: a number above 0 is needed")
    if ids is not None:
        first = min((time for _, time in ids), default=0.0)
        return _changed(timeline, ids, lambda key: replace(
            key, time_s=min(first + (key.time_s - first) * factor, timeline.duration_s)))  # fmt: skip
    if timeline.duration_s * factor > LONGEST_S:
        raise TimelineError(f"scaled by {factor:g} it would last {timeline.duration_s * factor:g} s, "
                            f"more than {LONGEST_S:g} s")  # fmt: skip
    stretched = replace(timeline, tracks=(), duration_s=timeline.duration_s * factor)
    return stretched.with_tracks(
        Track(track.name).with_keys(replace(key, time_s=min(key.time_s * factor, LONGEST_S)) for key in track.keys)
        for track in timeline.tracks
    )


def at_rate(timeline: Timeline, fps: float) -> Timeline:
    """Another frame rate; keys stay where they are (`snapped` brings them to the new frames)."""
    if not LEAST_FPS <= fps <= MOST_FPS:
        raise TimelineError(f"{fps:g} frames a second: choose {LEAST_FPS:g} to {MOST_FPS:g}")
    return replace(timeline, fps=fps)


def with_duration(timeline: Timeline, duration_s: float) -> Timeline:
    """Another length; keys beyond its end are deleted."""
    shorter = replace(timeline, duration_s=duration_s)
    return without(shorter, [key for key in all_keys(timeline) if key.time_s > duration_s])


def copied(timeline: Timeline, ids: Collection[KeyId]) -> Copied:
    """The keys for `pasted`."""
    first = min((time for _, time in ids), default=0.0)
    found = {}
    for name, times in _by_track(ids).items():
        wanted = set(times)
        keys = [key for key in timeline.track(name).keys if key.time_s in wanted]
        found[name] = tuple(replace(key, time_s=key.time_s - first) for key in keys)
    return {name: keys for name, keys in found.items() if keys}


def pasted(timeline: Timeline, keys: Copied, at_s: float) -> Timeline:
    """Copied keys set, the earliest at `at_s`; what lies beyond the end lengthens it."""
    return with_keys(timeline, [
        (name, replace(key, time_s=key.time_s + at_s)) for name, some in keys.items() for key in some])  # fmt: skip


def _changed(timeline: Timeline, ids: Collection[KeyId], change: Callable[[Key], Key]) -> Timeline:
    """Keys taken away and set anew as `change` makes them, values within the tracks' limits."""
    tracks = []
    for name, times in _by_track(ids).items():
        track, wanted = timeline.track(name), set(times)
        low, high = limits(name)
        new = [change(key) for key in track.keys if key.time_s in wanted]
        new = [key if low <= key.value <= high else replace(key, value=min(max(key.value, low), high)) for key in new]
        tracks.append(track.without(wanted).with_keys(new))
    return timeline.with_tracks(tracks)


def _by_track(ids: Iterable[KeyId]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = defaultdict(list)
    for name, time_s in ids:
        found[name].append(time_s)
    return found
