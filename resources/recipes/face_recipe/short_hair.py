"""Short hair: strands that stand off the scalp at the root and lie down backwards, longer on top than at the sides."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from face_recipe.hair import Hair, Obstacle, clumped, hair_obstacle, lifted, scatter_roots, smoothstep
from face_recipe.mesh import TriangleMesh, smooth_normals
from face_recipe.phenotype import HairStyle

_GUIDES = 1400
_POINTS = 9
_TOP_LENGTH, _SIDE_LENGTH = 0.46, 0.17  # decimetres
_PARTING_X = 0.30


def grow_short_hair(mesh: TriangleMesh, style: HairStyle) -> Hair:
    """Grow all strands on the path tracer's mesh."""
    rng = np.random.default_rng(13)
    normals = smooth_normals(mesh.vertices, mesh.triangles, mesh.weld)
    roots, root_normals = scatter_roots(mesh, normals, style, rng)
    length = _lengths(roots, rng)
    layer = 0.10 * length * rng.uniform(0.6, 2.2, len(roots))
    strands = _lying(roots, root_normals, length, layer, hair_obstacle(mesh, normals), rng)
    chosen = rng.choice(len(roots), _GUIDES, replace=False)
    styled = clumped(strands, roots, chosen, rng, wave=0.006, frizz=0.012)
    return Hair(styled.astype(np.float32), strands[chosen].astype(np.float32), layer[chosen])


def _lengths(roots: NDArray, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return lengths (N,): a gentle passage from the sides to the top, every hair a little different."""
    top = smoothstep(roots[:, 1], 7.05, 7.65)
    return (_SIDE_LENGTH + (_TOP_LENGTH - _SIDE_LENGTH) * top) * rng.uniform(0.75, 1.1, len(roots))


def _lying(
    roots: NDArray, normals: NDArray, length: NDArray, layer: NDArray, obstacle: Obstacle, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Bend strands from the root's normal into the comb's direction: (N, _POINTS, 3)."""
    normals = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    comb = _comb(roots, normals) + rng.normal(0, 0.14, roots.shape)
    path, here = [roots.copy()], roots
    for step in range(1, _POINTS):
        share = step / (_POINTS - 1)
        direction = normals * (0.75 * (1 - share) ** 2) + comb - np.array([0, 0.25 * share, 0])
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        there = here + direction * (length / (_POINTS - 1))[:, None]
        here = lifted(there, layer * min(share * 2, 1.0), obstacle)
        path.append(here)
    return np.stack(path, axis=1)


def _comb(roots: NDArray, normals: NDArray) -> NDArray[np.float64]:
    """Return unit tangents (N, 3): back and away from the parting on top, down and back at the sides."""
    top = smoothstep(roots[:, 1], 7.1, 7.6)[:, None]
    side = np.where(roots[:, 0] > _PARTING_X, 1.0, -1.0)
    over = np.stack([0.55 * side, np.full(len(roots), 0.25), np.full(len(roots), -0.80)], axis=1)
    down = np.stack([np.zeros(len(roots)), np.full(len(roots), -0.75), np.full(len(roots), -0.65)], axis=1)
    comb = over * top + down * (1 - top)
    comb -= normals * (comb * normals).sum(axis=1, keepdims=True)
    return comb / (np.linalg.norm(comb, axis=1, keepdims=True) + 1e-9)
