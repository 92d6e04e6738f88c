"""VMC: faces as OSC over UDP. What shows an avatar (a "marionette") listens on port 39539, a performer's tool on 39540.

    /VMC/Ext/Blend/Val (name, weight) ... /VMC/Ext/Blend/Apply      takes effect all at once
    /VMC/Ext/Bone/Pos ("Head", position, quaternion)               relative to its parent

Names are ARKit's ("perfect sync") or VRM's few expressions, which are then made of ARKit's shapes. Bones live in
Unity's left-handed world and the avatar looks along +z: yaw to its right, pitch down, roll to its left are positive.
Protocol: protocol.vmc.info (MIT).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from pythonosc.osc_message_builder import OscMessageBuilder

from gpu_core.expression import ARKIT_SHAPES, Expression
from gpu_core.gltf.shape_names import canonical
from viewer.capture.heard import LONGEST_NAME, Heard, PacketError, face_of
from viewer.capture.osc import Message, messages

PORT, PERFORMER_PORT = 39539, 39540
LARGEST = 16_384  # bytes; a whole body in one datagram has about 10,000
MOST_NAMES = 300  # blendshapes of one avatar
SUBJECT = "VMC"
_APPLY = "/VMC/Ext/Blend/Apply"

# VRM's expressions, 1.0 and 0.x, as ARKit's shapes. Vowels after TalkingHead's build-visemes-from-arkit.py (MIT), with
# weights that suit a mouth whose vowels are at their greatest at 1.
_VRM: Mapping[str, Mapping[str, float]] = {
    "aa": {"jawOpen": 0.6},
    "ih": {"mouthStretchLeft": 0.5, "mouthStretchRight": 0.5, "jawOpen": 0.2},
    "ou": {"mouthFunnel": 0.4, "mouthPucker": 0.6, "jawOpen": 0.1},
    "ee": {"mouthSmileLeft": 0.3, "mouthSmileRight": 0.3, "jawOpen": 0.3},
    "oh": {"mouthFunnel": 0.7, "jawOpen": 0.4},
    "blink": {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0},
    "blinkleft": {"eyeBlinkLeft": 1.0},
    "blinkright": {"eyeBlinkRight": 1.0},
    "happy": {"mouthSmileLeft": 0.8, "mouthSmileRight": 0.8, "cheekSquintLeft": 0.5, "cheekSquintRight": 0.5},
    "angry": {"browDownLeft": 0.9, "browDownRight": 0.9, "noseSneerLeft": 0.3, "noseSneerRight": 0.3},
    "sad": {"browInnerUp": 0.8, "mouthFrownLeft": 0.6, "mouthFrownRight": 0.6},
    "surprised": {"browInnerUp": 0.7, "browOuterUpLeft": 0.7, "browOuterUpRight": 0.7, "eyeWideLeft": 0.7,
                  "eyeWideRight": 0.7, "jawOpen": 0.3},
    "relaxed": {"mouthSmileLeft": 0.3, "mouthSmileRight": 0.3, "eyeBlinkLeft": 0.2, "eyeBlinkRight": 0.2},
    "lookup": {"eyeLookUpLeft": 1.0, "eyeLookUpRight": 1.0},
    "lookdown": {"eyeLookDownLeft": 1.0, "eyeLookDownRight": 1.0},
    "lookleft": {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0},
    "lookright": {"eyeLookInLeft": 1.0, "eyeLookOutRight": 1.0},
}  # fmt: skip
_OLD_NAMES = {
    "a": "aa", "i": "ih", "u": "ou", "e": "ee", "o": "oh", "joy": "happy", "sorrow": "sad", "fun": "relaxed",
    "blink_l": "blinkleft", "blink_r": "blinkright",
}  # fmt: skip


class Decoder:
    """Gathers what comes in several datagrams until it is applied. One sender each."""

    def __init__(self) -> None:
        self._values: dict[str, float] = {}
        self._head = (0.0, 0.0, 0.0)
        self._time_s: float | None = None

    def decode(self, data: bytes) -> tuple[Heard, ...]:
        """The face that a datagram applies, the last if it applies several. A broken one changes nothing.

        Raises:
            PacketError: it is no VMC.
        """
        if len(data) > LARGEST:
            raise PacketError(f"{len(data)} bytes are no packet of VMC")
        before = (dict(self._values), self._head, self._time_s)
        try:
            return self._take_all(messages(data))
        except PacketError:
            self._values, self._head, self._time_s = before
            raise

    def _take_all(self, found: Sequence[Message]) -> tuple[Heard, ...]:
        last = max((at for at, message in enumerate(found) if message.address == _APPLY), default=-1)
        heard = []
        for at, message in enumerate(found):
            self._take(message)
            if at == last:
                heard = [Heard(SUBJECT, face_of(_weights(self._values), *self._head), sent_s=self._time_s)]
        return tuple(heard)

    def _take(self, message: Message) -> None:
        match message:
            case Message("/VMC/Ext/Blend/Val", (str(name), float() | int() as value)):
                self._note(name, float(value))
            case Message("/VMC/Ext/Bone/Pos", ("Head", _, _, _, *quaternion)) if len(quaternion) == 4:
                self._head = angles(quaternion)
            case Message("/VMC/Ext/T", (float() as time_s,)):
                self._time_s = time_s if math.isfinite(time_s) else None

    def _note(self, name: str, value: float) -> None:
        if not math.isfinite(value):
            raise PacketError("a value is no finite number")
        if len(name) > LONGEST_NAME:  # it costs the more to look for, and nobody's blendshape
            return
        if len(self._values) >= MOST_NAMES and name not in self._values:
            raise PacketError(f"more than {MOST_NAMES} blendshapes")
        self._values[name] = value


def encode(expression: Expression, *, time_s: float = 0.0) -> list[bytes]:
    """The messages that show a face on an avatar with ARKit's shapes, a datagram each."""
    x, y, z, w = quaternion(expression)
    sent = [_packed("/VMC/Ext/Blend/Val", name, float(expression[name])) for name in ARKIT_SHAPES]
    return [
        _packed("/VMC/Ext/OK", 1),
        _packed("/VMC/Ext/T", float(time_s)),
        _packed("/VMC/Ext/Bone/Pos", "Head", 0.0, 0.0, 0.0, x, y, z, w),
        *sent,
        _packed(_APPLY),
    ]


