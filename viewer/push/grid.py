"""The constant rate that pictures of a changing one are put on: arithmetic alone."""

from __future__ import annotations

import cmath
import math
from fractions import Fraction

MOST_LATE = 5  # frames that are made up for by showing a picture again; whoever is later goes on from now
MOST_MOVED = 0.5  # of a frame's time, that the moments move to get in step with pictures
_MEMORY, _GAIN = 0.8, 0.1  # of where pictures fell, a picture; of the way to the middle, a picture


class Grid:
    """Moments of a rate from `start_s` on.

    It begins half a frame after the first picture: pictures of the same rate then fall into the middle between two
    moments, where half a frame of jitter neither repeats one nor drops one. A first picture that comes later than its
    followers would spoil that for good, so moments move slowly until pictures fall into the middle.
    """

    def __init__(self, rate: Fraction, first_s: float) -> None:
        self._rate = rate
        self._start_s = first_s + 0.5 / float(rate)
        self.number = 0  # of the next frame
        self.left_out = 0  # frames there never were: it came too late for them
        self._moved = 0.0  # frames
        self._fell = 0j  # where pictures fell between two moments, as an angle: 0 is the middle

    def wait_s(self, now_s: float) -> float:
        """How long until the next frame; 0 or less: now."""
        return self._start_s + self.number / float(self._rate) - now_s

    def heed(self, came_s: float) -> None:
        """A new picture was there at `came_s`. Its place counts as an angle: at a moment, early and late are one."""
        place = ((came_s - self._start_s) * float(self._rate)) % 1.0 - 0.5
        self._fell = _MEMORY * self._fell + (1 - _MEMORY) * cmath.exp(2j * math.pi * place)
        wanted = self._moved + _GAIN * cmath.phase(self._fell) / (2 * math.pi)
        moved = min(max(wanted, -MOST_MOVED), MOST_MOVED)
        self._start_s += (moved - self._moved) / float(self._rate)
        self._moved = moved

    def step(self, now_s: float) -> int:
        """The number of the frame to make now; steps to the one after it."""
        late = int(-self.wait_s(now_s) * float(self._rate))
        if late > MOST_LATE:
            self.left_out += late
            self.number += late
        self.number += 1
        return self.number - 1
