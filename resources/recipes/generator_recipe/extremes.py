"""Expressions at the edge of what users can ask for: nobody rendered the truth of most of them.

A generator has to survive them all. The teacher's answers to them are what `swift` learns from beside the truth, and
the contact sheet of them is looked at before a generator ships.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np

from gpu_core.expression import (
    ARKIT_SHAPES,
    GAZE_DOWN_DEG,
    GAZE_UP_DEG,
    GAZE_YAW_DEG,
    HEAD_LIMITS_DEG,
    NEUTRAL,
    Expression,
)

_BLINK_STEPS = 10
_SECONDS, _RATE_HZ = 4.0, 15.0


def extremes() -> dict[str, Expression]:
    """Every extreme by name: shapes alone, both sides at once, a blink's way, gaze into corners, the head's limits."""
    found = {f"single-{shape}": NEUTRAL.with_weights({shape: 1.0}) for shape in ARKIT_SHAPES}
    for shape in ARKIT_SHAPES:
        if shape.endswith("Left") and (other := shape.removesuffix("Left") + "Right") in ARKIT_SHAPES:
            found[f"pair-{shape.removesuffix('Left')}"] = NEUTRAL.with_weights({shape: 1.0, other: 1.0})
    for step in range(_BLINK_STEPS + 1):
        found[f"blink-{step}"] = blink(step / _BLINK_STEPS)
    found |= {f"gaze{yaw:+d}{pitch:+d}": gaze(yaw, pitch) for yaw, pitch in _corners(2)}
    found |= {f"head{yaw:+d}{pitch:+d}{roll:+d}": head(yaw, pitch, roll) for yaw, pitch, roll in _corners(3)}
    return found


def _corners(axes: int) -> list[tuple[int, ...]]:
    return [corner for corner in product((-1, 0, 1), repeat=axes) if any(corner)]


def blink(weight: float) -> Expression:
    """Both lids closed by `weight` 0..1."""
    return NEUTRAL.with_weights({"eyeBlinkLeft": weight, "eyeBlinkRight": weight})


def gaze(yaw: int, pitch: int) -> Expression:
    """The eyes at their limits: -1, 0 or 1 on each axis."""
    return NEUTRAL.with_gaze(yaw * GAZE_YAW_DEG, pitch * (GAZE_DOWN_DEG if pitch > 0 else GAZE_UP_DEG))


def head(yaw: int, pitch: int, roll: int) -> Expression:
    """The head at its limits: -1, 0 or 1 on each axis."""
    turn: Mapping[str, int] = {"yaw": yaw, "pitch": pitch, "roll": roll}
    return NEUTRAL.with_head(**{axis: turn[axis] * limit for axis, limit in HEAD_LIMITS_DEG.items()})


def anything(count: int, seed: int) -> dict[str, Expression]:
    """`count` expressions of a few random shapes each, up to full weight, with any head pose; the same every time."""
    random, found = np.random.default_rng(seed), {}
    for index in range(count):
        chosen = random.choice(len(ARKIT_SHAPES), random.integers(2, 9), replace=False)
        weights = {ARKIT_SHAPES[shape]: float(random.beta(1.0, 1.2)) for shape in chosen}
        turn = {axis: float(random.normal(0, limit / 2.5)) for axis, limit in HEAD_LIMITS_DEG.items()}
        found[f"anything-{index:04d}"] = NEUTRAL.with_weights(weights).with_head(**turn).clamped()[0]
    return found


def movement(count: int, seed: int) -> Iterator[Expression]:
    """Moments of a face that talks, blinks and looks around, `count` neighbours in time at 15 Hz."""
    random = np.random.default_rng(seed)
    start, phase = random.uniform(0, _SECONDS), random.uniform(0, 2 * np.pi, 5)
    for step in range(count):
        second = start + step / _RATE_HZ
        wave = np.sin(2 * np.pi * second * np.array([2.1, 1.3, 0.5, 0.3, 0.2]) + phase)
        lid = float(np.exp(-((((second % 2.0) - 1.0) / 0.09) ** 2)))
        mouth = {"jawOpen": 0.2 + 0.2 * wave[0], "mouthFunnel": 0.2 + 0.2 * wave[1], "browInnerUp": 0.3 + 0.3 * wave[2]}
        yield blink(lid).with_weights(mouth).with_head(yaw=20 * wave[3], pitch=8 * wave[4], roll=4 * wave[2])
