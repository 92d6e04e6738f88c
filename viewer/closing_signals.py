"""Ctrl-C in the terminal, and SIGTERM at the end of a session of the desktop, close a window as its own button does.

Python calls its handlers between two of its instructions, and an idle window runs none: Qt is woken through a socket.
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class ClosingSignals(QObject):
    """Calls `close` once, on the GUI thread, which has to be Python's main one. A second signal ends the program."""

    def __init__(self, close: Callable[[], object]) -> None:
        super().__init__()
        self._close = close
        self._here, self._there = socket.socketpair()
        for end in (self._here, self._there):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._here.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._wake)
        self._before = signal.set_wakeup_fd(self._there.fileno(), warn_on_full_buffer=False)
        self._former: dict[int, Any] = {
            number: signal.signal(number, self._on_signal)
            for number in SIGNALS
            if signal.getsignal(number) is not signal.SIG_IGN
        }

    def stop(self) -> None:
        """As it was before. Again is fine."""
        if self._here.fileno() < 0:
            return
        self._restore()
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._before)
        for end in (self._here, self._there):
            end.close()

    def _wake(self) -> None:
        """Any instruction does: Python calls `_on_signal` before it."""
        self._here.recv(64)

    def _on_signal(self, _number: int, _frame: object) -> None:
        self._restore()
        self._close()

    def _restore(self) -> None:
        while self._former:
            signal.signal(*self._former.popitem())
