"""Signals for tests, without the operating system."""

from __future__ import annotations

import signal


def deliver(number: int) -> None:
    """Have this process' handler answer a signal.

    The handler itself: a real signal, with every native library of the suite loaded, has crashed the process.
    """
    handler = signal.getsignal(number)
    if callable(handler):
        handler(number, None)
