"""Who the faces are: traits and details that shape MakeHuman's base mesh, and the colours, brows and hair they wear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Bytes = tuple[int, int, int]  # an sRGB colour
Points = tuple[float, ...]
Pigment = tuple[float, float] | None  # melanin and redness for the path tracer; None: it takes the colour instead
# The hairline is a height (decimetres) at each azimuth around the head's axis (0 front, 180 back).
AZIMUTH: Points = (0, 18, 32, 46, 58, 70, 84, 100, 118, 135, 160, 180)


@dataclass(frozen=True)
class Body:
    """A blend of MakeHuman's named extremes, and details upon it. Ages share the rest of the traits."""

    sex: str
    ages: Mapping[str, float]
    ancestry: Mapping[str, float]
    weight: Mapping[str, float]
    proportions: Mapping[str, float]
    details: Mapping[str, float]
    rest: Mapping[str, float] = field(default_factory=dict)  # facial actions of the neutral face: lips that meet


@dataclass(frozen=True)
class BrowShape:
    """The spine over the left eye, from the nose outwards, relative to the eye's centre; decimetres, drawn by eye."""

    x: Points = (-0.205, -0.11, 0.0, 0.10, 0.18, 0.255)
    y: Points = (0.170, 0.186, 0.206, 0.220, 0.210, 0.176)
    width: Points = (0.038, 0.046, 0.040, 0.031, 0.021, 0.009)
    slope: Points = (1.6, 0.8, 0.35, 0.08, -0.2, -0.42)  # how steeply the hairs grow
    count: int = 460
    length: tuple[float, float] = (0.042, 0.075)
    colour: Bytes = (54, 33, 22)
    shade: Bytes = (150, 105, 84)
    pigment: Pigment = (0.66, 0.5)


@dataclass(frozen=True)
class HairStyle:
    """Where hair grows, how it is cut and its colour; `is_short` hair stands off the head instead of falling."""

    hairline: Points = (7.36, 7.38, 7.36, 7.20, 7.02, 6.86, 6.72, 6.74, 6.60, 6.28, 6.10, 6.06)
    ear: tuple[float, float, float] = (0.735, 7.0, -0.05)  # bare outwards of x, below y, in front of z, decimetres
    is_short: bool = False
    locks: int = 400
    lock_points: int = 9
    tip: float = 1.0  # width of a lock at its end, of that at its root
    colour: Bytes = (66, 44, 32)
    scalp: Bytes = (58, 40, 31)
    scalp_strength: float = 0.85
    pigment: Pigment = (0.74, 0.60)


@dataclass(frozen=True)
class SkinTones:
    """Colours of the skin, and what age and razor leave on it (0: nothing)."""

    base: Bytes = (228, 184, 160)
    lips: Bytes = (196, 112, 106)
    freckles: int = 420
    age_spots: int = 0
    wrinkles: float = 0.0
    stubble: float = 0.0
    stubble_colour: Bytes = (120, 112, 108)


@dataclass(frozen=True)
class Phenotype:
    """One person."""

    name: str
    body: Body
    brow: BrowShape = field(default_factory=BrowShape)
    hair: HairStyle = field(default_factory=HairStyle)
    skin: SkinTones = field(default_factory=SkinTones)
    iris: tuple[Bytes, Bytes] = ((104, 66, 38), (150, 102, 56))  # overall, and the ring around the pupil
    teeth_width: float = 0.90  # of the base mesh's room for them
    lash_pigment: tuple[float, float] = (1.0, 0.3)
    shirt: Bytes = (66, 84, 112)
    collar: float = 5.52  # height of the shirt's upper edge on the axis of the neck, decimetres


def _both_sides(details: Mapping[str, float]) -> Mapping[str, float]:
    """Spell details named "group/*-what" out for the left and the right side."""
    spelt = {name.replace("*", side): value for name, value in details.items() for side in "lr"}
    return MappingProxyType(spelt)


# A young woman of mixed descent.
WOMAN = Phenotype(
    "Mien default face",
    Body(
        "female",
        {"young": 1.0},
        {"caucasian": 0.60, "asian": 0.25, "african": 0.15},
        {"minweight": 0.10, "averageweight": 0.90},
        {"idealproportions": 0.90, "uncommonproportions": 0.10},
        _both_sides({
            "head/head-oval": 0.50,
            "mouth/mouth-upperlip-volume-incr": 0.25,
            "mouth/mouth-lowerlip-volume-incr": 0.15,
            "nose/nose-scale-horiz-decr": 0.20,
            "mouth/mouth-angles-up": 0.55,
            "eyes/*-eye-scale-incr": 0.30,
            "eyes/*-eye-height2-incr": 0.25,
            "chin/chin-width-decr": 0.25,
            "nose/nose-point-width-decr": 0.25,
            "nose/nose-width3-decr": 0.20,
            "cheek/*-cheek-bones-incr": 0.15,
        }),
    ),
)  # fmt: skip

# A man of some sixty years, of mixed descent, weathered, with short hair turning grey.
MAN = Phenotype(
    "Mien man",
    Body(
        "male",
        {"old": 0.55, "young": 0.45},
        {"caucasian": 0.55, "african": 0.30, "asian": 0.15},
        {"averageweight": 0.80, "maxweight": 0.20},
        {"idealproportions": 0.75, "uncommonproportions": 0.25},
        _both_sides({
            "head/head-square": 0.35,
            "head/head-age-incr": 0.20,
            "chin/chin-width-incr": 0.25,
            "chin/chin-cleft-incr": 0.20,
            "nose/nose-hump-incr": 0.30,
            "nose/nose-volume-incr": 0.15,
            "mouth/mouth-laugh-lines-in": 0.25,
            "mouth/mouth-angles-up": 0.35,
            "mouth/mouth-upperlip-volume-decr": 0.20,
            "eyes/*-eye-bag-incr": 0.45,
            "eyes/*-eye-scale-incr": 0.15,
            "ears/*-ear-scale-incr": 0.25,
            "neck/neck-scale-horiz-incr": 0.20,
        }),
        rest={"mouthClose": 0.09, "mouthPressLeft": 0.10, "mouthPressRight": 0.10},
    ),
    BrowShape(
        y=(0.140, 0.156, 0.172, 0.184, 0.172, 0.134),
        width=(0.040, 0.050, 0.050, 0.044, 0.032, 0.014),
        slope=(1.4, 0.7, 0.30, 0.05, -0.25, -0.50),
        count=500,
        length=(0.050, 0.095),
        colour=(84, 74, 66),
        shade=(128, 98, 80),
        pigment=None,
    ),
    HairStyle(
        hairline=(7.44, 7.54, 7.60, 7.42, 7.14, 6.92, 6.70, 6.95, 6.80, 6.28, 6.10, 6.06),
        ear=(0.69, 6.88, -0.45),
        is_short=True,
        locks=1300,
        lock_points=4,
        tip=0.35,
        colour=(102, 90, 79),
        scalp=(106, 86, 74),
        scalp_strength=0.55,
        pigment=None,
    ),
    SkinTones(
        base=(198, 150, 122), lips=(164, 98, 88), freckles=120, age_spots=26, wrinkles=1.0, stubble=0.5
    ),
    iris=((86, 104, 112), (138, 142, 122)),
    shirt=(74, 70, 66),
    collar=5.72,
    teeth_width=0.82,
)  # fmt: skip

PEOPLE = {"woman": WOMAN, "man": MAN}
