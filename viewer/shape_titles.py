"""What people call the 52 shapes, by which words they look for them, and in which region of the face they lie.

ARKit's names stay the keys.

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


# Other words for what a shape does, and everyday faces that it is part of: what people type into a search.
_WORDS: Mapping[str, str] = {
    "browDown": "frown angry anger cross scowl glare furrow concentrate focus stern eyebrow",
    "browOuterUp": "surprise surprised astonished question skeptical sceptical doubt eyebrow arch",
    "browInnerUp": "sad sadness worry worried sorry afraid fear scared pity plead surprise surprised eyebrow pain",
    "eyeBlink": "wink close shut lid lids asleep sleepy tired drowsy laugh",
    "eyeSquint": "narrow lid lids suspicious smile laugh angry glare sun duchenne",
    "eyeWide": "open lid lids surprise surprised fear scared afraid shock stare awake",
    "eyeLookUp": "gaze eyes roll above think", "eyeLookDown": "gaze eyes below shy read",
    "eyeLookIn": "gaze eyes nose cross squint sideways", "eyeLookOut": "gaze eyes sideways glance aside",
    "cheekSquint": "smile laugh happy joy grin duchenne raise",
    "noseSneer": "disgust disgusted angry anger snarl wrinkle nose nostril smell yuck hate",
    "cheekPuff": "blow inflate balloon hamster breath", "jaw": "chin sideways chew shift",
    "jawOpen": "mouth chin drop gape yawn surprise surprised shout scream laugh sing talk speak ah",
    "jawForward": "chin underbite angry stubborn defiant thrust",
    "mouthSmile": "grin happy happiness joy glad laugh smirk corner cheerful",
    "mouthFrown": "sad sadness unhappy sulk grumpy disappointed corner down cry",
    "mouthDimple": "smirk contempt smug corner", "mouthStretch": "fear afraid scared grimace wide cringe cry ee teeth",
    "mouthPress": "tight angry anger determined lips thin mm", "mouthUpperUp": "snarl disgust teeth gum sneer laugh",
    "mouthLowerDown": "teeth grimace disgust cry lips talk speak ee", "mouth": "sideways shift lips smirk skew",
    "mouthFunnel": "o oh round trumpet lips sh ch surprise", "mouthPucker": "kiss duck pout whistle oo w lips",
    "mouthRollUpper": "bite tuck suck lips", "mouthRollLower": "bite tuck suck lips f v nervous",
    "mouthShrugUpper": "pout lips raise", "mouthShrugLower": "pout sulk chin lips doubt sad cry",
    "mouthClose": "shut lips seal m b p", "tongueOut": "lick stick tease taste cheeky th",
}  # fmt: skip


def title(name: str) -> str:
    """The plain name of an ARKit shape: `eyeBlinkLeft` is "Blink, left"."""
    stem, side = _stem(name)
    return f"{_STEMS[stem]}, {side}" if side else _STEMS[stem]


def words(name: str) -> tuple[str, ...]:
    """Other words by which a shape is found, the likeliest first."""
    return tuple(_WORDS[_stem(name)[0]].split())


def matches(name: str, text: str) -> bool:
    """Whether a search finds a shape: every word occurs in one of its names, or begins one of its other words."""
    both = f"{name} {title(name)}".lower()
    return all(word in both or any(other.startswith(word) for other in words(name)) for word in text.lower().split())


def _stem(name: str) -> tuple[str, str]:
    for side in ("Left", "Right"):
        stem = name.removesuffix(side)
        if stem != name:
            return stem, side.lower()
    return name, ""
