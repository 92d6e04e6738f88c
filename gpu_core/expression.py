"""The 52 ARKit blendshape weights, the head's pose and the gaze: one frozen value, one order, names are the key.

The order is that of Apple's `ARFaceAnchor.BlendShapeLocation` as Live Link Face sends it over UDP; files come in other
orders, so everything outside this module goes by name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gpu_core.errors import ExpressionError

ARKIT_SHAPES: tuple[str, ...] = (
    "eyeBlinkLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft", "eyeSquintLeft",
    "eyeWideLeft", "eyeBlinkRight", "eyeLookDownRight", "eyeLookInRight", "eyeLookOutRight", "eyeLookUpRight",
    "eyeSquintRight", "eyeWideRight", "jawForward", "jawLeft", "jawRight", "jawOpen", "mouthClose", "mouthFunnel",
    "mouthPucker", "mouthLeft", "mouthRight", "mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft",
    "mouthFrownRight", "mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft", "mouthStretchRight",
    "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthPressLeft", "mouthPressRight",
    "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight", "browDownLeft",
    "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight", "cheekPuff", "cheekSquintLeft",
    "cheekSquintRight", "noseSneerLeft", "noseSneerRight", "tongueOut",
)  # fmt: skip
SHAPE_INDEX: Mapping[str, int] = {name: index for index, name in enumerate(ARKIT_SHAPES)}

# What the shipped generator was trained on; beyond it the picture is extrapolated, so it is clamped.
HEAD_LIMITS_DEG: Mapping[str, float] = {"yaw": 32.0, "pitch": 15.0, "roll": 10.0}
# Degrees an eye turns for a weight of 1, as ARKit's eyeLook shapes do on the shipped face.
GAZE_YAW_DEG, GAZE_UP_DEG, GAZE_DOWN_DEG = 25.0, 18.0, 20.0


@dataclass(frozen=True)
class Expression:
    """One moment of a face. `weights` has 52 entries in `ARKIT_SHAPES` order, each 0..1; the head is in degrees.

    Positive yaw turns towards the character's left, positive pitch looks down, positive roll tilts the top of the
    head to the character's right (counter-clockwise about +Z is positive).
    """

    weights: tuple[float, ...] = (0.0,) * len(ARKIT_SHAPES)
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0

    def __post_init__(self) -> None:
        if len(self.weights) != len(ARKIT_SHAPES):
            raise ExpressionError(f"an expression has {len(ARKIT_SHAPES)} weights, got {len(self.weights)}")
        if not all(map(math.isfinite, (*self.weights, self.yaw, self.pitch, self.roll))):
            raise ExpressionError("an expression's weights and angles must be finite numbers")

    def __getitem__(self, name: str) -> float:
        return self.weights[shape_index(name)]

    @property
    def array(self) -> NDArray[np.float32]:
        """The weights as (52,) float32."""
        return np.asarray(self.weights, np.float32)

    def with_weights(self, changes: Mapping[str, float]) -> Expression:
        """This expression with some weights replaced, by ARKit name. Values are taken as they are: see `clamped`."""
        weights = list(self.weights)
        for name, value in changes.items():
            weights[shape_index(name)] = float(value)
        return replace(self, weights=tuple(weights))

    def with_head(
        self, *, yaw: float | None = None, pitch: float | None = None, roll: float | None = None
    ) -> Expression:
        """This expression with some head angles (degrees) replaced."""
        return replace(
            self,
            yaw=self.yaw if yaw is None else yaw,
            pitch=self.pitch if pitch is None else pitch,
            roll=self.roll if roll is None else roll,
        )

    def with_gaze(self, yaw: float, pitch: float) -> Expression:
        """Both eyes turned by degrees (positive yaw: to the character's left; positive pitch: down).

        Gaze is kept in the eight eyeLook weights, so that there is one truth about where the eyes look.
        """
        left, right = max(yaw, 0.0) / GAZE_YAW_DEG, max(-yaw, 0.0) / GAZE_YAW_DEG
        down, up = max(pitch, 0.0) / GAZE_DOWN_DEG, max(-pitch, 0.0) / GAZE_UP_DEG
        return self.with_weights({
            "eyeLookOutLeft": left, "eyeLookInRight": left, "eyeLookInLeft": right, "eyeLookOutRight": right,
            "eyeLookDownLeft": down, "eyeLookDownRight": down, "eyeLookUpLeft": up, "eyeLookUpRight": up,
        })  # fmt: skip

    @property
    def gaze(self) -> tuple[float, float]:
        """Mean (yaw, pitch) of the two eyes in degrees, signs as in `with_gaze`."""
        yaw = (self["eyeLookOutLeft"] - self["eyeLookInLeft"] + self["eyeLookInRight"] - self["eyeLookOutRight"]) / 2
        down = (self["eyeLookDownLeft"] + self["eyeLookDownRight"]) / 2
        up = (self["eyeLookUpLeft"] + self["eyeLookUpRight"]) / 2
        return yaw * GAZE_YAW_DEG, down * GAZE_DOWN_DEG - up * GAZE_UP_DEG

    def clamped(self) -> tuple[Expression, tuple[str, ...]]:
        """The nearest expression within the limits, and one sentence for each value that had to move."""
        notes: list[str] = []

        def within(name: str, value: float, low: float, high: float) -> float:
            if low <= value <= high:
                return value
            notes.append(f"{name} {value:g} is outside {low:g}..{high:g}: {min(max(value, low), high):g} is used")
            return min(max(value, low), high)

        weights = tuple(within(name, value, 0.0, 1.0) for name, value in zip(ARKIT_SHAPES, self.weights, strict=True))
        head = {k: within(k, getattr(self, k), -limit, limit) for k, limit in HEAD_LIMITS_DEG.items()}
        return (Expression(weights, **head), tuple(notes)) if notes else (self, ())


NEUTRAL = Expression()


def shape_index(name: str) -> int:
    """Index of an ARKit shape in `ARKIT_SHAPES`.

    Raises:
        ExpressionError: nobody knows that name; the message offers the nearest ones.
    """
    try:
        return SHAPE_INDEX[name]
    except KeyError:
        import difflib

        near = difflib.get_close_matches(name, ARKIT_SHAPES, 3, 0.5)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise ExpressionError(f"unknown blendshape {name!r}{hint}") from None
