"""Ctrl-C and SIGTERM, held back until somebody can answer them.

Python raises KeyboardInterrupt between any two of its instructions, also between taking a thing and remembering to give
it back. What takes long here is a loop: it asks in each turn, `check`. A second Ctrl-C is answered at once.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

_HELD = (signal.SIGINT, signal.SIGTERM)


class Interruptions:
    """A context manager, for the main thread. Signals that were ignored before stay ignored.

    `also` names further signals to hold back; they end the process as SIGTERM does, with their own code.
    """

    def __init__(self, *, also: tuple[int, ...] = ()) -> None:
        self._held = (*_HELD, *also)
        self._came: int | None = None
        self._is_patient = True
        self._former: dict[int, Any] = {}

    def check(self) -> None:
        """Answer what has come.

        Raises:
            KeyboardInterrupt: Ctrl-C.
            SystemExit: SIGTERM, or one of the others; its code is the one of a shell, 143.
        """
        if self._came == signal.SIGINT:
            raise KeyboardInterrupt
        if self._came is not None:
            sys.exit(128 + self._came)

    @contextmanager
    def answered_at_once(self) -> Iterator[None]:
        """Inside, nothing is held back: for waiting that nobody asks in."""
        self.check()
        self._is_patient = False
        try:
            yield
        finally:
            self._is_patient = True

    def _on_signal(self, number: int, _frame: object) -> None:
        is_first, self._came = self._came is None, number
        if not is_first or not self._is_patient:
            self.check()

    def __enter__(self) -> Interruptions:
        for number in self._held:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._former[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        for number, handler in self._former.items():
            signal.signal(number, handler)
        self._former.clear()
