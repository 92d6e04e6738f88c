"""Layers of sources over each other: idle life, then a take or speech, then live capture, and the artist on top.

A source gives an Expression for a time. A layer says which shapes and angles are its own, and whether it takes them
over or adds to what is beneath.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from gpu_core.expression import ARKIT_SHAPES, HEAD_LIMITS_DEG, NEUTRAL, SHAPE_INDEX, Expression
from viewer.shape_titles import REGIONS

HEAD = "Head"
ANGLES = tuple(HEAD_LIMITS_DEG)
ALL_NAMES = frozenset({*ARKIT_SHAPES, *ANGLES})
_EYE_PAIRS = tuple(
    (SHAPE_INDEX[f"eyeLook{one}{side}"], SHAPE_INDEX[f"eyeLook{other}{side}"])
    for one, other in (("In", "Out"), ("Up", "Down"))
    for side in ("Left", "Right")
)


class Source(Protocol):
    """Whatever moves the face."""

    def at(self, t: float) -> Expression:
        """The face at a time in seconds of the source's own clock."""


class Mode(Enum):
    """What a layer does to what lies beneath. The value is its name in menus."""

    OVERRIDE = "Override"
    ADD = "Add"


@dataclass(frozen=True)
class Layer:
    """One source's part. `strength` 0..1 fades it; `names` are the shapes and angles it may move."""

    source: Source
    mode: Mode = Mode.OVERRIDE
    strength: float = 1.0
    names: frozenset[str] = ALL_NAMES


def names_of(regions: Iterable[str]) -> frozenset[str]:
    """The shapes and angles of regions as the sliders group them, and of `HEAD`."""
    return frozenset(
        name
        for region in regions
        for name in (ANGLES if region == HEAD else (name for row in REGIONS[region] for name in row))
    )


def layered(layers: Sequence[Layer], t: float) -> Expression:
    """The face of all layers at a time, the first one lowest, within the limits of `Expression.clamped`."""
    face = NEUTRAL
    for layer in layers:
        if layer.strength > 0.0:
            join = added if layer.mode is Mode.ADD else overridden
            face = join(face, layer.source.at(t), layer.strength, layer.names)
    return face.clamped()[0]


def overridden(
    base: Expression, top: Expression, strength: float = 1.0, names: frozenset[str] = ALL_NAMES
) -> Expression:
    """`top` in place of `base` where it may, as far as it is strong."""
    keep = 1.0 - strength
    weights = tuple(
        keep * low + strength * high if name in names else low
        for name, low, high in zip(ARKIT_SHAPES, base.weights, top.weights, strict=True)
    )
    head = {
        axis: keep * getattr(base, axis) + strength * getattr(top, axis) if axis in names else getattr(base, axis)
        for axis in ANGLES
    }
    return Expression(weights, **head)


def added(base: Expression, top: Expression, strength: float = 1.0, names: frozenset[str] = ALL_NAMES) -> Expression:
    """`top` on `base`. Weights join as 1 - (1 - a)(1 - b): smooth and never above 1. Gaze and head add as angles."""
    weights = list(base.weights)
    for name, high in zip(ARKIT_SHAPES, top.weights, strict=True):
        if name in names and not name.startswith("eyeLook"):
            low = weights[SHAPE_INDEX[name]]
            weights[SHAPE_INDEX[name]] = 1.0 - (1.0 - low) * (1.0 - strength * high)
    for one, other in _EYE_PAIRS:
        if ARKIT_SHAPES[one] in names or ARKIT_SHAPES[other] in names:
            turn = base.weights[one] - base.weights[other] + strength * (top.weights[one] - top.weights[other])
            weights[one], weights[other] = max(turn, 0.0), max(-turn, 0.0)
    head = {axis: getattr(base, axis) + strength * getattr(top, axis) * (axis in names) for axis in ANGLES}
    return Expression(tuple(weights), **head)


@dataclass(frozen=True)
class LivingBeneath:
    """A source with idle life added to it that is never in the way: what the source does by itself, life leaves alone.

    Its glances fade as the source looks away from the camera, its sway as the source turns the head, and it does not
    blink while the source's lids are at work.
    """

    source: Source
    life: Source

    def at(self, t: float) -> Expression:
        """The face at a time."""
        face = self.source.at(t)
        return added(face, _held_back(self.life.at(t), face)).clamped()[0]


# Where life has faded out: degrees of gaze and of the head, and how far the lids are closed.
_QUIET_GAZE_DEG, _QUIET_HEAD_DEG, _BUSY_LIDS = 6.0, 10.0, 0.35


def _held_back(life: Expression, face: Expression) -> Expression:
    looking = _left_over(max(map(abs, face.gaze)), _QUIET_GAZE_DEG)
    turning = _left_over(max(abs(getattr(face, axis)) for axis in ANGLES), _QUIET_HEAD_DEG)
    yaw, pitch = (looking * angle for angle in life.gaze)
    blinking = {name: life[name] * _left_over(face[name], _BUSY_LIDS) for name in ("eyeBlinkLeft", "eyeBlinkRight")}
    held = life.with_gaze(yaw, pitch).with_weights(blinking)
    return held.with_head(**{axis: turning * getattr(life, axis) for axis in ANGLES})


def _left_over(size: float, limit: float) -> float:
    return max(0.0, 1.0 - size / limit)
