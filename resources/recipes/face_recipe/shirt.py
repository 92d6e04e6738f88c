"""The shirt: the skin of the bust, thickened and cut by a sloping collar plane. It does not move."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from face_recipe.materials import MATERIAL_ID
from face_recipe.part import Part, fixed_part, selected_part, smoothed, subdivided
from face_recipe.person import Person
from face_recipe.skin import Island

_COLLAR = np.array([0.0, 1.0, 0.38])  # the plane's normal (not unit length)


def shirt_part(person: Person, islands: list[Island], *, light: bool) -> Part:
    """Build the shirt on skin subdivided twice, or once (`light`) with vertices at the twice subdivided places."""
    cloth = subdivided(_bust(person, islands))
    cloth = smoothed(cloth) if light else subdivided(cloth)
    points = cloth.positions(person)
    level = person.phenotype.collar
    over = above_collar(points, level)
    thickness = 0.035 + 0.05 * np.clip(-over / 0.6, 0, 1)
    points = points + _vertex_normals(points, cloth.faces) * thickness[:, None]
    over = above_collar(points, level)
    points -= np.where(over > 0, over, 0)[:, None] * _COLLAR / (_COLLAR @ _COLLAR)
    kept = (over[cloth.faces] < 0).any(axis=1)
    materials = np.full(kept.sum(), MATERIAL_ID["shirt"])
    return fixed_part("shirt", person, points, cloth.faces[kept], cloth.uvs[kept, :, :2], materials)


def above_collar(points: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    """Return how far points (..., 3) lie over the collar plane, roughly in decimetres; `level` is its height."""
    return points[..., 1] + _COLLAR[2] * points[..., 2] - level


def _bust(person: Person, islands: list[Island]) -> Part:
    """Take the skin below the collar plane and a little above it."""
    faces = np.concatenate([next(i.faces for i in islands if i.name == name) for name in ("head", "torso")])
    corners = person.vertices[person.mesh.faces[faces]]
    below = (above_collar(corners, person.phenotype.collar) < 0.35).all(axis=1)
    faces = faces[below & (corners[..., 1].max(axis=1) < 6.0)]
    uvs = person.mesh.uvs[person.mesh.face_uvs[faces]]
    return selected_part("shirt", person, person.mesh.faces[faces], uvs, np.zeros(len(faces), int))


def _vertex_normals(points: NDArray[np.float64], faces: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return unit normals (V, 3), quads weighing in by area."""
    corner = points[faces]
    flat = np.cross(corner[:, 2] - corner[:, 0], corner[:, 3] - corner[:, 1])
    normals = np.zeros_like(points)
    for k in range(4):
        np.add.at(normals, faces[:, k], flat)
    return normals / (np.linalg.norm(normals, axis=1, keepdims=True) + 1e-9)
