"""A mailbox of one: the newest item wins, and what it pushed out is counted. Pure Python, any thread.

Whoever waits is woken by an item and also by `wake`, so that one place to sleep serves requests, finished inferences
and frames that come back from the window.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Mailbox(Generic[Item]):
    """Holds at most one item. `dropped` counts the items that nobody took."""

    def __init__(self) -> None:
        self.dropped = 0
        self._condition = threading.Condition()
        self._item: Item | None = None
        self._woken = False

    def post(self, item: Item) -> None:
        """Put an item in, in place of one that is still waiting."""
        with self._condition:
            self.dropped += self._item is not None
            self._item = item
            self._wake()

    def wake(self) -> None:
        """Let `wait` return although there is no new item."""
        with self._condition:
            self._wake()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Sleep until something was posted or woken since the last `wait`; False if the time ran out first."""
        with self._condition:
            woken = self._condition.wait_for(lambda: self._woken, timeout_s)
            self._woken = False
            return woken

    def take(self, accept: Callable[[Item], bool] | None = None) -> Item | None:
        """The item, or None; the box is empty afterwards. One that `accept` refuses stays, or gives way."""
        with self._condition:
            if self._item is not None and accept is not None and not accept(self._item):
                return None
            item, self._item = self._item, None
            return item

    def _wake(self) -> None:
        self._woken = True
        self._condition.notify()
