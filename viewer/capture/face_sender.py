"""Sends faces as one of the protocols does: to an avatar's program, or in place of a phone."""

from __future__ import annotations

import socket

from gpu_core.expression import Expression
from viewer.capture.addresses import Address, CaptureError
from viewer.capture.protocols import Protocol

MOST_FPS = 60.0


class FaceSender:
    """A socket that sends. Nothing leaves it that is the same as before, nor more than `fps` faces a second."""

    def __init__(self, protocol: Protocol, to: Address, *, fps: float = MOST_FPS) -> None:
        self._protocol, self._to, self._period_s = protocol, to, 1.0 / fps
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._began_s: float | None = None
        self._sent_s = -1.0
        self._last: Expression | None = None
        self.sent = 0  # faces

    def offer(self, face: Expression, now_s: float) -> float:
        """Send a face unless it is the last again, or too soon; returns in how many seconds it is time, 0: done.

        Raises:
            CaptureError: there is no way to where it is to go.
        """
        if face == self._last:
            return 0.0
        if self._began_s is None:
            self._began_s, self._sent_s = now_s, now_s - self._period_s
        wait_s = self._sent_s + self._period_s - now_s
        if wait_s > 1e-4:
            return wait_s
        self.send(face, now_s - self._began_s)
        self._sent_s = now_s
        return 0.0

    def send(self, face: Expression, time_s: float) -> None:
        """Send a face, whatever was sent before. `time_s` is of the sender's clock.

        Raises:
            CaptureError: there is no way to where it is to go.
        """
        for data in self._protocol.encode(face, self.sent, time_s):
            try:
                self._socket.sendto(data, self._to)
            except (BlockingIOError, ConnectionError):
                continue  # the way is full, or nobody listens there yet: that may change
            except OSError as error:
                where = f"{self._to[0]}:{self._to[1]}"
                raise CaptureError(f"cannot send to {where}: {error.strerror or error}") from error
        self._last = face
        self.sent += 1

    def close(self) -> None:
        """Let go of the socket. Again is fine."""
        self._socket.close()

    def __enter__(self) -> FaceSender:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
