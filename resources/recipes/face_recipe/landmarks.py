"""Landmarks that painting refers to: eyes, nose, lips and the rims of the lids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from face_recipe.materials import MATERIAL_ID
from face_recipe.mesh import TriangleMesh
from face_recipe.person import Person
from face_recipe.rasterise import AtlasMap


@dataclass(frozen=True, eq=False)
class Landmarks:
    """Places in decimetres (eye_x is that of the left eye), lid margin points (N, 3), and masks (S, S) of regions."""

    eye_x: float
    eye_y: float
    lip_y: float
    nose_tip: NDArray[np.float32]
    lid_margin: NDArray[np.float32]
    lip_mask: NDArray[np.float32]
    on_head: NDArray[np.bool_]
    in_mouth: NDArray[np.bool_]
    in_socket: NDArray[np.bool_]


def find_landmarks(person: Person, mesh: TriangleMesh, atlas: AtlasMap, lips: NDArray[np.float32]) -> Landmarks:
    """Find them; `lips` is MakeHuman's lip mask (H, W) in the base mesh's UV layout."""
    first, last, _, _ = mesh.ranges["skin"]
    skin = mesh.vertices[first:last]
    on_head = atlas.material == MATERIAL_ID["skin"]
    lip_mask = _resampled(ndimage.gaussian_filter(lips, 1.2), atlas.base_uv) * on_head
    lip_y = atlas.position[..., 1][(lip_mask > 0.5) & atlas.covered]
    pivot = person.eyes["l"].pivot
    return Landmarks(
        eye_x=float(pivot[0]),
        eye_y=float(pivot[1]),
        lip_y=float(lip_y.min() + lip_y.max()) / 2,
        nose_tip=skin[skin[:, 2].argmax()],
        lid_margin=_lid_margin(mesh),
        lip_mask=lip_mask,
        on_head=on_head,
        in_mouth=atlas.material == MATERIAL_ID["mouth"],
        in_socket=atlas.material == MATERIAL_ID["lid"],
    )


def _resampled(mask: NDArray[np.float32], base_uv: NDArray[np.float32]) -> NDArray[np.float32]:
    """Look a mask (H, W) up at UVs (S, S, 2), v up."""
    height, width = mask.shape
    where = [(1 - base_uv[..., 1]) * height - 0.5, base_uv[..., 0] * width - 0.5]
    return ndimage.map_coordinates(mask, where, order=3, mode="nearest").clip(0, 1)


def _lid_margin(mesh: TriangleMesh) -> NDArray[np.float32]:
    """Return the points (N, 3) where the socket meets the face."""
    socket = np.unique(mesh.triangles[mesh.materials == MATERIAL_ID["lid"]])
    face = np.unique(mesh.triangles[mesh.materials == MATERIAL_ID["skin"]])
    gap = cKDTree(mesh.vertices[face]).query(mesh.vertices[socket])[0]
    return mesh.vertices[socket][gap < 1e-4]
