"""The constant rate that pictures of a changing one are put on: arithmetic alone."""

from __future__ import annotations

from fractions import Fraction

MOST_LATE = 5  # frames that are made up for by showing a picture again; whoever is later goes on from now


class Grid:
    """Moments of a rate from `start_s` on.

    It begins half a frame after the first picture: pictures of the same rate then fall into the middle between two
    moments, where half a frame of jitter neither repeats one nor drops one.
    """

    def __init__(self, rate: Fraction, first_s: float) -> None:
        self._rate = rate
        self._start_s = first_s + 0.5 / float(rate)
        self.number = 0  # of the next frame
        self.left_out = 0  # frames there never were: it came too late for them

    def wait_s(self, now_s: float) -> float:
        """How long until the next frame; 0 or less: now."""
        return self._start_s + self.number / float(self._rate) - now_s

    def step(self, now_s: float) -> int:
        """The number of the frame to make now; steps to the one after it."""
        late = int(-self.wait_s(now_s) * float(self._rate))
        if late > MOST_LATE:
            self.left_out += late
            self.number += late
        self.number += 1
        return self.number - 1
