"""How a value gets from one key to the next: held, straight, or along a smooth curve that never overshoots.

The smooth way is a piecewise cubic Hermite curve that is monotone between keys (Fritsch and Carlson, Monotone piecewise
cubic interpolation, SIAM J. Numer. Anal. 17(2), 1980): wherever two slopes of a piece stay within three times its
secant, the piece stays between its keys. The slopes are weighted harmonic means of the neighbouring secants (Fritsch
and Butland, SIAM J. Sci. Stat. Comput. 5(2), 1984), which keeps that rule; the first and the last key are level, so
that two keys alone make the usual slow-in, slow-out.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# Columns of a table of pieces: where it begins, 1 / its width, four coefficients in the share of its width, its hull.
PIECE = 8
_LEVEL = 1e-100  # of a slope


class Ease(StrEnum):
    """The way from a key to the next one."""

    LINEAR = "linear"
    STEP = "step"  # held until the next key
    CUBIC = "cubic"


_NUMBERS = {ease: number for number, ease in enumerate(Ease)}


Share = TypeVar("Share", float, Floats)


def smoothstep(share: Share) -> Share:
    """From 0 to 1 without a jerk, for shares within 0..1."""
    return share * share * (3 - 2 * share)


def slopes(times: Floats, values: Floats) -> Floats:
    """Slopes at every key, in value a second: nought at both ends and at extremes."""
    found = np.zeros(len(times))
    if len(times) < 3:
        return found
    widths = np.diff(times)
    secants = np.diff(values) / widths
    before, after = secants[:-1], secants[1:]
    # What is as good as level is level: its inverse would not be a number.
    rising = (np.minimum(np.abs(before), np.abs(after)) > _LEVEL) & (np.sign(before) == np.sign(after))
    near, far = 2 * widths[1:] + widths[:-1], widths[1:] + 2 * widths[:-1]
    near, far, before, after = near[rising], far[rising], before[rising], after[rising]
    found[1:-1][rising] = (near + far) / (near / before + far / after)
    return found


def pieces(times: Floats, values: Floats, eases: tuple[Ease, ...]) -> Floats:
    """(keys + 1, PIECE) table: row i is what holds after i keys have passed; the first and the last hold still."""
    count = len(times)
    table = np.zeros((count + 1, PIECE))
    table[:, 2] = table[:, 6] = table[:, 7] = np.concatenate([values[:1], values])
    if count < 2:
        return table
    widths, rises = np.diff(times), np.diff(values)
    middle = table[1:count]  # a view
    middle[:, 0], middle[:, 1] = times[:-1], 1 / widths
    kinds = np.fromiter(map(_NUMBERS.__getitem__, eases[:-1]), np.int8, count - 1)
    is_linear, is_cubic = kinds == _NUMBERS[Ease.LINEAR], kinds == _NUMBERS[Ease.CUBIC]
    middle[is_linear, 3] = rises[is_linear]
    tangents = slopes(times, values)
    start, end = tangents[:-1] * widths, tangents[1:] * widths
    cubic = np.stack([start, 3 * rises - 2 * start - end, start + end - 2 * rises], axis=1)
    middle[is_cubic, 3:6] = cubic[is_cubic]
    moves = kinds != _NUMBERS[Ease.STEP]
    middle[moves, 6] = np.minimum(values[:-1], values[1:])[moves]
    middle[moves, 7] = np.maximum(values[:-1], values[1:])[moves]
    return table


def evaluated(rows: Floats, times: Floats | float) -> Floats:
    """The value of each of (N, PIECE) pieces at its time in seconds, never outside the piece's hull."""
    u = (times - rows[:, 0]) * rows[:, 1]
    value = rows[:, 2] + u * (rows[:, 3] + u * (rows[:, 4] + u * rows[:, 5]))
    held: Floats = np.minimum(np.maximum(value, rows[:, 6]), rows[:, 7])
    return held
