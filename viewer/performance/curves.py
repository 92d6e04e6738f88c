"""Smooth periodic curves through keyframes: what the built-in performances are drawn with.

Monotone cubic Hermite interpolation (slopes of Fritsch and Butland, SIAM J. Sci. Stat. Comput. 5(2), 1984): C1, and
never beyond the keys it runs between. So keys within 0..1 give a weight within 0..1 with nothing clipped, equal
neighbouring keys hold still, and a lone extreme is reached exactly. Times are in seconds.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from gpu_core.errors import MienError


class PerformanceError(MienError):
    """A performance's table is broken."""


@dataclass(frozen=True)
class Curve:
    """A curve that repeats every `period` seconds. Build it with `Curve.through`.

    `times`, `values` and `slopes` run one key past each end of the period, so that a look-up needs no wrapping.
    """

    times: tuple[float, ...]
    values: tuple[float, ...]
    slopes: tuple[float, ...]
    period: float

    @classmethod
    def through(cls, keys: Iterable[tuple[float, float]], period: float) -> Curve:
        """The curve through (time, value) keys; times may lie in a neighbouring period.

        Raises:
            PerformanceError: there is no key, two fall on the same moment, or one is not a finite number.
        """
        rows = sorted((float(time) % period, float(value)) for time, value in keys)
        _check(rows)
        if len(rows) == 1:
            return cls((0.0, period), (rows[0][1],) * 2, (0.0, 0.0), period)
        before = [(time - period, value) for time, value in rows[-2:]]
        after = [(time + period, value) for time, value in rows[:2]]
        times, values = zip(*before, *rows, *after, strict=True)
        return cls(times[1:-1], values[1:-1], _slopes(times, values), period)

    def __call__(self, time: float) -> float:
        """The value at any time."""
        time %= self.period
        right = min(max(bisect_right(self.times, time), 1), len(self.times) - 1)
        left = right - 1
        width = self.times[right] - self.times[left]
        u = (time - self.times[left]) / width
        # The four cubic Hermite basis polynomials.
        keep, pull = (1 + 2 * u) * (1 - u) ** 2, u * (1 - u) ** 2
        return (
            keep * self.values[left]
            + (1 - keep) * self.values[right]
            + width * (pull * self.slopes[left] - u * u * (1 - u) * self.slopes[right])
        )


def _check(rows: list[tuple[float, float]]) -> None:
    if not rows:
        raise PerformanceError("a curve needs at least one key")
    if not all(math.isfinite(value) for row in rows for value in row):
        raise PerformanceError("a curve's keys must be finite numbers")
    for (time, _), (following, _) in pairwise(rows):
        if following - time < 1e-6:
            raise PerformanceError(f"two keys of a curve fall on {time:g} s")


def _slopes(times: tuple[float, ...], values: tuple[float, ...]) -> tuple[float, ...]:
    """Slopes at every key but the first and the last."""
    widths = [b - a for a, b in pairwise(times)]
    rises = [(b - a) / width for (a, b), width in zip(pairwise(values), widths, strict=True)]
    return tuple(_slope(h0, h1, d0, d1) for (h0, h1), (d0, d1) in zip(pairwise(widths), pairwise(rises), strict=True))


def _slope(h0: float, h1: float, d0: float, d1: float) -> float:
    """Weighted harmonic mean of the neighbouring secants: nought at an extreme, else steep enough and no steeper."""
    if d0 * d1 <= 0.0:
        return 0.0
    return 3 * (h0 + h1) / ((2 * h1 + h0) / d0 + (h1 + 2 * h0) / d1)
