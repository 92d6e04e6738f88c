"""Lights by name, and a light as a person sets one: where it stands, how bright it is, which colour it has.

Every preset has the four lights that the shaders have room for, in one order: key, fill, rim at the character's right,
rim at the left. Shadows there are none: lights behind the face are rims, and what a shadow would hide is dimmed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from gpu_core.settings import Light, Lighting

NAMES = ("Key", "Fill", "Rim right", "Rim left")
MOST_INTENSITY = 5.0
MOST_AMBIENT = 1.0
WHITE = (1.0, 1.0, 1.0)
WARM, COOL = (1.0, 0.93, 0.85), (0.86, 0.93, 1.0)


def standing(azimuth: float, elevation: float) -> tuple[float, float, float]:
    """The direction to a light, unit length, from degrees: azimuth to the character's left, elevation up."""
    side, up = math.radians(azimuth), math.radians(elevation)
    return math.sin(side) * math.cos(up), math.sin(up), math.cos(side) * math.cos(up)


def place_of(light: Light) -> tuple[float, float]:
    """Azimuth and elevation of a light, degrees."""
    x, y, z = light.direction
    return math.degrees(math.atan2(x, z)), math.degrees(math.atan2(y, math.hypot(x, z)))


def with_light(lighting: Lighting, index: int, light: Light) -> Lighting:
    """One light exchanged."""
    lights = list(lighting.lights)
    lights[index] = light
    return replace(lighting, lights=tuple(lights))


def four_lights(lighting: Lighting) -> Lighting:
    """With as many lights as have names: those missing are dark."""
    dark = tuple(Light(standing(0.0, 0.0), 0.0, WHITE) for _ in NAMES[len(lighting.lights) :])
    return replace(lighting, lights=(*lighting.lights, *dark)) if dark else lighting


def _set(*lights: tuple[float, float, float, tuple[float, float, float]], ambient: tuple[float, float]) -> Lighting:
    return Lighting(tuple(Light(standing(side, up), bright, colour) for side, up, bright, colour in lights), ambient)


PRESETS: Mapping[str, Lighting] = {
    "Studio": Lighting(),
    "Soft": _set(
        (20, 25, 1.0, WHITE), (-35, 15, 0.95, WHITE), (-140, 20, 0.35, WHITE), (140, 20, 0.35, WHITE),
        ambient=(0.42, 0.12),
    ),
    "Rembrandt": _set(
        (52, 42, 2.7, WARM), (-50, 0, 0.12, COOL), (-145, 25, 0.55, COOL), (140, 10, 0.1, WARM), ambient=(0.07, 0.03)
    ),
    "Rim": _set(
        (25, 30, 0.18, WHITE), (-30, 5, 0.1, COOL), (-128, 18, 3.0, COOL), (128, 18, 3.0, WARM), ambient=(0.05, 0.03)
    ),
    "From above": _set(
        (8, 66, 2.8, WHITE), (-30, -10, 0.1, COOL), (-150, 40, 0.7, WHITE), (150, 40, 0.7, WHITE), ambient=(0.1, 0.1)
    ),
    "Two colours": _set(
        (68, 12, 2.4, (1.0, 0.42, 0.25)), (-68, 12, 2.2, (0.22, 0.45, 1.0)), (-140, 20, 0.9, (0.22, 0.45, 1.0)),
        (140, 20, 0.9, (1.0, 0.42, 0.25)), ambient=(0.06, 0.02),
    ),
}  # fmt: skip
