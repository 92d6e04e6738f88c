"""Packets for tests: real ones of every protocol, and faces that a protocol can carry."""

from __future__ import annotations

import random

from gpu_core.expression import ARKIT_SHAPES, HEAD_LIMITS_DEG, Expression
from viewer.capture.protocols import PROTOCOLS


def face_of(seed: int) -> Expression:
    """A face within the limits."""
    chance = random.Random(seed)
    weights = tuple(chance.choice((0.0, 1.0, chance.random())) for _ in ARKIT_SHAPES)
    return Expression(weights, *(chance.uniform(-limit, limit) for limit in HEAD_LIMITS_DEG.values()))


def packets(key: str, count: int = 3) -> list[bytes]:
    """The datagrams of some frames."""
    encode = PROTOCOLS[key].encode
    return [packet for number in range(count) for packet in encode(face_of(number), number, number / 60)]


def distance(one: Expression, other: Expression) -> float:
    """The largest difference of two faces: of weights, and of angles in tens of degrees."""
    weights = max(abs(a - b) for a, b in zip(one.weights, other.weights, strict=True))
    return max(weights, *(abs(getattr(one, axis) - getattr(other, axis)) / 10 for axis in HEAD_LIMITS_DEG))
