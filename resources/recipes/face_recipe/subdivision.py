"""Catmull-Clark subdivision as a sparse matrix, so that it applies to positions and to blendshape deltas alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


def catmull_clark(
    faces: NDArray[np.int64], corner_values: NDArray[np.float64], vertex_count: int
) -> tuple[sparse.csr_matrix, NDArray[np.int64], NDArray[np.float64]]:
    """Subdivide quads (F, 4) once; corner_values (F, 4, C), such as UVs, are split linearly.

    Returns the matrix (V + F + E, V) from old vertices to vertex, face and edge points, the quads (4F, 4), each
    starting at its old corner, and their corner values (4F, 4, C). Rule: Catmull and Clark 1978, borders being cubic
    B-splines.
    """
    edges, edge_of_corner, face_count_of_edge = _edges(faces)
    face_points = _incidence(faces, vertex_count) * 0.25
    ends = _incidence(edges, vertex_count)
    edge_faces = _incidence(edge_of_corner, len(edges)).T
    border = face_count_of_edge != 2  # open borders, and the rare edge with three faces, are creases
    edge_points = sparse.diags(np.where(border, 0.5, 0.25)) @ ends
    edge_points = edge_points + sparse.diags(np.where(border, 0.0, 0.25)) @ edge_faces @ face_points
    vertex_points = _vertex_points(faces, face_points, ends, border)
    matrix = sparse.vstack([vertex_points, face_points, edge_points]).tocsr()
    return matrix, _split_faces(faces, edge_of_corner, vertex_count), _split_corners(corner_values)


def _edges(faces: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return edges (E, 2), the edge (F, 4) from each corner to the next, and the number of faces (E,) at each edge."""
    pairs = np.sort(np.stack([faces, np.roll(faces, -1, axis=1)], axis=-1).reshape(-1, 2), axis=1)
    edges, index, count = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
    return edges, index.reshape(faces.shape), count


def _incidence(rows: NDArray[np.int64], column_count: int) -> sparse.csr_matrix:
    """Return the 0/1 matrix (len(rows), column_count) with ones at the listed columns of each row."""
    count, width = rows.shape
    where = (np.repeat(np.arange(count), width), rows.ravel())
    return sparse.csr_matrix((np.ones(count * width), where), shape=(count, column_count))


def _vertex_points(
    faces: NDArray[np.int64], face_points: sparse.csr_matrix, ends: sparse.csr_matrix, border: NDArray[np.bool_]
) -> sparse.csr_matrix:
    """Weigh each old vertex with its faces and neighbours: (Q + 2R + (k - 3) v) / k inside, 1/8 6/8 1/8 on a border."""
    count = face_points.shape[1]
    valence = np.maximum(np.bincount(faces.ravel(), minlength=count), 1)
    border_edges = np.asarray(ends[border].sum(axis=0)).ravel()
    inside, smooth_border = border_edges == 0, border_edges == 2

    own = np.where(inside, (valence - 2) / valence, np.where(smooth_border, 0.75, 1.0))
    around = sparse.diags(np.where(inside, 1.0 / valence**2, 0.0))
    along = sparse.diags(np.where(smooth_border, 0.125, 0.0))
    rim = ends[border]
    vertex_faces = _incidence(faces, count).T
    return sparse.diags(own) + around @ (vertex_faces @ face_points + _neighbours(ends)) + along @ _neighbours(rim)


def _neighbours(ends: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return the adjacency matrix (V, V) of the given edges (E, V)."""
    both = ends.T @ ends
    return both - sparse.diags(both.diagonal())


def _split_faces(faces: NDArray[np.int64], edge_of_corner: NDArray[np.int64], vertex_count: int) -> NDArray[np.int64]:
    """Return the four quads of every quad, each: old corner, next edge point, face point, previous edge point."""
    face_point = np.broadcast_to(vertex_count + np.arange(len(faces))[:, None], faces.shape)
    next_edge = vertex_count + len(faces) + edge_of_corner
    return np.stack([faces, next_edge, face_point, np.roll(next_edge, 1, axis=1)], axis=-1).reshape(-1, 4)


def _split_corners(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Split corner values (F, 4, C) into (4F, 4, C), linearly."""
    middle = np.broadcast_to(values.mean(axis=1, keepdims=True), values.shape)
    after = (values + np.roll(values, -1, axis=1)) / 2
    before = (np.roll(values, 1, axis=1) + values) / 2
    return np.stack([values, after, middle, before], axis=2).reshape(-1, 4, values.shape[-1])
