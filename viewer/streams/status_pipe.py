"""A worker's way up to its supervisor, which may be slow, or gone: nothing waits for it."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from viewer.streams.messages import status_line
from viewer.streams.values import StreamStatus


class StatusPipe:
    """Writes statuses to a file descriptor, which it closes; those that find no room are left out, never cut."""

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._rest = b""  # of a line that is out in part

    def tell(self, status: StreamStatus) -> None:
        """Send one, unless the one before it is still on its way."""
        self._flush()
        if not self._rest:
            self._rest = status_line(status)
            self._flush()

    def _flush(self) -> None:
        with suppress(BlockingIOError):
            while self._rest:
                try:
                    self._rest = self._rest[os.write(self._descriptor, self._rest) :]
                except BrokenPipeError:
                    self._rest = b""  # nobody listens: the end of our input says so too

    def close(self) -> None:
        """Nothing more is told."""
        os.close(self._descriptor)


def own_output() -> StatusPipe:
    """This process' standard output as such a pipe. What others print goes to standard error from now on."""
    pipe = StatusPipe(os.dup(sys.stdout.fileno()))
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return pipe
