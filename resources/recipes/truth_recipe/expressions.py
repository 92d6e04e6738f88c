"""Random expressions and head poses: everyday ones, and those that a first network draws worst."""

from __future__ import annotations

import numpy as np

from gpu_core.expression import ARKIT_SHAPES, HEAD_LIMITS_DEG

Weights = dict[str, float]
Head = tuple[float, float, float]  # yaw, pitch, roll in degrees
Random = np.random.Generator

_MIDDLE = (
    "mouthFunnel", "mouthPucker", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper",
    "mouthLeft", "mouthRight", "jawForward", "jawLeft", "jawRight", "cheekPuff", "browInnerUp",
)  # fmt: skip
_PAIRED = (
    "mouthFrown", "mouthStretch", "mouthPress", "mouthDimple", "browDown", "browOuterUp", "eyeSquint", "eyeWide",
    "noseSneer",
)  # fmt: skip
SIDED = tuple(name[:-4] for name in ARKIT_SHAPES if name.endswith("Left") and name[:-4] + "Right" in ARKIT_SHAPES)
# Of the sided shapes, those that can all be seen at once at full strength on one half of the face.
_STRONG = tuple(name for name in SIDED if not name.startswith(("eyeLook", "jaw")) and name != "mouth")


def everyday(rng: Random) -> tuple[Weights, Head]:
    """Return what faces do in conversation: smiles and open jaws often, everything else now and then."""
    weights = _everyday_mouth(rng)
    for name in _MIDDLE:
        if rng.random() < 0.13:
            weights[name] = rng.uniform(0.1, 0.8)
    for name in _PAIRED:
        if rng.random() < 0.16:
            _both(rng, weights, name, rng.uniform(0.1, 0.8))
    if rng.random() < 0.28:
        _both(rng, weights, "eyeBlink", rng.uniform(0.2, 1.0), spread=0.03)
    weights |= gaze(*rng.normal(0, 0.35, 2))
    return weights, _head(rng, (12, 6, 4))


def _everyday_mouth(rng: Random) -> Weights:
    weights: Weights = {}
    if rng.random() < 0.5:
        _both(rng, weights, "mouthSmile", rng.uniform(0.1, 0.9))
        _both(rng, weights, "cheekSquint", rng.uniform(0, 0.6))
    if rng.random() < 0.55:
        weights["jawOpen"] = rng.beta(1.2, 2.5)
        if weights["jawOpen"] > 0.1 and rng.random() < 0.2:
            weights["mouthClose"] = weights["jawOpen"] * rng.uniform(0.2, 0.9)
    if rng.random() < 0.35:
        _both(rng, weights, "mouthUpperUp", rng.uniform(0, 0.6))
        _both(rng, weights, "mouthLowerDown", rng.uniform(0, 0.7))
    return weights


def gaze(sideways: float, up: float) -> Weights:
    """Return both eyes' look: -1..1 to the character's left and upwards, in units of the eyeLook shapes."""
    leading, following = ("Left", "Right") if sideways > 0 else ("Right", "Left")
    vertical = "Up" if up > 0 else "Down"
    return {
        f"eyeLookOut{leading}": abs(sideways),
        f"eyeLookIn{following}": abs(sideways),
        f"eyeLook{vertical}Left": abs(up),
        f"eyeLook{vertical}Right": abs(up),
    }


def half_closed_lids(rng: Random) -> tuple[Weights, Head]:
    """Return lids on their way, the two sides a little apart, looking anywhere."""
    weights = gaze(rng.uniform(-0.8, 0.8), rng.uniform(-0.8, 0.5))
    _both(rng, weights, "eyeBlink", rng.uniform(0.25, 0.8), spread=0.12)
    if rng.random() < 0.5:
        _both(rng, weights, "eyeSquint", rng.uniform(0.2, 0.9))
    return weights | _quiet_mouth(rng), _head(rng, (12, 7, 3))


