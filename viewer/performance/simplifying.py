"""Fewer keys for the same curve: samples of a live take thinned out to where something changes.

Ramer, Douglas and Peucker's way (Ramer, Computer Graphics and Image Processing 1(3), 1972), with the distance measured
in value alone, for a track is a function of time: no sample is further than the tolerance from the straight lines
between the keys that stay.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gpu_core.expression import SHAPE_INDEX
from viewer.performance.easing import Ease, Floats
from viewer.performance.keyframes import MIN_GAP_S, Key, Track, clamped_value

TOLERANCE = 0.005  # of a weight: below what can be seen on the shipped face; chosen
TOLERANCE_DEG = 0.1
# Samples that are looked at together: the time for n of them is n² where every sample matters.
_BLOCK = 4096


def simplified(times: Floats, values: Floats, tolerance: float) -> NDArray[np.intp]:
    """Indices of the samples to keep, the first and the last among them; times ascend strictly."""
    ends = [*range(0, len(times) - 1, _BLOCK), len(times) - 1]
    keep = np.zeros(len(times), bool)
    keep[ends] = True
    waiting = list(pairwise(ends))
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        inner = slice(first + 1, last)
        share = (times[inner] - times[first]) / (times[last] - times[first])
        off = np.abs(values[inner] - (values[first] + share * (values[last] - values[first])))
        worst = first + 1 + int(off.argmax())
        if off[worst - first - 1] > tolerance:
            keep[worst] = True
            waiting += [(first, worst), (worst, last)]
    return np.flatnonzero(keep)


def tolerance_of(name: str) -> float:
    """The usual tolerance of a track, in its unit."""
    return TOLERANCE if name in SHAPE_INDEX else TOLERANCE_DEG


def track_of(
    name: str, times: Floats, values: Floats, tolerance: float | None = None, *, resting: bool = False
) -> Track:
    """The track through samples, straight between its keys; empty if the channel rested throughout.

    Samples nearer than `MIN_GAP_S` to the one before are left out. Values are brought within the track's limits.

    Args:
        resting: give a channel that rested a key all the same.
        tolerance: how far the track may be from any sample; by default `TOLERANCE`, for angles `TOLERANCE_DEG`.
    """
    values = np.array([clamped_value(name, value) for value in values.tolist()])
    if not (resting or values.any()):
        return Track(name)
    if tolerance is None:
        tolerance = tolerance_of(name)
    apart = np.concatenate([[True], np.diff(times) >= MIN_GAP_S])
    times, values = times[apart], values[apart]
    if np.ptp(values) <= tolerance / 2:
        return Track(name, (Key(float(times[0]), float(values[0]), Ease.LINEAR),))
    kept = simplified(times, values, tolerance)
    return Track(name, tuple(Key(float(times[i]), float(values[i]), Ease.LINEAR) for i in kept))
