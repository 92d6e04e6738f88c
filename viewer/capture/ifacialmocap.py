"""iFacialMocap over UDP, port 49983: text, `|` between its parts, in versions 1 and 2.

    mouthSmile_L-35|...|=head#x,y,z,px,py,pz|rightEye#x,y,z|leftEye#x,y,z|        version 1
    mouthSmile_L&35|...                                                          version 2

Weights are in hundredths, angles in degrees. The phone sends only to whom has greeted it. Format: tha4's
`ifacialmocap_v2.py` (MIT). That file does not tell the signs of the head; here they are taken as Unity's, a left-handed
world in which the face looks along +z: yaw to the character's right, pitch down and roll to the left are positive.
"""

from __future__ import annotations

import math

from gpu_core.expression import ARKIT_SHAPES, Expression
from gpu_core.gltf.shape_names import canonical
from viewer.capture.heard import LONGEST_NAME, Heard, PacketError, face_of

PORT = 49983
LARGEST = 8192  # bytes; real ones have about 1500
MOST_PARTS = 200
GREETING = b"iFacialMocap_sahuasouryya9218sauhuiayeta91555dy3719"
GREETING_V2 = GREETING + b"|sendDataVersion=v2"
SUBJECT = "iFacialMocap"


def decode(data: bytes) -> tuple[Heard, ...]:
    """The face of a packet.

    Raises:
        PacketError: it is none.
    """
    if len(data) > LARGEST:
        raise PacketError(f"{len(data)} bytes are no packet of iFacialMocap: at most {LARGEST}")
    try:
        parts = data.decode("ascii").strip("\0 \r\n|").split("|")
    except UnicodeDecodeError:
        raise PacketError("no packet of iFacialMocap: it is not text") from None
    if len(parts) > MOST_PARTS:
        raise PacketError(f"no packet of iFacialMocap: {len(parts)} parts")
    weights: dict[str, float] = {}
    head = (0.0, 0.0, 0.0)
    for part in parts:
        if part.startswith("=head#"):
            head = _angles(part[6:])
        elif "#" not in part and (found := _weight(part)) is not None:
            weights[found[0]] = found[1]
    if not weights:
        raise PacketError("no packet of iFacialMocap: it names no blendshape")
    x, y, z = head
    return (Heard(SUBJECT, face_of(weights, -y, x, -z)),)


def encode(expression: Expression, *, version: int = 2) -> bytes:
    """A packet as the app sends it."""
    between = "&" if version == 2 else "-"
    weights = [f"{_short(name)}{between}{round(100 * expression[name])}" for name in ARKIT_SHAPES]
    angles = f"=head#{expression.pitch:.6f},{-expression.yaw:.6f},{-expression.roll:.6f},0,0,0"
    return "|".join([*weights, angles, "rightEye#0,0,0", "leftEye#0,0,0", ""]).encode("ascii")


def _short(name: str) -> str:
    for side in ("Left", "Right"):
        if name.endswith(side) and name not in ("jawLeft", "jawRight", "mouthLeft", "mouthRight"):
            return f"{name.removesuffix(side)}_{side[0]}"
    return name


def _weight(part: str) -> tuple[str, float] | None:
    """A shape and its weight, None for a part that says something else."""
    name, sign, value = part.partition("&")
    if not sign:
        name, sign, value = part.partition("-")  # a second one is the value's own
    shape = canonical(name) if sign and len(name) <= LONGEST_NAME else None
    return None if shape is None else (shape, _number(value) / 100)


def _angles(text: str) -> tuple[float, float, float]:
    numbers = text.split(",")
    if len(numbers) < 3:
        raise PacketError(f"iFacialMocap's head has {len(numbers)} numbers; 3 angles are needed")
    x, y, z = (_number(number) for number in numbers[:3])
    return x, y, z


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise PacketError(f"{text[:20]!r} in a packet of iFacialMocap is no number") from None
    if not math.isfinite(value):
        raise PacketError("a value is no finite number")
    return value
