"""TriangleMesh: parts put together into one indexed triangle mesh with unique (position, UV) vertices and deltas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from face_recipe.part import Part
from face_recipe.person import Person


@dataclass(frozen=True, eq=False)
class TriangleMesh:
    """Every part of the face in one vertex array.

    vertices   (N, 3) float32 decimetres;  normals (N, 3) float32;  uvs (N, 2) float32, v up;  base_uvs likewise
    triangles  (T, 3) int32;  materials (T,) int32, index into `materials.MATERIALS`
    deltas     (52, N, 3) float32
    weld       (N,) the vertex of each position: UV seams have several vertices at one place
    ranges     part name -> (first vertex, last, first triangle, last)
    """

    vertices: NDArray[np.float32]
    normals: NDArray[np.float32]
    uvs: NDArray[np.float32]
    base_uvs: NDArray[np.float32]
    triangles: NDArray[np.int32]
    materials: NDArray[np.int32]
    deltas: NDArray[np.float32]
    weld: NDArray[np.int64]
    ranges: dict[str, tuple[int, int, int, int]]


def assemble(person: Person, parts: list[Part]) -> TriangleMesh:
    """Number the vertices in the order in which the faces meet them, part by part, and triangulate."""
    weights, offsets, uvs, triangles, materials = [], [], [], [], []
    ranges: dict[str, tuple[int, int, int, int]] = {}
    first_vertex = first_triangle = 0
    for part in parts:
        vertex, uv, faces = _unique_corners(part)
        corners, source = _triangulated(faces)
        weights.append(part.weights.tocsr()[vertex])
        offsets.append(part.offset[vertex])
        uvs.append(uv)
        triangles.append(corners + first_vertex)
        materials.append(part.materials[source])
        last = first_vertex + len(vertex), first_triangle + len(corners)
        ranges[part.name] = (first_vertex, last[0], first_triangle, last[1])
        first_vertex, first_triangle = last
    matrix = sparse.vstack(weights).tocsr()
    points = matrix @ person.vertices + np.vstack(offsets)
    deltas = np.stack([matrix @ shape for shape in person.shapes.values()]).astype(np.float32)
    corner_ids = np.vstack(triangles).astype(np.int32)
    weld = np.unique(points.round(5), axis=0, return_inverse=True)[1].ravel()
    atlas_and_base = np.vstack(uvs).astype(np.float32)
    return TriangleMesh(
        vertices=points.astype(np.float32),
        normals=smooth_normals(points, corner_ids, weld),
        uvs=atlas_and_base[:, :2],
        base_uvs=atlas_and_base[:, 2:],
        triangles=corner_ids,
        materials=np.concatenate(materials).astype(np.int32),
        deltas=deltas,
        weld=weld,
        ranges=ranges,
    )


def _unique_corners(part: Part) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    """Split vertices where their atlas UVs differ: part vertex (N,), UVs (N, 4), faces (F, 4) of new vertices."""
    real = part.faces.ravel() >= 0
    vertex, uv = part.faces.ravel()[real], part.uvs.reshape(-1, 4)[real]
    key = np.c_[vertex, np.rint(uv[:, :2] * 1e5).astype(np.int64)]
    _, first, inverse = np.unique(key, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)  # np.unique sorts by key; we want the order of appearance
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    faces = np.full(part.faces.size, -1)
    faces[real] = rank[inverse.ravel()]
    return vertex[first[order]], uv[first[order]], faces.reshape(part.faces.shape)


def _triangulated(faces: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cut quads (F, 4) along the first diagonal: triangles (T, 3) and the face (T,) each came from."""
    both = np.stack([faces[:, [0, 1, 2]], faces[:, [0, 2, 3]]], axis=1).reshape(-1, 3)
    real = both[:, 2] >= 0
    return both[real], np.repeat(np.arange(len(faces)), 2)[real]


def smooth_normals(points: NDArray, triangles: NDArray[np.int32], weld: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return unit normals (N, 3), area weighted and shared by all vertices of a place."""
    corner = points[triangles]
    flat = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    place, count = weld[triangles].ravel(), weld.max() + 1
    summed = np.stack([np.bincount(place, np.repeat(flat[:, k], 3), count) for k in range(3)], axis=1)[weld]
    return (summed / (np.linalg.norm(summed, axis=1, keepdims=True) + 1e-12)).astype(np.float32)