def angles(quaternion: list[Any]) -> tuple[float, float, float]:
    """(yaw, pitch, roll) in degrees and our signs, from Unity's (x, y, z, w); Unity turns z, then x, then y.

    Raises:
        PacketError: it is no rotation.
    """
    length = math.sqrt(sum(float(part) ** 2 for part in quaternion)) if _are_numbers(quaternion) else math.nan
    if not 1e-6 < length < 1e6:
        raise PacketError("the head's quaternion is no rotation")
    x, y, z, w = (float(part) / length for part in quaternion)
    pitch = math.asin(min(max(2 * (w * x - y * z), -1.0), 1.0))
    yaw = math.atan2(2 * (x * z + w * y), 1 - 2 * (x * x + y * y))
    roll = math.atan2(2 * (x * y + w * z), 1 - 2 * (x * x + z * z))
    return -math.degrees(yaw), math.degrees(pitch), -math.degrees(roll)


def quaternion(expression: Expression) -> tuple[float, float, float, float]:
    """The head's rotation as Unity's (x, y, z, w)."""
    y, x, z = (math.radians(angle) / 2 for angle in (-expression.yaw, expression.pitch, -expression.roll))
    cx, sx, cy, sy, cz, sz = math.cos(x), math.sin(x), math.cos(y), math.sin(y), math.cos(z), math.sin(z)
    return (
        cy * sx * cz + sy * cx * sz, sy * cx * cz - cy * sx * sz,
        cy * cx * sz - sy * sx * cz, cy * cx * cz + sy * sx * sz,
    )  # fmt: skip


def _are_numbers(values: list[Any]) -> bool:
    return all(isinstance(value, float | int) and math.isfinite(value) and abs(value) < 1e6 for value in values)


def _weights(values: Mapping[str, float]) -> dict[str, float]:
    """ARKit's shapes as they are; VRM's expressions added to what these leave."""
    weights = {shape: value for name, value in values.items() if (shape := canonical(name)) is not None}
    for name, value in values.items():
        key = name.lower()
        for shape, share in _VRM.get(_OLD_NAMES.get(key, key), {}).items():
            if shape not in values:
                weights[shape] = max(weights.get(shape, 0.0), share * value)
    return weights


def _packed(address: str, *arguments: str | float | int) -> bytes:
    builder = OscMessageBuilder(address)
    for argument in arguments:
        builder.add_arg(argument)
    return bytes(builder.build().dgram)