def slightly_closed_lids(rng: Random) -> tuple[Weights, Head]:
    """Return lids that leave the eyes visible: a blink of 0.5 nearly covers them."""
    weights = gaze(rng.uniform(-0.7, 0.7), rng.uniform(-0.3, 0.6))
    _both(rng, weights, "eyeBlink", rng.uniform(0.1, 0.45), spread=0.15)
    return weights | _quiet_mouth(rng), _head(rng, (12, 6, 3))


def bared_teeth(rng: Random) -> tuple[Weights, Head]:
    """Return lips drawn from the teeth, closed to half open."""
    weights: Weights = {"jawOpen": rng.uniform(0, 0.55)}
    _both(rng, weights, "mouthUpperUp", rng.uniform(0.4, 1.0))
    _both(rng, weights, "mouthLowerDown", rng.uniform(0.3, 1.0))
    _both(rng, weights, "mouthSmile" if rng.random() < 0.7 else "mouthStretch", rng.uniform(0.3, 1.0))
    if rng.random() < 0.4:
        _both(rng, weights, "cheekSquint", rng.uniform(0.3, 1.0))
    return weights | gaze(*rng.normal(0, 0.3, 2)), _head(rng, (14, 6, 4))


def half_profile(rng: Random) -> tuple[Weights, Head]:
    """Return the head at the end of its range in yaw, nodding, with an everyday face."""
    weights, _ = everyday(rng)
    yaw = rng.choice([-1, 1]) * rng.uniform(26, HEAD_LIMITS_DEG["yaw"])
    return weights, (yaw, rng.uniform(-1, 1) * HEAD_LIMITS_DEG["pitch"], rng.normal(0, 3))


def extreme_gaze(rng: Random) -> tuple[Weights, Head]:
    """Return eyes in a far corner, sometimes wide open."""
    angle = rng.uniform(0, 2 * np.pi)
    weights = gaze(1.2 * np.cos(angle), 1.2 * np.sin(angle))
    if rng.random() < 0.4:
        _both(rng, weights, "eyeWide", rng.uniform(0.4, 1.0))
    if rng.random() < 0.3:
        weights["browInnerUp"] = rng.uniform(0.3, 1.0)
    return weights | _quiet_mouth(rng), _head(rng, (14, 7, 3))


def one_sided(rng: Random) -> tuple[Weights, Head]:
    """Return several shapes at full strength on one half of the face, and one on the other."""
    side, other = rng.permutation(["Left", "Right"])
    chosen = rng.choice(_STRONG, 5, replace=False)
    weights = {f"{name}{side}": 1.0 for name in chosen[:4]} | {f"{chosen[4]}{other}": 1.0}
    if rng.random() < 0.5:
        weights["jawOpen"] = rng.uniform(0.1, 0.6)
    return weights, _head(rng, (12, 6, 4))


HARD = (half_closed_lids, bared_teeth, half_profile, extreme_gaze, one_sided)


def _quiet_mouth(rng: Random) -> Weights:
    return {"jawOpen": rng.uniform(0, 0.2)} if rng.random() < 0.5 else {"mouthPressLeft": 0.2, "mouthPressRight": 0.2}


def _both(rng: Random, weights: Weights, name: str, value: float, *, spread: float = 0.15) -> None:
    """Set a shape on both sides, each off by its own few per cent."""
    for side in ("Left", "Right"):
        weights[name + side] = float(np.clip(value * (1 + spread * rng.normal()), 0, 1))


def _head(rng: Random, deviations: Head) -> Head:
    """Return normally distributed angles with these standard deviations, within the head's range."""
    limits = (HEAD_LIMITS_DEG[name] for name in ("yaw", "pitch", "roll"))
    yaw, pitch, roll = (np.clip(rng.normal(0, d), -limit, limit) for d, limit in zip(deviations, limits, strict=True))
    return yaw, pitch, roll
