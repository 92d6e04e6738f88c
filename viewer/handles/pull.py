"""Which weights bring a point where the hand pulls it: a small bounded, damped least squares.

    minimise |J x - pull|^2 + sum(penalty x^2)   with   low <= x <= high

J. P. Lewis and K. Anjyo, "Direct Manipulation Blendshapes", IEEE Computer Graphics and Applications 30 (4), 2010: the
damping chooses among the many blends that put a point in one place. With bounds it has no closed form, but there are
only two equations: what is left of the pull, r = pull - J x, gives every weight as x = clip(J'r / penalty), and r is
the root of r + J clip(J'r / penalty) - pull, the gradient of a strictly convex function of two numbers. Newton's
method, each step as far as it leads downwards, ends after a few, for the function is piecewise quadratic. The result
is a continuous function of the pull.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

MOST_STEPS = 60  # a handful is usual: one for every bound that is reached
_ENOUGH = 1e-10  # of the pull
_STILL = 1e-100  # a weight that goes no faster meets no bound
_NOTHING = 1e-9  # a shorter pull, in whatever unit, is none


def pulled(jacobian: Doubles, pull: Doubles, penalty: Doubles, low: Doubles, high: Doubles) -> Doubles:
    """The changes x (n,) for a pull (2,).

    Args:
        jacobian: (2, n), what a change of 1 does to the point.
        penalty: (n,), greater than 0.
        low, high: (n,), low <= 0 <= high.
    """
    if np.abs(pull).max() < _NOTHING:
        return np.zeros(len(penalty))
    steepness = jacobian / np.sqrt(penalty)  # in y = x sqrt(penalty), all penalties are 1
    bounds = low * np.sqrt(penalty), high * np.sqrt(penalty)
    left: Doubles = pull / (1.0 + np.square(steepness).sum())
    for _ in range(MOST_STEPS):
        gradient, curvature = _slope(steepness, left, pull, bounds)
        if np.abs(gradient).max() <= _ENOUGH * np.abs(pull).max():
            break
        step = -np.asarray(np.linalg.solve(curvature, gradient), np.float64)
        left = left + _downhill(steepness, left, pull, bounds, step) * step
    changes: Doubles = np.clip(steepness.T @ left / np.sqrt(penalty), low, high)
    return changes


def _slope(
    steepness: Doubles, left: Doubles, pull: Doubles, bounds: tuple[Doubles, Doubles]
) -> tuple[Doubles, Doubles]:
    """Gradient (2,) and curvature (2, 2) at `left`."""
    free = steepness.T @ left
    held = np.clip(free, *bounds)
    moving = steepness[:, free == held]
    return left + steepness @ held - pull, np.eye(2) + moving @ moving.T


def _downhill(
    steepness: Doubles, left: Doubles, pull: Doubles, bounds: tuple[Doubles, Doubles], step: Doubles
) -> float:
    """How many times `step` lead to the lowest value on its line, where the slope, which is piecewise linear, is 0."""
    free, rate = steepness.T @ left, steepness.T @ step
    turning = np.abs(rate) > _STILL
    corners = np.concatenate([(bound[turning] - free[turning]) / rate[turning] for bound in bounds])
    at = np.concatenate([[0.0], np.sort(corners[corners > 0.0])])
    held = np.clip(free + at[:, None] * rate, *bounds)
    slopes = step @ (left - pull) + at * (step @ step) + held @ rate
    last = int(np.searchsorted(slopes, 0.0, side="right")) - 1 if slopes[0] < 0.0 else 0
    if last + 1 == len(at):  # every bound is reached
        return float(at[last] - slopes[last] / (step @ step))
    share = slopes[last] / (slopes[last] - slopes[last + 1])
    return float(at[last] + share * (at[last + 1] - at[last]))
