"""A head of our own recipe: the fine geometry and textures that `bake_face.py` saves for the path tracer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from face_recipe.canvas import linear
from face_recipe.materials import MATERIALS
from numpy.typing import NDArray
from PIL import Image

from gpu_core.expression import ARKIT_SHAPES
from gpu_core.face import Eye, FaceAsset, Floats, Material, Part, Rig, Strands
from truth_recipe.head import Colour, Fibre, Picture, Surface, TruthHead

Arrays = Mapping[str, NDArray[Any]]
LOOK = "look.json"  # beside the textures: what differs from person to person
_PATH_TRACED_HAIR_RADIUS = 0.0032  # decimetres at the root
_DEFAULT_LOOK = {"shirt": (66, 84, 112), "hair": (0.74, 0.60), "brow": (0.66, 0.5), "lash": (1.0, 0.3)}


def load_baked_head(geometry: Path, textures: Path) -> TruthHead:
    """Read geometry (NPZ) and textures (folder)."""
    with np.load(geometry) as file:
        arrays = dict(file)
    saved = textures / LOOK
    look = _DEFAULT_LOOK | (json.loads(saved.read_text()) if saved.exists() else {})
    pictures = {path.stem.rsplit("_", 1)[0]: _read(path) for path in sorted(textures.glob("*.png"))}
    fibres = {item: _fibre(item, look) for item in (*_strand_names(arrays), "hair")}
    return TruthHead(_asset(arrays), _surfaces(pictures, look), fibres)


def _read(path: Path) -> Picture:
    """Read a colour picture as RGBA bytes, a map as it is (8 or 16 bits)."""
    with Image.open(path) as picture:
        is_map = picture.mode in ("L", "I", "I;16")
        pixels = np.asarray(picture) if is_map else np.asarray(picture.convert("RGBA"))
    return pixels.astype(np.uint16) if pixels.dtype == np.int32 else pixels


def _asset(arrays: Arrays) -> FaceAsset:
    """Arrange the arrays for the app's own poser. Normals are not posed: the path tracer makes its own."""
    vertices, count = arrays["verts"], len(arrays["verts"])
    uvs = arrays["uvs"].copy()
    uvs[:, 1] = 1 - uvs[:, 1]
    parts, order = _parts(arrays)
    return FaceAsset(
        name="baked head",
        vertices=vertices,
        normals=arrays["normals"],
        uvs=uvs,
        colours=np.ones((count, 3), np.float32),
        triangles=arrays["tris"][order].astype(np.uint32),
        moved=np.arange(count),
        deltas=_in_order(arrays, arrays["deltas"]),
        normal_deltas=np.zeros_like(arrays["deltas"]),
        parts=parts,
        materials=tuple(Material(name) for name in MATERIALS),
        textures=(),
        strands=(*(_attached(arrays, name) for name in _strand_names(arrays)), _hair(arrays["strands"])),
        rig=_rig(arrays),
        missing=(),
        sha256="",
        is_foreign=False,
    )


def _parts(arrays: Arrays) -> tuple[tuple[Part, ...], NDArray[np.int64]]:
    """Split every part by material: runs named "part.material", and the order (T,) that makes them runs."""
    parts: list[Part] = []
    order: list[NDArray[np.int64]] = []
    first = 0
    for name, (_, _, start, end) in zip(arrays["part_names"].tolist(), arrays["part_ranges"].tolist(), strict=True):
        for material in np.unique(arrays["mat"][start:end]).tolist():
            run = start + np.flatnonzero(arrays["mat"][start:end] == material)
            parts.append(Part(f"{name}.{MATERIALS[material]}", material, first, len(run)))
            order.append(run)
            first += len(run)
    return tuple(parts), np.concatenate(order)


def _in_order(arrays: Arrays, deltas: Floats) -> Floats:
    """Bring deltas (52, ...) from the file's order of shapes into ARKit's."""
    names = arrays["names"].tolist()
    return deltas[[names.index(shape) for shape in ARKIT_SHAPES]]


