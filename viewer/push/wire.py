"""What a pusher and its process of `mux_process` say to each other, over the process's standard input and output.

Every order is answered, so that who orders knows how far it has got:

    H                            are you there                                      ""
    O {"address", "kind", ...}   connect with the first piece that follows          ""
    P piece                      send                                               "" or why not
    C                            complete what was sent and disconnect              "" or why not
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO, NamedTuple

from viewer.push.coded import Coded

HELLO, OPEN, PIECE, CLOSE = b"H", b"O", b"P", b"C"
# Codes that are neither errno nor FFmpeg's; HTTP's own statuses go below the last.
UNKNOWN_HOST, OTHER, HTTP, UNTRUSTED = -1, -2, -1000, -3
_HEAD = struct.Struct("<cI")  # order, bytes that follow
_PIECE = struct.Struct("<??qq")  # is_key, is_sound, time, lasts
_ANSWER = struct.Struct("<iH")  # FFmpeg's code of an error, 0 for none; bytes of text that follow


class Answer(NamedTuple):
    """What came of an order."""

    code: int = 0  # errno, or FFmpeg's own; 0: it went well
    text: str = ""


def send_order(file: BinaryIO, order: bytes, payload: bytes = b"") -> None:
    """Write an order.

    Raises:
        OSError: nobody reads.
    """
    file.write(_HEAD.pack(order, len(payload)) + payload)
    file.flush()


def receive_order(file: BinaryIO) -> tuple[bytes, bytes] | None:
    """Read an order and its payload; None: there will be none."""
    head = file.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    order, length = _HEAD.unpack(head)
    payload = file.read(length)
    return (order, payload) if len(payload) == length else None


def send_answer(file: BinaryIO, answer: Answer) -> None:
    """Answer an order."""
    text = answer.text.encode()[:1000]
    file.write(_ANSWER.pack(answer.code, len(text)) + text)
    file.flush()


def receive_answer(file: BinaryIO) -> Answer | None:
    """Read an answer; None: the process has ended."""
    head = file.read(_ANSWER.size)
    if len(head) < _ANSWER.size:
        return None
    code, length = _ANSWER.unpack(head)
    return Answer(code, file.read(length).decode(errors="replace"))


def packed(piece: Coded) -> bytes:
    """A piece as bytes."""
    return _PIECE.pack(piece.is_key, piece.is_sound, piece.time, piece.lasts) + piece.data


def unpacked(payload: bytes) -> Coded:
    """The piece that `packed` made these bytes of."""
    is_key, is_sound, time, lasts = _PIECE.unpack_from(payload)
    return Coded(payload[_PIECE.size :], time, lasts, is_key, is_sound)


def packed_form(form: Mapping[str, Any]) -> bytes:
    """What OPEN says, as bytes."""
    return json.dumps(form).encode()
