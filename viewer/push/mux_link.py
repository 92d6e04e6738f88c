"""The pusher's end of a process that connects and sends: `mux_process`.

`open`, `send` and `close` belong to one thread and wait for the process. `end_if_overdue` and `kill` may be called from
any: a process that does not answer in time is ended, and whoever waits for it hears so.
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from gpu_core.child_process import module_command, module_environment
from viewer.push import wire
from viewer.push.coded import Coded, Tracks
from viewer.push.target import Target

OPEN_S, SEND_S = 3.0, 3.0  # what a server is given to answer; with the back-off, one that is back is met within 5 s
START_S = 15.0  # what the process is given to start, on a busy machine
_MODULE = "viewer.push.mux_process"
_FLAGS = getattr(subprocess, "CREATE_NO_WINDOW", 0)


class LinkError(Exception):
    """It cannot be sent. `code` is FFmpeg's, or one of `wire.Answer`'s own; None: nobody answered in time."""

    def __init__(self, code: int | None, text: str = "") -> None:
        super().__init__(text)
        self.code, self.text = code, text


class MuxLink:
    """Connects to one target, again and again. To be closed."""

    def __init__(self, target: Target, tracks: Tracks, clock: Callable[[], float] = time.monotonic) -> None:
        self._target, self._tracks, self._clock = target, tracks, clock
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._due_s: float | None = None  # when an answer has to be there
        self._is_killed = False

    @property
    def pid(self) -> int:
        """Of the process; 0: there is none."""
        child = self._child
        return child.pid if child is not None else 0

    def start(self) -> None:
        """Start the process ahead of time.

        Raises:
            LinkError: it cannot be started.
        """
        if self._child is None:
            self._order(wire.HELLO, b"", START_S)

    def open(self, first: Coded) -> None:
        """Connect, and send the first piece: a key frame.

        Raises:
            LinkError: there is no connection.
        """
        target, tracks = self._target, self._tracks
        form = {
            "address": target.address, "kind": target.kind, "options": dict(target.options),
            "host": target.host, "port": target.port,
            "side": tracks.side, "rate": str(tracks.rate), "sound": tracks.sound,
        }  # fmt: skip
        self.start()
        self._order(wire.OPEN, wire.packed_form(form), OPEN_S)
        self._order(wire.PIECE, wire.packed(first), OPEN_S)

    def send(self, piece: Coded) -> None:
        """Send a piece.

        Raises:
            LinkError: the connection is lost.
        """
        self._order(wire.PIECE, wire.packed(piece), SEND_S)

    def finish(self) -> None:
        """Complete what was sent, and disconnect.

        Raises:
            LinkError: it cannot be completed.
        """
        if self._child is not None:
            self._order(wire.CLOSE, b"", SEND_S)

    def end_if_overdue(self) -> None:
        """End the process if an answer is overdue: to be called now and then by who does not wait for it."""
        due_s = self._due_s
        if due_s is not None and self._clock() > due_s:
            self._end()

    def kill(self) -> None:
        """End the process for good; from any thread."""
        self._is_killed = True
        self._end()

    def close(self) -> None:
        """End the process."""
        with self._lock:
            child, self._child = self._child, None
        if child is not None:
            child.kill()
            _reap(child)

    def _end(self) -> None:
        with self._lock:
            if self._child is not None:
                self._child.kill()

    def _order(self, order: bytes, payload: bytes, limit_s: float) -> None:
        child: Any = self._child or self._start()
        self._due_s = self._clock() + limit_s
        try:
            wire.send_order(child.stdin, order, payload)
            answer = wire.receive_answer(child.stdout)
        except OSError:
            answer = None
        finally:
            self._due_s = None
        if answer is None:
            self.close()
            raise LinkError(None)
        if answer.code:
            raise LinkError(answer.code, answer.text)

    def _start(self) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C in a terminal is not for it. The target is told over its input: everybody on the
        # machine can read a command line.
        with self._lock:
            if self._is_killed:
                raise LinkError(None)
            try:
                self._child = subprocess.Popen(
                    module_command(_MODULE), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL, env=module_environment(), creationflags=_FLAGS,
                    start_new_session=True,
                )  # fmt: skip
            except OSError as error:
                raise LinkError(error.errno, error.strerror or "") from None
            return self._child


def _reap(child: subprocess.Popen[bytes]) -> None:
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    child.wait()
