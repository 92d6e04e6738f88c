"""OpenSeeFace over UDP, port 11573: a webcam's tracker. Native structs, little-endian, 1785 bytes a face.

It tracks 68 points, not 52 shapes: what it gives are fourteen features, each about -1..1 around the user's own neutral
face, from which the fitting shapes are set. Lips and cheeks stay coarse; that is the tracker's limit. Layout:
`OpenSee.cs` of OpenSeeFace (BSD-2). Its euler angles are taken as OpenCV's, in degrees: pitch about 180, roll about 90.
That, and the signs, were not tried with a real tracker.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from gpu_core.expression import Expression
from viewer.capture.heard import Heard, PacketError, face_of

PORT = 11573
FACE_BYTES = 1785
MOST_FACES = 4
FEATURES = (
    "eye_l", "eye_r", "eyebrow_steepness_l", "eyebrow_updown_l", "eyebrow_quirk_l", "eyebrow_steepness_r",
    "eyebrow_updown_r", "eyebrow_quirk_r", "mouth_corner_updown_l", "mouth_corner_inout_l", "mouth_corner_updown_r",
    "mouth_corner_inout_r", "mouth_open", "mouth_wide",
)  # fmt: skip
# time, id, width, height, right and left eye's openness, found, error, quaternion, euler angles, translation
_HEAD = struct.Struct("<di2f2fBf4f3f3f")
_FEATURES = struct.Struct(f"<{len(FEATURES)}f")


@dataclass(frozen=True)
class TrackedFace:
    """What the tracker says of one face. Openness is 0..1, features are about -1..1, angles in degrees."""

    time_s: float
    number: int
    is_found: bool
    open_left: float
    open_right: float
    euler: tuple[float, float, float]
    features: Mapping[str, float]


def decode(data: bytes) -> tuple[Heard, ...]:
    """Every face of a packet.

    Raises:
        PacketError: it is none.
    """
    count, rest = divmod(len(data), FACE_BYTES)
    if rest or not 1 <= count <= MOST_FACES:
        raise PacketError(f"{len(data)} bytes are no packet of OpenSeeFace: {FACE_BYTES} a face, {MOST_FACES} at most")
    faces = [read_face(data[at : at + FACE_BYTES]) for at in range(0, len(data), FACE_BYTES)]
    return tuple(
        Heard(f"OpenSeeFace {face.number}", expression_of(face) if face.is_found else None, sent_s=face.time_s)
        for face in faces
    )


def read_face(data: bytes) -> TrackedFace:
    """One face's bytes as values.

    Raises:
        PacketError: a number is not finite.
    """
    time_s, number, _, _, right, left, found, _, *rest = _HEAD.unpack_from(data)
    features = _FEATURES.unpack_from(data, FACE_BYTES - _FEATURES.size)
    euler = (rest[4], rest[5], rest[6])
    if not all(map(math.isfinite, (time_s, right, left, *euler, *features))):
        raise PacketError("a value is no finite number")
    return TrackedFace(time_s, number, bool(found), left, right, euler, dict(zip(FEATURES, features, strict=True)))


def expression_of(face: TrackedFace) -> Expression:
    """The shapes that the tracker's features fit. Which, and how much, was chosen by eye: no source says it."""
    feature = face.features
    weights = {
        "eyeBlinkLeft": 1.0 - face.open_left, "eyeBlinkRight": 1.0 - face.open_right,
        "jawOpen": 0.7 * feature["mouth_open"],
        "mouthPucker": -0.8 * feature["mouth_wide"],
    }  # fmt: skip
    for side, letter in (("Left", "l"), ("Right", "r")):
        updown, corner = feature[f"eyebrow_updown_{letter}"], feature[f"mouth_corner_updown_{letter}"]
        weights |= {
            f"browOuterUp{side}": updown, f"browDown{side}": -updown,
            f"mouthSmile{side}": corner, f"mouthFrown{side}": -corner,
            f"mouthStretch{side}": 0.5 * feature["mouth_wide"],
        }  # fmt: skip
    weights["browInnerUp"] = 0.5 * (feature["eyebrow_updown_l"] + feature["eyebrow_updown_r"])
    x, y, z = face.euler
    return face_of(
        {name: max(value, 0.0) for name, value in weights.items()}, y, _within_half(x + 180), -_within_half(z - 90)
    )


def tracked(expression: Expression, *, time_s: float = 0.0, number: int = 0) -> TrackedFace:
    """What the tracker would say of a face: of 52 shapes no more than its features tell."""
    feature = dict.fromkeys(FEATURES, 0.0)
    for side, letter in (("Left", "l"), ("Right", "r")):
        feature[f"eyebrow_updown_{letter}"] = expression[f"browOuterUp{side}"] - expression[f"browDown{side}"]
        feature[f"mouth_corner_updown_{letter}"] = expression[f"mouthSmile{side}"] - expression[f"mouthFrown{side}"]
    feature["mouth_open"] = expression["jawOpen"] / 0.7
    feature["mouth_wide"] = 2 * expression["mouthStretchLeft"] - expression["mouthPucker"] / 0.8
    euler = (_within_half(expression.pitch - 180), expression.yaw, _within_half(90 - expression.roll))
    left, right = (1.0 - expression[f"eyeBlink{side}"] for side in ("Left", "Right"))
    return TrackedFace(time_s, number, True, left, right, euler, feature)


def encode(face: TrackedFace) -> bytes:
    """The bytes of one face, for tests and tools."""
    head = _HEAD.pack(
        face.time_s, face.number, 640.0, 480.0, face.open_right, face.open_left, face.is_found, 0.0,
        0.0, 0.0, 0.0, 1.0, *face.euler, 0.0, 0.0, 0.0,
    )  # fmt: skip
    features = _FEATURES.pack(*(face.features[name] for name in FEATURES))
    return head + bytes(FACE_BYTES - len(head) - len(features)) + features


def _within_half(degrees: float) -> float:
    """The same angle between -180 and 180."""
    return math.remainder(degrees, 360.0)
