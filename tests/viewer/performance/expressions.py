"""Faces for hypothesis: by a seed, since 52 numbers each are slow to draw and to shrink."""

from __future__ import annotations

import random

from hypothesis import strategies as st

from gpu_core.expression import ARKIT_SHAPES, HEAD_LIMITS_DEG, Expression


def face_of(seed: int) -> Expression:
    """A face within the limits: some shapes rest, some are at their end."""
    chance = random.Random(seed)
    weights = tuple(chance.choice((0.0, 1.0, chance.random())) for _ in ARKIT_SHAPES)
    return Expression(weights, *(chance.uniform(-limit, limit) for limit in HEAD_LIMITS_DEG.values()))


faces = st.integers(0, 10**9).map(face_of)
