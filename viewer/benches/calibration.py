"""How fast the machine itself is just now: a piece of work that no change to Mien can make slower or faster.

It is timed before each turn of a bench and kept with its figures, so that whoever compares two files can tell a slower
program from a slower hour. It stands in for no benchmark: memory, OpenGL and inference may have moods of their own.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

_PASSES = 60  # about 60 ms: shorter work slips between two turns of a busy neighbour and sees nothing of it
_REST_S = 0.03  # threads of an inference engine may go on spinning for a while


@dataclass(frozen=True)
class Mood:
    """What the fixed work took just now, milliseconds."""

    time_ms: float
    core_ms: float  # processor time: a busy neighbour lengthens the time alone, a slower clock both


class Calibration:
    """The fixed work: blurs on bytes and exponentials on floats."""

    def __init__(self) -> None:
        chance = np.random.default_rng(0)
        self._bytes = chance.integers(0, 256, (512, 512, 4), np.uint8)
        self._floats = chance.random((512, 512), np.float32)

    def measure(self) -> Mood:
        """Do the work once."""
        time.sleep(_REST_S)
        start, cores = time.perf_counter_ns(), time.process_time_ns()
        for _ in range(_PASSES):
            cv2.GaussianBlur(self._bytes, (9, 9), 2.0)
            np.exp(self._floats)
        return Mood((time.perf_counter_ns() - start) / 1e6, (time.process_time_ns() - cores) / 1e6)


def moods_figures(moods: Sequence[Mood]) -> dict[str, list[float]]:
    """Moods as a bench's file keeps them, for one row or beside all rows."""
    return {
        "calibration_ms": [round(mood.time_ms, 4) for mood in moods],
        "calibration_core_ms": [round(mood.core_ms, 4) for mood in moods],
    }


def load_average() -> float | None:
    """Processes that wanted a core in the last minute, on average; None where the system does not count them."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
