"""What people call the 52 shapes, and in which region of the face they lie. ARKit's names stay the keys.

Left and right are the character's own.
"""

from __future__ import annotations

from collections.abc import Mapping

# Region -> rows of ARKit names; a row of two is a mirrored pair, left first.
REGIONS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "Brows": (
        ("browDownLeft", "browDownRight"),
        ("browOuterUpLeft", "browOuterUpRight"),
        ("browInnerUp",),
    ),
    "Eyes": (
        ("eyeBlinkLeft", "eyeBlinkRight"),
        ("eyeSquintLeft", "eyeSquintRight"),
        ("eyeWideLeft", "eyeWideRight"),
    ),
    "Gaze": (
        ("eyeLookUpLeft", "eyeLookUpRight"),
        ("eyeLookDownLeft", "eyeLookDownRight"),
        ("eyeLookInLeft", "eyeLookInRight"),
        ("eyeLookOutLeft", "eyeLookOutRight"),
    ),
    "Cheeks and nose": (
        ("cheekSquintLeft", "cheekSquintRight"),
        ("noseSneerLeft", "noseSneerRight"),
        ("cheekPuff",),
    ),
    "Jaw": (
        ("jawLeft", "jawRight"),
        ("jawOpen", "jawForward"),
    ),
    "Mouth": (
        ("mouthSmileLeft", "mouthSmileRight"),
        ("mouthFrownLeft", "mouthFrownRight"),
        ("mouthDimpleLeft", "mouthDimpleRight"),
        ("mouthStretchLeft", "mouthStretchRight"),
        ("mouthPressLeft", "mouthPressRight"),
        ("mouthUpperUpLeft", "mouthUpperUpRight"),
        ("mouthLowerDownLeft", "mouthLowerDownRight"),
        ("mouthLeft", "mouthRight"),
        ("mouthFunnel", "mouthPucker"),
        ("mouthRollUpper", "mouthRollLower"),
        ("mouthShrugUpper", "mouthShrugLower"),
        ("mouthClose",),
    ),
    "Tongue": (("tongueOut",),),
}

_STEMS: Mapping[str, str] = {
    "browDown": "Lower brow", "browOuterUp": "Raise brow", "browInnerUp": "Raise inner brows",
    "eyeBlink": "Blink", "eyeSquint": "Squint", "eyeWide": "Widen eye",
    "eyeLookUp": "Look up", "eyeLookDown": "Look down", "eyeLookIn": "Look in", "eyeLookOut": "Look out",
    "cheekSquint": "Lift cheek", "noseSneer": "Sneer", "cheekPuff": "Puff cheeks",
    "jaw": "Jaw", "jawOpen": "Open jaw", "jawForward": "Jaw forward",
    "mouthSmile": "Smile", "mouthFrown": "Frown", "mouthDimple": "Dimple", "mouthStretch": "Stretch",
    "mouthPress": "Press lips", "mouthUpperUp": "Upper lip up", "mouthLowerDown": "Lower lip",
    "mouth": "Mouth", "mouthFunnel": "Funnel", "mouthPucker": "Pucker", "mouthRollUpper": "Roll upper lip",
    "mouthRollLower": "Roll lower lip", "mouthShrugUpper": "Shrug upper lip", "mouthShrugLower": "Shrug lower lip",
    "mouthClose": "Close lips", "tongueOut": "Tongue out",
}  # fmt: skip


def title(name: str) -> str:
    """The plain name of an ARKit shape: `eyeBlinkLeft` is "Blink, left"."""
    for side in ("Left", "Right"):
        stem = name.removesuffix(side)
        if stem != name:
            return f"{_STEMS[stem]}, {side.lower()}"
    return _STEMS[name]


def matches(name: str, text: str) -> bool:
    """Whether a search finds a shape: every word has to occur in one of its names."""
    both = f"{name} {title(name)}".lower()
    return all(word in both for word in text.lower().split())
