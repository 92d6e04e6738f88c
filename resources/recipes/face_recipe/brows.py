"""Eyebrows: short hairs rooted on the skin along a spine over each eye. The app sees them painted into the texture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from face_recipe.materials import MATERIAL_ID
from face_recipe.part import Part
from face_recipe.person import Person
from face_recipe.phenotype import Points
from face_recipe.strands import POINTS, StrandSet

_HALF_WIDTH = 0.00085


@dataclass(frozen=True, eq=False)
class FrontSkin:
    """The forward-facing quads of the subdivided skin: a lookup by (x, y), centre weights (F, B), normals (F, 3)."""

    tree: cKDTree
    centres: sparse.csr_matrix
    normals: NDArray[np.float64]


def brows(person: Person, skin: Part, rng: np.random.Generator) -> list[StrandSet]:
    """Grow brow_l and brow_r on the skin."""
    front = _front_skin(person, skin)
    return [_brow(person, front, side, rng) for side in "lr"]


def _front_skin(person: Person, skin: Part) -> FrontSkin:
    quads = skin.faces[skin.materials == MATERIAL_ID["skin"]]
    corner = skin.positions(person)[quads]
    centre = corner.mean(axis=1)
    normal = _unit(np.cross(corner[:, 2] - corner[:, 0], corner[:, 3] - corner[:, 1]))
    chosen = (normal[:, 2] > 0.2) & (centre[:, 2] > 0.8)
    faces = quads[chosen]
    where = (np.repeat(np.arange(len(faces)), 4), faces.ravel())
    averaging = sparse.csr_matrix((np.full(faces.size, 0.25), where), shape=(len(faces), len(skin.offset)))
    return FrontSkin(cKDTree(centre[chosen][:, :2]), averaging @ skin.weights, normal[chosen])


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return vectors / (np.linalg.norm(vectors, axis=-1, keepdims=True) + 1e-9)


def _brow(person: Person, front: FrontSkin, side: str, rng: np.random.Generator) -> StrandSet:
    """Scatter roots around the spine, comb the hairs along it and let them rise off the skin."""
    sign, shape = (1 if side == "l" else -1), person.phenotype.brow
    t = rng.uniform(0, 1, shape.count) ** 0.9  # 0 at the nose, 1 at the temple; denser towards the tail
    across = rng.normal(0, 0.50, shape.count).clip(-1.25, 1.25)
    eye_x, eye_y = person.eyes["l"].pivot[:2]
    y = eye_y + _along(t, shape.y) + across * _along(t, shape.width)
    wanted = np.stack([(eye_x + _along(t, shape.x)) * sign, y], axis=1)
    anchor, normal = _anchor(front, wanted)

    slope = _along(t, shape.slope) - across * 0.75 * (t < 0.8)
    steepness = slope + rng.normal(0, 0.22, shape.count)
    direction = np.stack([np.full(shape.count, float(sign)), steepness, np.zeros(shape.count)], axis=1)
    direction = _tangent(direction, normal)
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    length = rng.uniform(*shape.length, shape.count) * np.interp(t, [0, 0.1, 0.7, 1], [0.7, 1, 0.95, 0.6])

    shift = _tangent(np.c_[wanted - (anchor @ person.vertices)[:, :2], np.zeros(shape.count)], normal)
    tip = np.arange(POINTS)[:, None] / (POINTS - 1)
    rise = 0.004 + 0.012 * tip - 0.012 * tip * tip
    offset = shift[:, None] + direction[:, None] * (length[:, None, None] * tip) + normal[:, None] * rise
    weights = anchor[np.repeat(np.arange(shape.count), POINTS)]
    return StrandSet(f"brow_{side}", weights, offset.reshape(-1, 3), _HALF_WIDTH)


def _along(t: NDArray[np.float64], knots: Points) -> NDArray[np.float64]:
    return np.interp(t, np.linspace(0, 1, len(knots)), knots)


def _tangent(vectors: NDArray[np.float64], normals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Remove the part along the normal."""
    return vectors - normals * (vectors * normals).sum(axis=1, keepdims=True)


def _anchor(front: FrontSkin, wanted: NDArray[np.float64]) -> tuple[sparse.csr_matrix, NDArray[np.float64]]:
    """Tie each (x, y) to the four nearest quads: weights (N, B) and the unit normal (N, 3) there."""
    distance, nearest = front.tree.query(wanted, k=4)
    share = 1 / (distance + 1e-4) ** 2
    share /= share.sum(axis=1, keepdims=True)
    where = (np.repeat(np.arange(len(wanted)), 4), nearest.ravel())
    mixing = sparse.csr_matrix((share.ravel(), where), shape=(len(wanted), len(front.normals)))
    normal = (front.normals[nearest] * share[..., None]).sum(axis=1)
    return (mixing @ front.centres).tocsr(), normal / np.linalg.norm(normal, axis=1, keepdims=True)
