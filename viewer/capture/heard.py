"""What a packet says: a face, or that the sender sees none. Decoders make it, whatever the protocol."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gpu_core.errors import MienError
from gpu_core.expression import ARKIT_SHAPES, Expression

LONGEST_NAME = 64  # characters of a subject, more is cut; of a blendshape, longer ones are none


class PacketError(MienError):
    """Bytes that are no packet of that protocol; the text is for users and names what is wrong."""


@dataclass(frozen=True)
class Heard:
    """One face of one packet. Its values are within the limits of `Expression.clamped`."""

    subject: str
    expression: Expression | None  # None: the sender sees no face just now
    sequence: int | None = None  # the sender's number of this frame, where a protocol counts them
    sent_s: float | None = None  # the sender's clock


def face_of(weights: Mapping[str, float] | Sequence[float], yaw: float, pitch: float, roll: float) -> Expression:
    """An expression within the limits, from weights by ARKit name or in their order, and degrees in our signs.

    Raises:
        PacketError: a value is no finite number.
    """
    row = [weights.get(name, 0.0) for name in ARKIT_SHAPES] if isinstance(weights, Mapping) else list(weights)
    if not all(map(math.isfinite, (*row, yaw, pitch, roll))):
        raise PacketError("a value is no finite number")
    return Expression(tuple(row), yaw, pitch, roll).clamped()[0]


def subject_of(raw: bytes) -> str:
    """A name as it can be shown: one line, printable, not endless."""
    text = raw.decode("utf-8", "replace")[:LONGEST_NAME]
    return "".join(c if c.isprintable() else "�" for c in text)
