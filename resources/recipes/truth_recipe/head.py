"""TruthHead: what the path tracer draws. The geometry is a `FaceAsset`, so that `gpu_core.rig` poses it as it poses
the app's own; surfaces and fibres say how it looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gpu_core.face import FaceAsset

Colour = tuple[float, float, float]  # linear RGB
Picture = NDArray[np.generic]  # (H, W, 4) uint8 sRGB, or (H, W) uint8 or uint16 values; top row first


@dataclass(frozen=True, eq=False)
class Surface:
    """A Principled BSDF. Pictures take the place of `colour` and `roughness`; `glass` is a clear glossy film instead.

    `subsurface` is its weight, `scattering` its scale in decimetres. `bump` heights are stretched over `bump_height`.
    """

    colour: Colour = (0.8, 0.8, 0.8)
    roughness: float = 0.5
    specular: float = 0.5
    subsurface: float = 0.0
    scattering: float = 0.02
    is_skin: bool = False  # light scatters in the ratio of skin (Burley)
    coat: float = 0.0  # a clear film on top, as of water or grease
    coat_roughness: float = 0.03
    sheen: float = 0.0
    glass: bool = False
    picture: Picture | None = None
    roughness_picture: Picture | None = None
    bump: Picture | None = None
    smoothed: bool = False  # subdivided once more when rendering


@dataclass(frozen=True)
class Fibre:
    """Hair: pigments (0..1) or, if `colour` is given, the colour it ends up with."""

    melanin: float = 0.74
    redness: float = 0.60
    roughness: float = 0.28
    colour: Colour | None = None


@dataclass(frozen=True, eq=False)
class TruthHead:
    """Geometry and looks. `surfaces` by material index of the asset, `fibres` by the name of the strands."""

    asset: FaceAsset
    surfaces: tuple[Surface, ...]
    fibres: Mapping[str, Fibre] = field(default_factory=dict)
