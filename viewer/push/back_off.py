"""How long to wait before a target is tried again."""

from __future__ import annotations

import random
from collections.abc import Callable

FIRST_S, LONGEST_S = 0.25, 1.5  # a server that is back is met again within 5 s, connecting included
JITTER = 0.2  # of the wait, either way: streams that lost one server do not all come back in one moment
LASTING_S = 3.0  # what was live for so long is tried again at once, not where it had got to


class BackOff:
    """Waits that double from `FIRST_S` to `LONGEST_S`, give or take `JITTER`."""

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self._chance, self._next_s = chance, FIRST_S

    def wait_s(self) -> float:
        """How long to wait this time."""
        this_s, self._next_s = self._next_s, min(2 * self._next_s, LONGEST_S)
        return this_s * (1 + JITTER * (2 * self._chance() - 1))

    def note_live(self, lived_s: float) -> None:
        """It was connected for so long."""
        if lived_s >= LASTING_S:
            self._next_s = FIRST_S
