"""The One-Euro filter: smooth while nothing moves, without delay while something does.

G. Casiez, N. Roussel, D. Vogel: 1€ Filter: A Simple Speed-based Low-pass Filter for Noisy Input in Interactive Systems,
CHI 2012. A low-pass filter of the first order whose cutoff rises with the speed of each value.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

SPEED_CUTOFF_HZ = 1.0  # of the filter of the speeds themselves, as the paper has it


class OneEuro:
    """Filters any number of values at once, each by itself.

    Args:
        cutoff_hz: of a value that stands still; lower is smoother.
        beta: how much the cutoff rises, in Hz for each unit a second of speed; higher is quicker.
    """

    def __init__(self, cutoff_hz: float, beta: float) -> None:
        self.cutoff_hz, self.beta = cutoff_hz, beta
        self._values: Values | None = None
        self._raw: Values | None = None
        self._speeds: Values | None = None
        self._time_s = 0.0

    def forget(self) -> None:
        """Take the next values as they are."""
        self._values = None

    def filtered(self, raw: Values, time_s: float) -> Values:
        """The values (n,) of a moment in seconds, smoothed. Of the same moment or an earlier one, the last again."""
        if self._values is None or self._raw is None or self._speeds is None:
            self._values, self._raw, self._speeds, self._time_s = raw, raw, np.zeros_like(raw), time_s
            return raw
        step_s = time_s - self._time_s
        if step_s <= 0.0:
            return self._values
        self._speeds = _between(self._speeds, (raw - self._raw) / step_s, _share(SPEED_CUTOFF_HZ, step_s))
        cutoffs = self.cutoff_hz + self.beta * np.abs(self._speeds)
        self._values = _between(self._values, raw, _share(cutoffs, step_s))
        self._raw, self._time_s = raw, time_s
        return self._values


def _share(cutoff_hz: Values | float, step_s: float) -> Values | float:
    """How much of a new value counts: the paper's alpha, 1 / (1 + tau / Te) with tau = 1 / (2 pi fc)."""
    return 1.0 / (1.0 + 1.0 / (2.0 * np.pi * cutoff_hz * step_s))


def _between(old: Values, new: Values, share: Values | float) -> Values:
    mixed: Values = old + share * (new - old)
    return mixed