def _rig(arrays: Arrays) -> Rig:
    ranges = dict(zip(arrays["part_names"].tolist(), arrays["part_ranges"].tolist(), strict=True))
    radius = float(arrays["eye_radius"])
    eyes = []
    for side in "lr":
        x, y, z = arrays[f"eye_pivot_{side}"].tolist()
        first, last = ranges[f"eye_{side}_inner"][0], ranges[f"eye_{side}_cornea"][1]
        eyes.append(Eye((x, y, z), radius, first, last))
    return Rig(tuple(eyes), tuple(ranges["skin"][:2]))


def _strand_names(arrays: Arrays) -> list[str]:
    return [name.removeprefix("strand_") for name in arrays if name.startswith("strand_")]


def _attached(arrays: Arrays, name: str) -> Strands:
    """Return a brow or a row of lashes, thinning to the tip. Only lashes follow the lids' push."""
    points = arrays[f"strand_{name}"]
    t = np.linspace(0, 1, points.shape[1], dtype=np.float32)
    radius = float(arrays[f"strandR_{name}"]) * (1 - 0.92 * t**1.5)
    deltas = _in_order(arrays, arrays[f"strandD_{name}"])
    eye = -1 if name.startswith("brow") else "lr".index(name.split("_")[1][0])
    return _strands(name, points, radius, deltas, eye)


def _hair(points: Floats) -> Strands:
    t = np.linspace(0, 1, points.shape[1], dtype=np.float32)
    return _strands("hair", points, _PATH_TRACED_HAIR_RADIUS * (1 - 0.5 * t**3), None, -1)


def _strands(name: str, points: Floats, radius: Floats, deltas: Floats | None, eye: int) -> Strands:
    half_width = np.tile(radius.astype(np.float32), (len(points), 1))
    return Strands(name, points, half_width, np.ones((len(points), 3), np.float32), deltas, eye, "camera")


def _fibre(name: str, look: Mapping[str, Any]) -> Fibre:
    kind = name.split("_")[0]
    roughness = {"hair": 0.28, "brow": 0.45, "lash": 0.4}[kind]
    if len(look[kind]) == 3:
        return Fibre(roughness=roughness, colour=_colour(*look[kind]))
    melanin, redness = look[kind]
    return Fibre(melanin, redness, roughness)


def _surfaces(pictures: Mapping[str, Picture], look: Mapping[str, Any]) -> tuple[Surface, ...]:
    """Return the looks in the order of MATERIALS; all but the shirt are the same for everyone."""
    skin = Surface(
        picture=pictures["skin_clean"],
        roughness_picture=pictures["rough"],
        bump=pictures["bump"],
        specular=0.42,
        subsurface=1.0,
        scattering=0.034,
        is_skin=True,
        coat=0.06,
        coat_roughness=0.28,
    )
    looks = {
        "skin": skin,
        "torso": skin,
        "lid": Surface(_colour(205, 135, 122), 0.28, subsurface=0.6),
        "mouth": Surface(_colour(120, 46, 44), 0.30),
        "tongue": Surface(_colour(196, 98, 94), 0.36, subsurface=0.6, scattering=0.03),
        "eye": Surface(roughness=0.45, specular=0.2, subsurface=0.15, scattering=0.015, picture=pictures["eye"]),
        "cornea": Surface(glass=True, roughness=0.04),
        "teeth": Surface(_colour(250, 245, 234), 0.22, subsurface=0.5),
        "gum": Surface(_colour(190, 98, 96), 0.30, subsurface=0.5),
        "shirt": Surface(_colour(*look["shirt"]), 0.90, sheen=0.3, smoothed=True),
    }
    return tuple(looks[name] for name in MATERIALS)


def _colour(red: int, green: int, blue: int) -> Colour:
    r, g, b = linear(red, green, blue).tolist()
    return r, g, b
