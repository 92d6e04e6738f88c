"""Any glTF head with ARKit shapes, as the path tracer sees it: its own materials, what they are guessed by name."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gpu_core.face import FaceAsset, Floats, Material, Part, Strands
from gpu_core.gltf.face import load_face
from gpu_core.gltf.reader import GltfReader
from truth_recipe.head import Colour, Fibre, Surface, TruthHead

_EYE = re.compile("eye(?!brow|lash|lid)|iris|sclera|pupil", re.IGNORECASE)
_MOIST = re.compile("teeth|tooth|gum|tongue|mouth|lid|caruncle", re.IGNORECASE)
_DRY = re.compile("hair|brow|lash|beard|shirt|cloth|glass|shoe|hat", re.IGNORECASE)
_MOVES = 0.2  # a part is skin if shapes move this share of its vertices
_HAIRS_A_LOCK = 48
_HAIR_RADIUS = 0.0032  # decimetres at the root
_LOCK_THICKNESS = 0.35  # of its width


def load_gltf_head(path: Path) -> TruthHead:
    """Read a head.

    Raises:
        AssetError: the file is no head with ARKit shapes.
    """
    asset = load_face(path)
    roughness = _roughness_by_name(path)
    surfaces = tuple(
        _surface(asset, place, material, roughness.get(material.name, 0.6))
        for place, material in enumerate(asset.materials)
    )
    fibres = {item.name: _fibre(item) for item in asset.strands}
    rng = np.random.default_rng(0)
    strands = tuple(_teased(item, rng) if item.facing == "surface" else item for item in asset.strands)
    return TruthHead(replace(asset, strands=strands), surfaces, fibres)


def _roughness_by_name(path: Path) -> dict[str, float]:
    """Return every named material's roughness; the app's own reader keeps only the highlight it makes of it."""
    materials = GltfReader(path).json.get("materials", [])
    factors = {str(m.get("name", "")): m.get("pbrMetallicRoughness", {}).get("roughnessFactor", 1.0) for m in materials}
    return {name: min(max(float(factor), 0.05), 1.0) for name, factor in factors.items()}


def _surface(asset: FaceAsset, place: int, material: Material, roughness: float) -> Surface:
    """Dress a material: eyes are wet, the inside of the mouth is moist, what the shapes move is skin."""
    parts = [part for part in asset.parts if part.material == place]
    name = " ".join([material.name, *(part.name for part in parts)])
    plain = Surface(_clamped(material.colour), roughness, picture=_picture(asset, material))
    if _EYE.search(name):
        return replace(plain, roughness=0.45, specular=0.2, subsurface=0.15, scattering=0.015, coat=0.25)
    if _MOIST.search(name):
        return replace(plain, roughness=min(roughness, 0.3), subsurface=0.5)
    if not _DRY.search(name) and any(_is_moved(asset, part) for part in parts):
        skin = replace(plain, roughness=min(max(roughness, 0.35), 0.55), specular=0.42, subsurface=1.0)
        return replace(skin, scattering=0.034, is_skin=True, coat=0.06, coat_roughness=0.28)
    return plain


def _is_moved(asset: FaceAsset, part: Part) -> bool:
    vertices = np.unique(asset.triangles[part.first : part.first + part.count])
    return bool(np.isin(vertices, asset.moved).mean() > _MOVES)


def _picture(asset: FaceAsset, material: Material) -> NDArray[np.uint8] | None:
    """Return the colour picture (H, W, 4) with the material's factor multiplied in, as light."""
    if material.texture is None:
        return None
    picture = asset.textures[material.texture]
    if min(material.colour) >= 0.999:
        return picture
    levels = np.arange(256) / 255
    light = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    tables = [_encoded(light * factor) for factor in _clamped(material.colour)]
    tinted = [table[picture[..., channel]] for channel, table in enumerate(tables)]
    return np.stack([*tinted, picture[..., 3]], axis=-1)


def _encoded(light: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return light 0..1 as sRGB bytes."""
    encoded = np.where(light <= 0.0031308, light * 12.92, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)
    return np.rint(encoded.clip(0, 1) * 255).astype(np.uint8)


def _clamped(colour: Colour) -> Colour:
    red, green, blue = (min(max(value, 0.0), 1.0) for value in colour)
    return red, green, blue


def _fibre(strands: Strands) -> Fibre:
    """Return hair of the strands' mean colour."""
    red, green, blue = strands.colour.mean(axis=0).tolist()
    return Fibre(roughness=0.3, colour=_clamped((red, green, blue)))


def _teased(locks: Strands, rng: np.random.Generator) -> Strands:
    """Part every lock, which the app draws as one ribbon, into hairs spread over its width."""
    count, length = locks.points.shape[:2]
    place = rng.uniform(-1, 1, (count, _HAIRS_A_LOCK, 2)).astype(np.float32) * np.float32([1, _LOCK_THICKNESS])
    sideways, outwards = _across(locks.points)
    offset = place[..., None, :1] * sideways[:, None] + place[..., None, 1:] * outwards[:, None]
    points = locks.points[:, None] + offset * locks.half_width[:, None, :, None]
    t = np.linspace(0, 1, length, dtype=np.float32)
    half_width = np.tile(_HAIR_RADIUS * (1 - 0.5 * t**3), (count * _HAIRS_A_LOCK, 1)).astype(np.float32)
    deltas = None if locks.deltas is None else np.repeat(locks.deltas, _HAIRS_A_LOCK, axis=1)
    colour = np.repeat(locks.colour, _HAIRS_A_LOCK, axis=0)
    hairs = points.reshape(-1, length, 3).astype(np.float32)
    return replace(locks, points=hairs, half_width=half_width, colour=colour, deltas=deltas)


def _across(points: Floats) -> tuple[Floats, Floats]:
    """Return for locks (S, K, 3) the unit directions along the ribbon's width and off the head."""
    along = np.gradient(points, axis=1)
    away = (points - np.float32([0.0, 6.6, 0.25])) * np.float32([1.0, 0.3, 1.0])  # from the skull, as in strand.vert
    sideways = _unit(np.cross(along, away))
    return sideways, _unit(np.cross(sideways, along))


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / (np.linalg.norm(vectors, axis=-1, keepdims=True) + 1e-9), np.float32)
