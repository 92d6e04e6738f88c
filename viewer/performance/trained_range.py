"""Which values a generator was trained for, as its card says: the lamp on values that it was not.

The card's `training` has `reach`: for each shape the weight that at least `pictures` (three) of the pictures it learned
from reach, for each of the head's angles the interval that as many go beyond on either side. So one picture of a tongue
does not make a generator that knows tongues. Pictures are path-traced ones and, where a generator learned from another,
that one's answers to expressions nobody rendered: the card's `pairs` and `taught_pairs` tell how many of each.

Only single values are judged. Shapes were trained in combinations of a few, drawn at random, and which of the countless
others are far from all of these no table can say honestly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gpu_core.expression import ARKIT_SHAPES, HEAD_LIMITS_DEG, Expression

LEAST_PICTURES = 3
_MARGIN = 0.02  # of a weight, and
_MARGIN_DEG = 0.2  # of an angle: as little beyond looks like what was trained


@dataclass(frozen=True)
class TrainedRange:
    """The greatest weight of each shape, in `ARKIT_SHAPES` order, and the interval of each angle in degrees."""

    weights: tuple[float, ...]
    head: tuple[tuple[float, float], ...]  # yaw, pitch, roll
    is_known: bool = True  # False: no card says it, and only the limits of a face hold

    @classmethod
    def of(cls, expressions: Iterable[Expression], least: int = LEAST_PICTURES) -> TrainedRange:
        """The range of what a generator learned from. A head at rest is always within."""
        faces = list(expressions)
        if len(faces) < least:
            raise ValueError(f"{len(faces)} expressions are no training: at least {least}")
        weights = np.sort([face.weights for face in faces], axis=0)[-least]
        angles = np.sort([[getattr(face, axis) for axis in HEAD_LIMITS_DEG] for face in faces], axis=0)
        ends = zip(angles[least - 1].tolist(), angles[-least].tolist(), strict=True)
        head = tuple((min(low, 0.0), max(high, 0.0)) for low, high in ends)
        return cls(tuple(weights.tolist()), head)

    def to_dict(self) -> dict[str, Any]:
        """What a card keeps."""
        head = {axis: [round(end, 3) for end in ends] for axis, ends in zip(HEAD_LIMITS_DEG, self.head, strict=True)}
        weights = {name: round(weight, 4) for name, weight in zip(ARKIT_SHAPES, self.weights, strict=True)}
        return {"pictures": LEAST_PICTURES, "weights": weights, "head": head}

    def outside(self, expression: Expression) -> frozenset[str]:
        """Names of the shapes and angles whose values the generator was not trained for."""
        found = {
            name
            for name, weight, most in zip(ARKIT_SHAPES, expression.weights, self.weights, strict=True)
            if not -_MARGIN <= weight <= most + _MARGIN
        }
        for axis, (low, high) in zip(HEAD_LIMITS_DEG, self.head, strict=True):
            if not low - _MARGIN_DEG <= getattr(expression, axis) <= high + _MARGIN_DEG:
                found.add(axis)
        return frozenset(found)


# What holds where no card says more: the limits of `Expression.clamped`.
UNKNOWN = TrainedRange(
    (1.0,) * len(ARKIT_SHAPES), tuple((-limit, limit) for limit in HEAD_LIMITS_DEG.values()), is_known=False
)


def trained_range(card: Mapping[str, Any] | None) -> TrainedRange:
    """The range that a generator's card (`GeneratorModel.card`) tells; `UNKNOWN` if it tells none that makes sense."""
    training = (card or {}).get("training")
    reach: Any = training.get("reach") if isinstance(training, Mapping) else None
    try:
        weights = tuple(_number(reach["weights"][name]) for name in ARKIT_SHAPES)
        head = tuple((_number(low), _number(high)) for low, high in (reach["head"][axis] for axis in HEAD_LIMITS_DEG))
    except (KeyError, TypeError, ValueError):
        return UNKNOWN
    return TrainedRange(weights, head)


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not np.isfinite(value):
        raise ValueError
    return float(value)
