"""FaceAsset: a blendshape face as numpy arrays, checked. Read by `gpu_core.gltf.face`, posed by `gpu_core.rig`.

Units are decimetres, +Y up, +Z out of the face, +X the character's left. One vertex array holds every part of the
face (skin, eyes, teeth, shirt ...), parts are index ranges into it. Strands (hair, lashes) are kept apart: the renderer
draws them as ribbons.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Material:
    """How a part looks. Colours are linear RGB 0..1; `texture` indexes `FaceAsset.textures` (None: colour alone)."""

    name: str
    colour: tuple[float, float, float] = (1.0, 1.0, 1.0)
    texture: int | None = None
    specular: float = 0.10  # strength of the Blinn-Phong highlight
    shininess: float = 22.0  # its exponent
    two_sided: bool = False


@dataclass(frozen=True, eq=False)
class Part:
    """A run of triangles with one material: `triangles[first : first + count]` of the asset."""

    name: str
    material: int
    first: int
    count: int


@dataclass(frozen=True, eq=False)
class Strands:
    """Curves drawn as ribbons: hair guides or lashes, each strand `K` points, inner layers first.

    points      (S, K, 3) float32, decimetres
    half_width  (S, K) float32, decimetres
    colour      (S, 3) float32, linear RGB
    deltas      (52, S, K, 3) float32, or None if no blendshape moves them
    eye         -1: not at an eye; 0: left, 1: right. Lashes are pushed out of the eyeball together with their roots.
    facing      "camera" (lashes: turned to the viewer) or "surface" (hair: lies flat on the head)
    """

    name: str
    points: Floats
    half_width: Floats
    colour: Floats
    deltas: Floats | None
    eye: int
    facing: str


@dataclass(frozen=True, eq=False)
class Eye:
    """An eyeball that turns about its pivot. `first:last` are its vertices in `FaceAsset.vertices`."""

    pivot: tuple[float, float, float]
    radius: float
    first: int
    last: int


@dataclass(frozen=True, eq=False)
class Neck:
    """The smooth bend: a point turns about `pivot` by the head's angles times smoothstep(y + z_share z; low, high)."""

    pivot: tuple[float, float, float] = (0.0, 5.75, 0.15)
    z_share: float = 0.35
    low: float = 5.0
    high: float = 6.35


@dataclass(frozen=True, eq=False)
class Rig:
    """The corrections that posing applies after blending; see `gpu_core.rig`.

    `eyes` is (left, right), or empty for a face whose eyeballs are moved by its own blendshapes alone.
    `lid_range` are the vertices (first, last) kept outside the eyeballs, `lid_clearance` by how much (decimetres).
    """

    eyes: tuple[Eye, ...] = ()
    lid_range: tuple[int, int] = (0, 0)
    lid_clearance: float = 0.004
    neck: Neck = field(default_factory=Neck)


@dataclass(frozen=True, eq=False)
class FaceAsset:
    """A face ready for posing and drawing.

    vertices    (N, 3) float32, the neutral face
    normals     (N, 3) float32, unit length
    uvs         (N, 2) float32, glTF convention: (0, 0) is the top left of the picture
    colours     (N, 3) float32, linear factors on the material's colour (1 where nothing is said)
    triangles   (T, 3) uint32, counter-clockwise seen from outside
    moved       (M,) int64, the vertices that any blendshape moves
    deltas      (52, M, 3) float32 position deltas of `moved`, in ARKIT_SHAPES order; zeros for missing shapes
    normal_deltas  (52, M, 3) float32, likewise for normals
    textures    each (H, W, 4) uint8, sRGB, top row first
    missing     ARKit shapes the file lacks
    sha256      hex digest of the file: a generator's card names the face it was trained on
    is_foreign  True unless the file carries Mien's own rig (then no shipped generator was trained for it)
    """

    name: str
    vertices: Floats
    normals: Floats
    uvs: Floats
    colours: Floats
    triangles: NDArray[np.uint32]
    moved: NDArray[np.int64]
    deltas: Floats
    normal_deltas: Floats
    parts: tuple[Part, ...]
    materials: tuple[Material, ...]
    textures: tuple[NDArray[np.uint8], ...]
    strands: tuple[Strands, ...]
    rig: Rig
    missing: tuple[str, ...]
    sha256: str
    is_foreign: bool


@dataclass(frozen=True, eq=False)
class PosedFace:
    """A face in one expression, in world space: vertices and normals (N, 3) float32, strands (S, K, 3) float32 each."""

    vertices: Floats
    normals: Floats
    strands: tuple[Floats, ...]
