"""Between two faces."""

from __future__ import annotations

from gpu_core.expression import Expression


def blended(one: Expression, other: Expression, share: float) -> Expression:
    """Between two expressions: `share` of the other, 0..1; at 0 and at 1 exactly the one and the other."""
    if one == other or share == 0.0:
        return one
    if share == 1.0:
        return other
    keep = 1 - share
    weights = tuple(keep * a + share * b for a, b in zip(one.weights, other.weights, strict=True))
    angles = (keep * a + share * b for a, b in zip(_head(one), _head(other), strict=True))
    return Expression(weights, *angles)


def _head(expression: Expression) -> tuple[float, float, float]:
    return expression.yaw, expression.pitch, expression.roll
