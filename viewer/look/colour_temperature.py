"""The colour of a light from its temperature, and back: linear sRGB, the brightest component at 1."""

from __future__ import annotations

import numpy as np

LOWEST_K, HIGHEST_K = 1700.0, 20000.0
# XYZ -> linear sRGB, D65; IEC 61966-2-1.
_RGB_FROM_XYZ = np.array([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]])

Colour = tuple[float, float, float]


def colour_of(kelvin: float) -> Colour:
    """What a black body of this temperature looks like; clamped to what the formula holds for.

    Source: Kim et al., "Design of Advanced Color Temperature Control System for HDTV Applications", 2002.
    """
    t = 1000.0 / min(max(kelvin, LOWEST_K), HIGHEST_K)
    warm, cool = (-0.2661239, -0.2343589, 0.8776956, 0.179910), (-3.0258469, 2.1070379, 0.2226347, 0.240390)
    x = np.polyval(warm if t > 0.25 else cool, t)
    if t > 1000.0 / 2222.0:
        y = np.polyval((-1.1063814, -1.34811020, 2.18555832, -0.20219683), x)
    elif t > 0.25:
        y = np.polyval((-0.9549476, -1.37418593, 2.09137015, -0.16748867), x)
    else:
        y = np.polyval((3.0817580, -5.87338670, 3.75112997, -0.37001483), x)
    rgb = np.clip(_RGB_FROM_XYZ @ (x / y, 1.0, (1.0 - x - y) / y), 0.0, None)
    red, green, blue = (rgb / rgb.max()).tolist()
    return red, green, blue


def temperature_of(colour: Colour) -> float:
    """The temperature in kelvin that comes nearest to a colour, linear sRGB; 6504, that of white, for black.

    Source: McCamy, "Correlated color temperature as an explicit function of chromaticity coordinates", 1992.
    """
    xyz = np.linalg.solve(_RGB_FROM_XYZ, np.clip(colour, 0.0, None))
    total = xyz.sum()
    if total < 1e-9:
        return 6504.0
    x, y = xyz[:2] / total
    n = (x - 0.3320) / (0.1858 - y) if abs(0.1858 - y) > 1e-9 else 0.0
    kelvin = float(np.polyval((449.0, 3525.0, 6823.3, 5520.33), n))
    return min(max(kelvin, LOWEST_K), HIGHEST_K)
