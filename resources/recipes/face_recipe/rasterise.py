"""The atlas map: which point of the surface lies under each texel of the skin texture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from face_recipe.materials import MATERIAL_ID
from face_recipe.mesh import TriangleMesh


@dataclass(frozen=True, eq=False)
class AtlasMap:
    """Per texel (S, S): surface position and normal (.., 3), the base mesh's UV (.., 2), and the material.

    `covered` says where a triangle lies; elsewhere the nearest covered texel is repeated, so that filtering across a
    seam finds sensible colours.
    """

    position: NDArray[np.float32]
    normal: NDArray[np.float32]
    base_uv: NDArray[np.float32]
    material: NDArray[np.int32]
    covered: NDArray[np.bool_]


def map_atlas(mesh: TriangleMesh, size: int) -> AtlasMap:
    """Draw the skin's triangles into its texture of `size` x `size` texels."""
    on_skin = mesh.materials <= MATERIAL_ID["torso"]
    triangles = mesh.triangles[on_skin]
    texels = np.stack([mesh.uvs[:, 0] * size, (1 - mesh.uvs[:, 1]) * size], axis=1)
    face, share = rasterise(texels[triangles], size)
    covered = face >= 0
    nearest = ndimage.distance_transform_edt(~covered, return_distances=False, return_indices=True)
    face, share = face[tuple(nearest)], share[tuple(nearest)]

    def spread(values: NDArray) -> NDArray:
        corners = triangles[face]
        return sum(values[corners[..., k]] * share[..., k, None] for k in range(3))

    material = mesh.materials[on_skin][face]
    return AtlasMap(spread(mesh.vertices), spread(mesh.normals), spread(mesh.base_uvs), material, covered)


def rasterise(corners: NDArray, size: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Draw triangles (T, 3, 2), texel units, first come first served.

    Returns the triangle per texel (size, size), -1 for none, and its barycentric coordinates (size, size, 3).
    """
    face = np.full((size, size), -1, np.int32)
    share = np.zeros((size, size, 3), np.float32)
    low = np.clip(np.floor(corners.min(axis=1) - 0.5).astype(int), 0, size - 1)
    high = np.clip(np.ceil(corners.max(axis=1)).astype(int), 0, size - 1) + 1
    for index, triangle in enumerate(corners.astype(np.float64)):
        (x0, y0), (x1, y1) = low[index], high[index]
        weights = _barycentric(triangle, np.arange(x0, x1) + 0.5, np.arange(y0, y1)[:, None] + 0.5)
        if weights is not None:
            box = np.s_[y0:y1, x0:x1]
            fresh = (weights >= 0).all(axis=-1) & (face[box] < 0)
            face[box][fresh] = index
            share[box][fresh] = weights[fresh]
    return face, share


def _barycentric(triangle: NDArray, x: NDArray, y: NDArray) -> NDArray | None:
    """Return barycentric coordinates (H, W, 3) on the grid of x (W,) and y (H, 1), or None for an empty triangle."""
    (ax, ay), (bx, by), (cx, cy) = triangle
    area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
    if abs(area) < 1e-12:
        return None
    first = ((bx - x) * (cy - y) - (cx - x) * (by - y)) / area
    second = ((cx - x) * (ay - y) - (ax - x) * (cy - y)) / area
    return np.stack([first, second, 1 - first - second], axis=-1)
