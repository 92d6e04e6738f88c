"""What the posing shaders read, as plain arrays: sparse deltas, what happens to each point, and the numbers of a pose.

Points are counted as in `gpu_core.rig.still_points`: vertices, then points of strands.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gpu_core.expression import Expression
from gpu_core.face import FaceAsset, Floats
from gpu_core.rig import SIDES, gaze_matrix, lid_candidates, moved_points, rotation, strand_ranges

# Weights, yaw/pitch/roll in radians, the head's matrix, a matrix for each eye: see pose.glsl.
NUMBERS_PER_FACE = 52 + 3 + 9 + 2 * 9


@dataclass(frozen=True, eq=False)
class SparseDeltas:
    """Only what moves. Entries of a point lie together, those of vertices before those of strands.

    entries         (E, 4) float32: x, y, z, and the shape's number
    normal_entries  (V, 4) float32: likewise for the normals, of the vertices' entries
    runs            (N + P, 2) int32: first entry and entries of every point
    """

    entries: Floats
    normal_entries: Floats
    runs: NDArray[np.int32]


def sparse_deltas(asset: FaceAsset) -> SparseDeltas:
    """Every shape's deltas that are not zero, in position or normal."""
    rows, deltas = moved_points(asset)
    moves = np.asarray(deltas.any(axis=2))
    moves[:, : len(asset.moved)] |= asset.normal_deltas.any(axis=2)
    runs = np.zeros((strand_ranges(asset)[-1][1] if asset.strands else len(asset.vertices), 2), np.int32)
    counts = moves.sum(axis=0)
    runs[rows] = np.stack([np.cumsum(counts) - counts, counts], axis=1)
    place, shape = np.nonzero(moves.T)
    of_vertices = place < len(asset.moved)
    return SparseDeltas(
        _entries(deltas[shape, place], shape),
        _entries(asset.normal_deltas[shape[of_vertices], place[of_vertices]], shape[of_vertices]),
        runs,
    )


def _entries(vectors: Floats, shape: NDArray[np.int64]) -> Floats:
    return np.concatenate([vectors, shape[:, None]], axis=1, dtype=np.float32)


def vertex_kinds(asset: FaceAsset) -> NDArray[np.int32]:
    """Of every vertex: the eyeball it belongs to or -1, and a bit for each eye it covers as a lid. (N, 2) int32."""
    kinds = np.tile(np.array([-1, 0], np.int32), (len(asset.vertices), 1))
    for index, eye in enumerate(asset.rig.eyes):
        kinds[eye.first : eye.last, 0] = index
        kinds[lid_candidates(asset, eye), 1] |= 1 << index
    return kinds


@dataclass(frozen=True, eq=False)
class StrandTable:
    """The points of strands in an order of drawing.

    points      (P,) int64: which point each is
    roots       (P,) int64: which point its strand begins with
    eyes        (P,) int32: whose lash it is, or -1
    neighbours  (P, 2) int32: the places in this table before and after it on its strand; its own at an end
    """

    points: NDArray[np.int64]
    roots: NDArray[np.int64]
    eyes: NDArray[np.int32]
    neighbours: NDArray[np.int32]


def strand_table(asset: FaceAsset, order: tuple[int, ...]) -> StrandTable:
    """The table for the asset's groups of strands, drawn in this order; at least one group."""
    ranges, parts, start = strand_ranges(asset), [], 0
    for index in order:
        strands, length = asset.strands[index].points.shape[:2]
        own = ranges[index][0] + np.arange(strands * length)
        place = np.tile(np.arange(length), strands)
        here = start + np.arange(strands * length)
        near = np.stack([here - (place > 0), here + (place < length - 1)], axis=1)
        parts.append((own, own - place, np.full(own.size, asset.strands[index].eye), near))
        start += own.size
    points, roots, eyes, neighbours = (np.concatenate(column) for column in zip(*parts, strict=True))
    return StrandTable(points, roots, eyes.astype(np.int32), neighbours.astype(np.int32))


def pose_numbers(expression: Expression) -> Floats:
    """One face's pose as the shaders want it, (NUMBERS_PER_FACE,) float32."""
    angles = [math.radians(angle) for angle in (expression.yaw, expression.pitch, expression.roll)]
    matrices = [rotation(*angles), *(gaze_matrix(expression, side) for side in SIDES)]
    return np.concatenate([expression.array, angles, *(matrix.ravel() for matrix in matrices)], dtype=np.float32)
