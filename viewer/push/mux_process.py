"""A process that puts packets into a stream or a file, and does nothing else: `viewer.push.mux_link` starts it.

Why a process: PyAV opens an output while it holds the interpreter's lock, and gives libavformat neither a time limit
nor a way to be interrupted there. A server that takes a connection and says nothing would stop the whole interpreter,
faces and all. Here it stops only this, which is ended from outside; 30 MB and no NumPy.

It ends with its standard input. Should it hang just then, the alarm ends it.
"""

from __future__ import annotations

import errno
import json
import signal
import socket
import sys
from fractions import Fraction
from typing import Any, BinaryIO

import av
from av.error import FFmpegError

from viewer.push import wire
from viewer.push.coded import SOUND_RATE, Coded

ALARM_S = 10.0  # more than whoever started this would wait


class Outlet:
    """One connection, or one file."""

    def __init__(self, form: dict[str, Any]) -> None:
        self._find(form["host"], form["port"])
        if form["address"].startswith("http"):
            _check(form["address"])
        self._rate = Fraction(form["rate"])
        self._container: Any = av.open(form["address"], "w", format=form["kind"], options=form["options"])
        side = form["side"]
        self._video = self._container.add_mux_stream("h264", rate=self._rate, width=side, height=side)
        self._video.time_base = 1 / self._rate
        self._sound: Any = None
        if form["sound"]:
            # An encoder that never encodes: it knows what the header has to say of the sound.
            self._sound = self._container.add_stream("aac", rate=SOUND_RATE)
            self._sound.layout = "mono"

    @staticmethod
    def _find(host: str, port: int) -> None:
        """Look for the host first, for FFmpeg has but an "Input/output error" for one that nobody knows."""
        if host:
            try:
                socket.getaddrinfo(host, port)
            except (OSError, UnicodeError):
                raise RefusedError(wire.UNKNOWN_HOST) from None

    def send(self, piece: Coded) -> None:
        """Put a piece in; the first connects."""
        packet: Any = av.Packet(piece.data)
        packet.pts = packet.dts = piece.time
        packet.duration, packet.is_keyframe = piece.lasts, piece.is_key
        packet.time_base = Fraction(1, SOUND_RATE) if piece.is_sound else 1 / self._rate
        packet.stream = self._sound if piece.is_sound else self._video
        self._container.mux(packet)

    def close(self) -> None:
        """Complete it."""
        self._container.close()


class RefusedError(Exception):
    """It is not even tried, for this reason of `wire`'s."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


def _check(address: str) -> None:
    """Ask a web server; imported late, for it brings seven megabytes."""
    import ssl

    from viewer.push.http_check import put_status

    try:
        status = put_status(address)
    except ssl.SSLError:
        raise RefusedError(wire.UNTRUSTED) from None
    if status not in range(200, 300):
        raise RefusedError(wire.HTTP - status)


def main(orders: BinaryIO, answers: BinaryIO) -> None:
    """Obey until there are no more orders."""
    outlet: Outlet | None = None
    while (order := wire.receive_order(orders)) is not None:
        answer = wire.Answer()
        _set_alarm(ALARM_S)
        try:
            outlet = _obey(outlet, *order)
        except RefusedError as error:
            answer = wire.Answer(error.code)
        except TimeoutError:
            answer = wire.Answer(errno.ETIMEDOUT)
        except FFmpegError as error:
            answer = wire.Answer(error.errno or wire.OTHER, error.strerror or "")  # all else in it may name the target
        except OSError as error:
            answer = wire.Answer(error.errno or wire.OTHER, error.strerror or "")
        except Exception as error:  # noqa: BLE001 - of whatever kind it is, the parent has to hear of it
            answer = wire.Answer(wire.OTHER, type(error).__name__)
        _set_alarm(0)
        wire.send_answer(answers, answer)
    _set_alarm(ALARM_S)
    if outlet is not None:
        outlet.close()


def _obey(outlet: Outlet | None, order: bytes, payload: bytes) -> Outlet | None:
    if order == wire.HELLO:
        return outlet
    if order == wire.OPEN:
        return Outlet(json.loads(payload))
    if outlet is None:
        return None
    if order == wire.CLOSE:
        outlet.close()
        return None
    outlet.send(wire.unpacked(payload))
    return outlet


def _set_alarm(seconds: float) -> None:
    """End this process if it hangs, where the system can; its default answer needs no interpreter."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


if __name__ == "__main__":
    av.logging.set_level(None)  # libavformat writes addresses into its messages
    main(sys.stdin.buffer, sys.stdout.buffer)
