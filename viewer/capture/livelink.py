"""Live Link Face over UDP, port 11111, protocol version 6: what Epic's phone app sends. All numbers are big-endian.

    u8 version | i32 n, device id | i32 n, subject | i32 frame, f32 part of it, i32 rate, i32 divisor | u8 61 | 61 f32

The order of the values is that of `ARKIT_SHAPES`, then three rotations each of head, left eye and right eye in radians.
Not documented by Epic: read off recorded packets and PyLiveLinkFace. The signs of the rotations are those of the app's
CSV (see `viewer.sessions.expression_csv`), and so is what is assumed about the head's.
"""

from __future__ import annotations

import math
import struct

from gpu_core.expression import ARKIT_SHAPES, Expression
from viewer.capture.heard import Heard, PacketError, face_of, subject_of
from viewer.sessions.expression_csv import rotations

PORT = 11111
VERSION = 6
VALUES = 61  # 52 weights, 9 rotations
LARGEST = 1024  # bytes; real ones have 264 to 774
_TIME = struct.Struct(">ifii")
_VALUES = struct.Struct(f">{VALUES}f")
_OTHER_MODE = 'another mode of the app: choose "Live Link Face (ARKit)" in it'


def decode(data: bytes) -> tuple[Heard, ...]:
    """The face of a packet.

    Raises:
        PacketError: it is none, or of a version or mode that Mien does not read.
    """
    if len(data) > LARGEST:
        raise PacketError(f"{len(data)} bytes are no packet of Live Link Face: at most {LARGEST}")
    _check_version(data)
    _, at = _text(data, 1, "device id")
    name, at = _text(data, at, "subject")
    subject = subject_of(name) or "iPhone"
    if at == len(data):
        return (Heard(subject, None),)
    sequence, sent_s, at = _time(data, at)
    if at == len(data) or data[at] == 0:  # no face: the packet stops here
        return (Heard(subject, None, sequence, sent_s),)
    return (Heard(subject, _face(data, at), sequence, sent_s),)


def encode(expression: Expression | None, *, frame: int, fps: int = 60, subject: str = "Mien") -> bytes:
    """A packet as the app sends it; None: without a face. For tests and for tools that listen to phones."""
    device, name = b"00000000-0000-0000-0000-00000000MIEN", subject.encode()
    head = struct.pack(">B", VERSION) + b"".join(struct.pack(">i", len(text)) + text for text in (device, name))
    time = _TIME.pack(frame, 0.0, fps, 1)
    if expression is None:
        return head + time + b"\0"
    values = (*expression.weights, *map(math.radians, rotations(expression)))
    return head + time + struct.pack(">B", VALUES) + _VALUES.pack(*values)


def _check_version(data: bytes) -> None:
    if not data:
        raise PacketError("an empty packet")
    if data[0] == VERSION:
        return
    # A version of 16 bits: FLiveLinkFacePacket of the MetaHuman mode. The older versions' byte is followed by a length
    # of 32 bits, whose first three are 0 as well.
    if data[0] == 0 or (data[1:2] == b"\0" and data[1:4] != bytes(3)):
        raise PacketError(f"a packet of {_OTHER_MODE}")
    if data[0] < VERSION:
        raise PacketError(f"version {data[0]} of Live Link Face's protocol; Mien reads {VERSION}: update the app")
    raise PacketError("no packet of Live Link Face")


def _text(data: bytes, at: int, what: str) -> tuple[bytes, int]:
    if at + 4 > len(data):
        raise PacketError(f"a packet of Live Link Face cut off before its {what}")
    (length,) = struct.unpack_from(">i", data, at)
    if not 0 <= length <= 256 or at + 4 + length > len(data):
        raise PacketError(f"a packet of Live Link Face whose {what} has {length} bytes")
    return data[at + 4 : at + 4 + length], at + 4 + length


def _time(data: bytes, at: int) -> tuple[int, float | None, int]:
    if at + _TIME.size > len(data):
        raise PacketError("a packet of Live Link Face cut off in its time")
    frame, part, rate, divisor = _TIME.unpack_from(data, at)
    usable = rate > 0 and divisor > 0 and math.isfinite(part)
    return frame, (frame + part) * divisor / rate if usable else None, at + _TIME.size


def _face(data: bytes, at: int) -> Expression:
    if data[at] != VALUES or len(data) != at + 1 + _VALUES.size:
        raise PacketError(f"a packet of Live Link Face with {data[at]} values and {len(data) - at - 1} bytes of them")
    values = _VALUES.unpack_from(data, at + 1)
    yaw, pitch, roll = (math.degrees(angle) for angle in values[52:55])
    return face_of(values[: len(ARKIT_SHAPES)], -yaw, pitch, -roll)
