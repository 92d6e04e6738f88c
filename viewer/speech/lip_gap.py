"""How far a face's lips are apart, measured on its mesh: for the bench and the tests of closures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gpu_core.expression import SHAPE_INDEX, Expression
from gpu_core.face import FaceAsset

MM_PER_DM = 100.0
_MIDDLE_DM = 0.005  # so near to the middle of the face
_MOVES_DM, _RESTS_DM = 0.02, 0.004  # of a vertex that belongs to one lip and not to the other
_EDGE = 12  # vertices of each lip nearest to the other


class LipGap:
    """Measures one face. The lips are found by what the shapes of each move."""

    def __init__(self, face: FaceAsset) -> None:
        self._rest = face.vertices
        deltas = np.zeros((len(face.deltas), len(face.vertices)), np.float32)
        deltas[:, face.moved] = face.deltas[..., 1]
        upper = sum(deltas[SHAPE_INDEX[f"mouthUpperUp{side}"]] for side in ("Left", "Right"))
        lower = sum(deltas[SHAPE_INDEX[f"mouthLowerDown{side}"]] for side in ("Left", "Right"))
        middle = np.abs(face.vertices[:, 0]) < _MIDDLE_DM
        self._upper = self._edge(np.flatnonzero(middle & (upper > _MOVES_DM) & (np.abs(lower) < _RESTS_DM)), 1)
        self._lower = self._edge(np.flatnonzero(middle & (lower < -_MOVES_DM) & (np.abs(upper) < _RESTS_DM)), -1)
        self._deltas = deltas
        self.rest_mm = self._gap(np.zeros(len(face.deltas), np.float32))

    def _edge(self, vertices: NDArray[np.int64], way: int) -> NDArray[np.int64]:
        return vertices[np.argsort(way * self._rest[vertices, 1])[:_EDGE]]

    def _gap(self, weights: NDArray[np.float32]) -> float:
        upper = self._rest[self._upper, 1] + weights @ self._deltas[:, self._upper]
        lower = self._rest[self._lower, 1] + weights @ self._deltas[:, self._lower]
        return float(upper.min() - lower.max()) * MM_PER_DM

    def __call__(self, expression: Expression) -> float:
        """Millimetres between the inner lips in the middle of the mouth, beyond those of the resting face; below 0:
        pressed together."""
        return self._gap(expression.array) - self.rest_mm
