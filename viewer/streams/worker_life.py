"""What ends a worker: its input's end, signals, the death of its parent, and its own standing still.

Four nets, each for what the one before it lets through. The input ends when the parent closes it or dies, however.
Linux sends a signal when the parent dies: while the worker starts, and may not hear anything yet, one that nothing
holds back. A timer of faulthandler's, which needs no interpreter, ends a worker whose loop has stood still. How long a
start may take is the supervisor's to say: on a busy machine a healthy one takes long, so that its own timer is far off.
"""

from __future__ import annotations

import ctypes
import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Callable

from viewer.streams.messages import Lines

_READ = 1 << 16
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
STILL_S = 30.0  # a loop that stands still for so long ends its process
START_STILL_S = 900.0  # the same before the loop has begun: far more patience than any supervisor has
ENDING_S = 8.0  # for what is left to be encoded and sent


class Life:
    """Whether to go on. `parent` is the process that has to be there; 0: whichever."""

    def __init__(self, parent: int = 0, *, still_s: float = STILL_S) -> None:
        self._parent, self._still_s = parent, still_s
        self._over = threading.Event()
        self._has_begun = False  # the loop

    def begin(self) -> None:
        """While starting: die with the parent, at once. Leave if it has died already."""
        die_with_parent(signal.SIGKILL)
        if self._parent and os.getppid() != self._parent:
            sys.exit(1)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.end())
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for the parent, who ends its workers
        self.tick()

    def is_live(self) -> None:
        """The loop begins: it must not stand still, and the parent's death leaves time to complete what is written."""
        self._has_begun = True
        self.tick()
        die_with_parent(signal.SIGTERM)

    def listen(self, descriptor: int, heard: Callable[[bytes], object]) -> None:
        """Have `heard` called with every line, on a thread of its own; the end of the lines is the end."""
        threading.Thread(target=self._listen, args=(descriptor, heard), name="parent", daemon=True).start()

    def _listen(self, descriptor: int, heard: Callable[[bytes], object]) -> None:
        # Not a file of Python's: its lock, held by a thread that waits, aborts the interpreter when it ends.
        lines = Lines()
        try:
            while piece := os.read(descriptor, _READ):
                for line in lines.fed(piece):
                    heard(line)
        finally:
            self.end()

    def tick(self) -> None:
        """The loop is moving: put the timer back. About twice a second, or before something long."""
        if not self._over.is_set():
            still_s = self._still_s if self._has_begun else max(self._still_s, START_STILL_S)
            faulthandler.dump_traceback_later(still_s, exit=True)

    def end(self) -> None:
        """Ask the loop to end, and see to it that it does."""
        if not self._over.is_set():
            self._over.set()
            faulthandler.dump_traceback_later(ENDING_S, exit=True)

    @property
    def is_over(self) -> bool:
        """Whether the loop has to end."""
        return self._over.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until it is over; returns whether it is."""
        return self._over.wait(seconds)

    def close(self) -> None:
        """Take the timer away."""
        faulthandler.cancel_dump_traceback_later()


def die_with_parent(number: int) -> None:
    """Have the kernel send this process a signal when the thread that started it ends; nothing where it cannot."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
