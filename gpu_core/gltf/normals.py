"""Smooth vertex normals of a mesh, and how they change when some of its vertices move.

Normals are weighted by area and shared by all vertices at one place, so that texture seams do not show.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
_NO_NORMAL = (0.0, 0.0, 1.0)  # of vertices without a triangle, or with collapsed ones alone


def weld(positions: NDArray[np.float32]) -> NDArray[np.int64]:
    """Number the distinct places of (N, 3) `positions`: returns (N,) int64, equal where positions are equal."""
    order = np.lexsort(positions.T)
    ordered = positions[order]
    first = np.ones(len(positions), np.int64)
    first[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    places = np.empty(len(positions), np.int64)
    places[order] = np.cumsum(first) - 1
    return places


def normalised(vectors: Doubles) -> Doubles:
    """Scale (..., 3) vectors to length 1; those without a direction become +Z."""
    lengths = np.sqrt((vectors * vectors).sum(axis=-1, keepdims=True))
    return np.where(lengths > 1e-30, vectors / np.maximum(lengths, 1e-30), _NO_NORMAL)


class NormalField:
    """The normals of one triangle mesh and their differences under displacements.

    Displacements touch few triangles, so only what changes is added to the sums of the neutral mesh.
    """

    def __init__(self, positions: NDArray[np.float32], triangles: NDArray[np.integer]) -> None:
        """Take (N, 3) positions and (T, 3) indices."""
        self._positions = positions.astype(np.float64)
        self._triangles = triangles.astype(np.int64)
        self._places = weld(positions)
        self._corners = self._places[self._triangles]
        self._faces = _crosses(self._positions[self._triangles])
        self._sums = self._scatter(self._corners, self._faces)
        self._unit = normalised(self._sums)

    @property
    def normals(self) -> NDArray[np.float32]:
        """The (N, 3) float32 unit normals of the mesh as it was given."""
        return self._unit[self._places].astype(np.float32)

    def differences(self, rows: NDArray[np.int64], moves: NDArray[np.float32]) -> NDArray[np.float32]:
        """How the normals of the vertices `rows` (K,) change when these move by `moves` (K, 3): (K, 3) float32."""
        is_moved = np.zeros(len(self._positions), bool)
        is_moved[rows] = True
        touched = np.flatnonzero(is_moved[self._triangles].any(axis=1))
        displaced = self._positions.copy()
        displaced[rows] += moves
        change = _crosses(displaced[self._triangles[touched]]) - self._faces[touched]
        places = self._places[rows]
        sums = self._sums[places] + self._scatter(self._corners[touched], change)[places]
        return (normalised(sums) - self._unit[places]).astype(np.float32)

    def _scatter(self, corners: NDArray[np.int64], faces: Doubles) -> Doubles:
        """Add each face's vector to its three corners: (places, 3)."""
        count = int(self._places.max(initial=-1)) + 1
        flat = corners.T.ravel()
        columns = [np.bincount(flat, np.tile(faces[:, axis], 3), count) for axis in range(3)]
        return np.stack(columns, axis=1)


def _crosses(corners: Doubles) -> Doubles:
    """The (T, 3) vectors across (T, 3 corners, 3) triangles, as long as twice their area."""
    # np.cross is several times slower than the six products.
    (ax, ay, az), (bx, by, bz) = (corners[:, 1] - corners[:, 0]).T, (corners[:, 2] - corners[:, 0]).T
    return np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], axis=1)
