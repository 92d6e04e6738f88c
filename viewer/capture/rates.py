"""How often something happens, and how often it may."""

from __future__ import annotations


class Rate:
    """Counts events and tells how many come a second, over about the last one. Times in seconds of one clock."""

    def __init__(self) -> None:
        self._second, self._before, self._now = 0, 0, 0

    def note(self, time_s: float) -> None:
        """Something has happened."""
        self._turn(time_s)
        self._now += 1

    def per_s(self, time_s: float) -> float:
        """Events a second."""
        self._turn(time_s)
        return self._before * (1.0 - time_s % 1.0) + self._now

    def _turn(self, time_s: float) -> None:
        second = int(time_s)
        if second != self._second:
            self._before = self._now if second == self._second + 1 else 0
            self._second, self._now = second, 0


class Allowance:
    """Lets so much a second pass and a second's worth at once (a token bucket)."""

    def __init__(self, per_s: float) -> None:
        self._per_s, self._left, self._told_s = per_s, per_s, 0.0

    def allows(self, time_s: float, cost: float = 1.0) -> bool:
        """Whether so much may pass now; it is then used up."""
        self._left = min(self._left + max(time_s - self._told_s, 0.0) * self._per_s, self._per_s)
        self._told_s = time_s
        if cost > self._left:
            return False
        self._left -= cost
        return True
