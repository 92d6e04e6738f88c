"""Keys and tracks: one channel of a face over time, as an immutable value.

Channels are the 52 shapes by their ARKit names, `yaw`, `pitch` and `roll` of the head, and `gaze_yaw` and `gaze_pitch`,
which move both eyes together. Angles are degrees; signs are those of `gpu_core.expression.Expression`.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from gpu_core.errors import MienError
from gpu_core.expression import (
    ARKIT_SHAPES,
    GAZE_DOWN_DEG,
    GAZE_UP_DEG,
    GAZE_YAW_DEG,
    HEAD_LIMITS_DEG,
    SHAPE_INDEX,
    Expression,
    shape_index,
)
from viewer.performance.easing import Ease, Floats, evaluated, pieces

HEAD_TRACKS = ("yaw", "pitch", "roll")
GAZE_TRACKS = ("gaze_yaw", "gaze_pitch")
TRACK_NAMES: tuple[str, ...] = (*ARKIT_SHAPES, *HEAD_TRACKS, *GAZE_TRACKS)
TRACK_INDEX: Mapping[str, int] = {name: index for index, name in enumerate(TRACK_NAMES)}
MIN_GAP_S = 1e-3  # keys of a track are at least so far apart: an eighth of a frame at 120 a second
LONGEST_S = 6 * 3600.0  # of a timeline


class TimelineError(MienError):
    """A key, a track, a timeline or its file is not what it must be; the text is one line."""


def limits(name: str) -> tuple[float, float]:
    """The least and the greatest value of a track.

    Raises:
        ExpressionError: there is no such track; the text offers the nearest shapes.
    """
    if name in SHAPE_INDEX:
        return 0.0, 1.0
    if name in HEAD_TRACKS:
        return -HEAD_LIMITS_DEG[name], HEAD_LIMITS_DEG[name]
    if name == "gaze_yaw":
        return -GAZE_YAW_DEG, GAZE_YAW_DEG
    if name == "gaze_pitch":
        return -GAZE_UP_DEG, GAZE_DOWN_DEG
    shape_index(name)
    raise AssertionError("unreachable: a name that is a shape was answered above")


def clamped_value(name: str, value: float) -> float:
    """`value` within the limits of a track."""
    low, high = limits(name)
    return min(max(value, low), high)


def value_of(track: str, face: Expression) -> float:
    """What a face says for a track, in the track's unit."""
    if track in GAZE_TRACKS:
        return face.gaze[GAZE_TRACKS.index(track)]
    return float(face[track] if track in SHAPE_INDEX else getattr(face, track))


@dataclass(frozen=True, slots=True)
class Key:
    """A value at a moment, and the way from there to the next key."""

    time_s: float
    value: float
    ease: Ease = Ease.LINEAR

    def __post_init__(self) -> None:
        if not (math.isfinite(self.time_s) and math.isfinite(self.value)):
            raise TimelineError(f"a key's time and value must be finite numbers, not {self.time_s} and {self.value}")
        if not 0.0 <= self.time_s <= LONGEST_S:
            raise TimelineError(f"a key at {self.time_s:g} s: times are 0 to {LONGEST_S:g} s")


@dataclass(frozen=True)
class Track:
    """The keys of one channel, in order of time, at least `MIN_GAP_S` apart, within the channel's limits."""

    name: str
    keys: tuple[Key, ...] = ()

    def __post_init__(self) -> None:
        low, high = limits(self.name)
        for key in self.keys:
            if not low <= key.value <= high:
                raise TimelineError(f"{self.name} {key.value:g} at {key.time_s:g} s is outside {low:g}..{high:g}")
        for key, after in pairwise(self.keys):
            if after.time_s - key.time_s < MIN_GAP_S:
                raise TimelineError(f"two keys of {self.name} at {key.time_s:g} s and {after.time_s:g} s: "
                                    f"they must be in order, {MIN_GAP_S:g} s apart")  # fmt: skip

    @cached_property
    def times(self) -> list[float]:
        """When the keys are, in seconds."""
        return [key.time_s for key in self.keys]

    @cached_property
    def pieces(self) -> Floats:
        """What `easing.evaluated` wants: one row for each number of keys passed."""
        values = np.array([key.value for key in self.keys])
        return pieces(np.array(self.times), values, tuple(key.ease for key in self.keys))

    def at(self, time_s: float) -> float:
        """The value at any moment; before the first key the first, after the last the last, without keys nought."""
        if not self.keys:
            return 0.0
        row = bisect_right(self.times, time_s)
        return float(evaluated(self.pieces[row : row + 1], time_s)[0])

    def values_at(self, times: Floats) -> Floats:
        """The values at many moments: what a curve is drawn from."""
        if not self.keys:
            return np.zeros(len(times))
        return evaluated(self.pieces[np.searchsorted(self.times, times, side="right")], times)

    def key_at(self, time_s: float) -> Key | None:
        """The key within half of `MIN_GAP_S` of a moment."""
        place = bisect_left(self.times, time_s - MIN_GAP_S / 2)
        found = self.keys[place] if place < len(self.keys) else None
        return found if found and abs(found.time_s - time_s) <= MIN_GAP_S / 2 else None

    def with_keys(self, keys: Iterable[Key]) -> Track:
        """This track with more keys: each takes the place of those nearer than `MIN_GAP_S`, the last given of them.

        Raises:
            TimelineError: a value is outside the channel's limits.
        """
        chosen: dict[int, Key] = {}
        for key in keys:
            slot = round(key.time_s / MIN_GAP_S)
            for near in (slot - 1, slot, slot + 1):
                if near in chosen and abs(chosen[near].time_s - key.time_s) < MIN_GAP_S:
                    del chosen[near]
            chosen[slot] = key
        added = sorted(chosen.values(), key=lambda key: key.time_s)
        if not self.keys:
            return Track(self.name, tuple(added))
        gone = {place for key in added for place in self._near(key.time_s)}
        kept = [key for place, key in enumerate(self.keys) if place not in gone]
        return Track(self.name, tuple(sorted([*kept, *added], key=lambda key: key.time_s)))

    def without(self, times: Iterable[float]) -> Track:
        """This track less the keys at exactly these times."""
        gone = set(times)
        return Track(self.name, tuple(key for key in self.keys if key.time_s not in gone))

    def between(self, start_s: float, end_s: float) -> tuple[Key, ...]:
        """The keys from `start_s` to `end_s`, both included."""
        return self.keys[bisect_left(self.times, start_s) : bisect_right(self.times, end_s)]

    def _near(self, time_s: float) -> list[int]:
        """Which keys are nearer to a moment than keys may be."""
        first = bisect_left(self.times, time_s - MIN_GAP_S)
        last = bisect_right(self.times, time_s + MIN_GAP_S)
        return [place for place in range(first, last) if abs(self.times[place] - time_s) < MIN_GAP_S]
