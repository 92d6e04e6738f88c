"""What is heard now, out of when a sound device asked for what: blocks that come early, late and at a rate of its own.

An alpha-beta filter, the delay-locked loop of F. Adriaensen, "Using a DLL to filter time", 2005, over blocks that need
not be equal: it follows a device's own rate and not the jitter of its thread.
"""

from __future__ import annotations

_ALPHA, _BETA = 0.06, 0.0015  # of a block's error that corrects the position, and the rate
_FASTEST = 0.05  # as much off its rate a device may be
JUMP_S = 0.15  # an error beyond this is no jitter: it has stood still, or a driver has lost a block


class SoundClock:
    """Position in seconds over time. `start_s` is what was asked for: nothing before it is heard."""

    def __init__(self, start_s: float) -> None:
        self._start_s = start_s
        self._noted_s: float | None = None
        self._position_s = start_s  # at `_noted_s`
        self._rate = 1.0
        self._told_s = start_s

    def note(self, now_s: float, heard_s: float) -> None:
        """The device has asked for its next block; `heard_s` should be heard about now."""
        if self._noted_s is None:
            self._noted_s, self._position_s = now_s, heard_s
            return
        passed_s = max(now_s - self._noted_s, 1e-6)
        expected_s = self._position_s + self._rate * passed_s
        error_s = heard_s - expected_s
        self._noted_s = now_s
        if abs(error_s) > JUMP_S:
            self._position_s = heard_s
            return
        self._position_s = expected_s + _ALPHA * error_s
        rate = self._rate + _BETA * error_s / passed_s
        self._rate = min(max(rate, 1 - _FASTEST), 1 + _FASTEST)

    def age_s(self, now_s: float) -> float:
        """How long ago the device asked."""
        return now_s - self._noted_s if self._noted_s is not None else 0.0

    def at(self, now_s: float) -> float:
        """What is heard at a time, in seconds; it never goes back."""
        if self._noted_s is None:
            return self._start_s
        heard_s = self._position_s + self._rate * (now_s - self._noted_s)
        self._told_s = max(heard_s, self._told_s)
        return self._told_s
