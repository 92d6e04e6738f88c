"""Animated values of a glTF file over time: step, linear, cubic spline.

Source: glTF 2.0 specification, section 3.11 (animations) and appendix C (interpolation).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
INTERPOLATIONS = ("STEP", "LINEAR", "CUBICSPLINE")
_SAME = 1e-3  # of the time between two keys: times are kept in single precision


@dataclass(frozen=True, eq=False)
class GltfCurve:
    """`times` (K,) in seconds, ascending; `values` (K, N), of CUBICSPLINE (K, 3, N): in-tangent, value, out-tangent."""

    interpolation: str
    times: Floats
    values: Floats

    @property
    def at_keys(self) -> Floats:
        """(K, N) values of the keys."""
        return self.values[:, 1] if self.interpolation == "CUBICSPLINE" else self.values

    def at(self, time_s: float) -> Floats:
        """(N,) values of a moment; before the first key the first, after the last the last."""
        keys = self.at_keys
        before = int(np.searchsorted(self.times, time_s, side="right")) - 1
        if before < 0 or before + 1 == len(self.times):
            return np.asarray(keys[max(before, 0)])
        width = self.times[before + 1] - self.times[before]
        u = (time_s - self.times[before]) / width
        if u > 1 - _SAME:
            return np.asarray(keys[before + 1])
        if u < _SAME or self.interpolation == "STEP":
            return np.asarray(keys[before])
        if self.interpolation == "LINEAR":
            return np.asarray(keys[before] + u * (keys[before + 1] - keys[before]))
        leaving, arriving = width * self.values[before, 2], width * self.values[before + 1, 0]
        keep = (1 + 2 * u) * (1 - u) ** 2
        return np.asarray(
            keep * keys[before]
            + (1 - keep) * keys[before + 1]
            + u * (1 - u) ** 2 * leaving
            - u * u * (1 - u) * arriving
        )
