"""What the panels cost: processor time of the window's thread in their own code, as a share of one core."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

WINDOW_S = 5.0  # a mean over so long stands still enough to be read
LEAST_S = 1.0  # the first picture of a window is no rate
TIP = (
    "Processor time that the latency and utilisation panels take to work out and paint what they show, as a share of "
    "one core, over the last 5 s. What Qt takes to bring it to the screen is not in it."
)


class PanelCost:
    """Adds up what is measured on one thread; both panels share one."""

    def __init__(
        self, clock_s: Callable[[], float] = time.monotonic, processor_s: Callable[[], float] = time.thread_time
    ) -> None:
        self._clock_s, self._processor_s = clock_s, processor_s
        self._spent: deque[tuple[float, float]] = deque()  # when, how much
        self._since_s = clock_s()
        self._depth = 0

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Count what the body takes; inside another one it is counted once."""
        self._depth += 1
        start_s = self._processor_s()
        try:
            yield
        finally:
            self._depth -= 1
            if not self._depth:
                self._spent.append((self._clock_s(), self._processor_s() - start_s))
                self._forget()

    @property
    def percent(self) -> float:
        """Of one core, over the last WINDOW_S or since the beginning."""
        self._forget()
        passed_s = max(min(self._clock_s() - self._since_s, WINDOW_S), LEAST_S)
        return 100.0 * sum(spent for _, spent in self._spent) / passed_s

    def _forget(self) -> None:
        since_s = self._clock_s() - WINDOW_S
        while self._spent and self._spent[0][0] < since_s:
            self._spent.popleft()
