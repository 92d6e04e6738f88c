"""How fast the machine itself is just now: a piece of work that no change to Mien can make slower or faster.

It is timed before each turn of a bench and kept with its figures, so that whoever compares two files can tell a slower
program from a slower hour. It stands in for no benchmark: memory, OpenGL and inference may have moods of their own.
"""

from __future__ import annotations

import os
import statistics
import time

import cv2
import numpy as np

_TIMES = 5
_REST_S = 0.03  # threads of an inference engine may go on spinning for a while


class Calibration:
    """The fixed work: a blur on bytes and an exponential on floats, some milliseconds in all."""

    def __init__(self) -> None:
        chance = np.random.default_rng(0)
        self._bytes = chance.integers(0, 256, (512, 512, 4), np.uint8)
        self._floats = chance.random((512, 512), np.float32)

    def measure_ms(self) -> float:
        """The median of some repetitions, milliseconds."""
        time.sleep(_REST_S)
        return statistics.median(self._once_ms() for _ in range(_TIMES))

    def _once_ms(self) -> float:
        start = time.perf_counter_ns()
        cv2.GaussianBlur(self._bytes, (9, 9), 2.0)
        np.exp(self._floats)
        return (time.perf_counter_ns() - start) / 1e6


def load_average() -> float | None:
    """Processes that wanted a core in the last minute, on average; None where the system does not count them."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
