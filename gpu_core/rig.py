"""Pose a face: blend its shapes, turn the eyes, keep the lids outside them, bend the neck.

The order and the arithmetic are a contract with the pictures the generator was trained on: blend; the eyeballs turn
about their pivots (whatever the blend did to them is replaced); skin in front of an eye's centre is pushed out of the
eyeball, because a linear blink cuts through it; lashes follow the push of their roots; the head turns about the neck
by angles that fade out downwards, roll first, then pitch, then yaw. Decimetres and degrees.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.typing import NDArray

from gpu_core.expression import GAZE_DOWN_DEG, GAZE_UP_DEG, GAZE_YAW_DEG, Expression
from gpu_core.face import Eye, FaceAsset, Floats, Neck, PosedFace

LID_DEPTH = 0.02  # lids are at least this far in front of the eye's centre; what is behind belongs inside the head
_NEAR_EYE = 0.35  # no blend of shapes brings a vertex from further outside the eyeball than this into it (chosen)
SIDES = ("Left", "Right")  # of the rig's eyes


class Poser:
    """Poses one face. It keeps no state between poses, and every pose gets arrays of its own: any thread may call."""

    def __init__(self, asset: FaceAsset) -> None:
        """Arrange the asset's arrays: all vertices, then all strand points, are posed as one array."""
        self._asset = asset
        self._points = still_points(asset)
        self._normals = asset.normals
        self._ranges = strand_ranges(asset)
        self._positions_blend = _Blend(*moved_points(asset))
        self._normals_blend = _Blend(asset.moved, asset.normal_deltas)
        self._lids = [lid_candidates(asset, eye) for eye in asset.rig.eyes]

    def pose(self, expression: Expression) -> PosedFace:
        """Return the face with this expression. Weights and angles are taken as they are, not clamped."""
        weights, asset = expression.array, self._asset
        points, normals = self._points.copy(), self._normals.copy()
        self._positions_blend.add(weights, points)
        self._normals_blend.add(weights, normals)
        for side, eye in zip(SIDES, asset.rig.eyes, strict=False):
            _turn_eye(eye, gaze_matrix(expression, side), asset, points, normals)
        self._push_out(points)
        points, normals = _bend(asset.rig.neck, expression, points, normals)
        strands = tuple(
            points[first:last].reshape(item.points.shape)
            for item, (first, last) in zip(asset.strands, self._ranges, strict=True)
        )
        return PosedFace(points[: len(asset.vertices)], normals, strands)

    def _push_out(self, points: Floats) -> None:
        """Move lids out of the eyeballs, and lashes as far as their roots."""
        rig = self._asset.rig
        for eye, near in zip(rig.eyes, self._lids, strict=True):
            found = points[near]
            push = _push(found, eye, rig.lid_clearance)
            push[found[:, 2] - np.float32(eye.pivot[2]) <= LID_DEPTH] = 0.0
            points[near] = found + push
        for item, (first, last) in zip(self._asset.strands, self._ranges, strict=True):
            if 0 <= item.eye < len(rig.eyes):
                lashes = points[first:last].reshape(item.points.shape)  # a view: what is added arrives in `points`
                lashes += _push(lashes[:, 0], rig.eyes[item.eye], rig.lid_clearance)[:, None]


class _Blend:
    """Weighted sums of deltas (52, M, 3) added to the rows (M,) of an array."""

    def __init__(self, rows: NDArray[np.int64], deltas: Floats) -> None:
        self._rows = rows
        self._deltas = np.ascontiguousarray(deltas).reshape(len(deltas), -1)

    def add(self, weights: Floats, values: Floats) -> None:
        """Add the shapes `weights` (52,) to `values` (N, 3) in place."""
        if weights.any() and len(self._rows):
            # All 52 rows in one product: picking those in use costs more than it saves (measured at 6000 vertices).
            values[self._rows] += (weights @ self._deltas).reshape(-1, 3)


def still_points(asset: FaceAsset) -> Floats:
    """All that is posed, in the neutral face: vertices, then points of strands, (N + P, 3) float32."""
    return np.concatenate([asset.vertices, *(strands.points.reshape(-1, 3) for strands in asset.strands)])


def strand_ranges(asset: FaceAsset) -> list[tuple[int, int]]:
    """Where each of the asset's strands lie in `still_points`: (first, last) each."""
    sizes = [strands.half_width.size for strands in asset.strands]
    return list(itertools.pairwise(np.cumsum([len(asset.vertices), *sizes]).tolist()))


def moved_points(asset: FaceAsset) -> tuple[NDArray[np.int64], Floats]:
    """What blendshapes move in `still_points`: rows (M,) and deltas (52, M, 3)."""
    rows, deltas = [asset.moved], [asset.deltas]
    for item, (first, last) in zip(asset.strands, strand_ranges(asset), strict=True):
        if item.deltas is not None:
            rows.append(np.arange(first, last))
            deltas.append(item.deltas.reshape(len(item.deltas), -1, 3))
    return np.concatenate(rows), np.concatenate(deltas, axis=1)


def lid_candidates(asset: FaceAsset, eye: Eye) -> NDArray[np.int64]:
    """The lid vertices that come near an eye, in the neutral face or with any one shape: (K,) int64."""
    first, last = asset.rig.lid_range
    pivot, reach = np.array(eye.pivot, np.float32), eye.radius + _NEAR_EYE
    is_near = np.linalg.norm(asset.vertices - pivot, axis=1) < reach
    neutral = asset.vertices[asset.moved] - pivot
    for deltas in asset.deltas:
        is_near[asset.moved] |= np.linalg.norm(neutral + deltas, axis=1) < reach
    return first + np.flatnonzero(is_near[first:last])


def _push(points: Floats, eye: Eye, clearance: float) -> Floats:
    """The moves (K, 3) that bring `points` (K, 3) out to the eyeball's radius plus `clearance`; 0 for those outside."""
    away = points - np.array(eye.pivot, np.float32)
    distance = np.sqrt(np.einsum("ij,ij->i", away, away))
    # At the very centre there is no direction to push in.
    depth = np.where(distance > 1e-4, np.maximum(np.float32(eye.radius + clearance) - distance, 0.0), 0.0)
    share = (depth / np.maximum(distance, np.float32(1e-4))).astype(np.float32)
    return np.asarray(away * share[:, None], np.float32)


def gaze_matrix(expression: Expression, side: str) -> Floats:
    """The (3, 3) rotation of one eye, yaw after pitch, from its four eyeLook weights; `side` is one of `SIDES`."""
    out, inward = expression[f"eyeLookOut{side}"], expression[f"eyeLookIn{side}"]
    yaw = math.radians(GAZE_YAW_DEG * (out - inward)) * (1.0 if side == "Left" else -1.0)
    down, up = expression[f"eyeLookDown{side}"], expression[f"eyeLookUp{side}"]
    pitch = math.radians(GAZE_DOWN_DEG * down - GAZE_UP_DEG * up)
    return rotation(yaw, pitch, 0.0)


def _turn_eye(eye: Eye, matrix: Floats, asset: FaceAsset, points: Floats, normals: Floats) -> None:
    own, pivot = slice(eye.first, eye.last), np.array(eye.pivot, np.float32)
    points[own] = (asset.vertices[own] - pivot) @ matrix.T + pivot
    normals[own] = asset.normals[own] @ matrix.T


def rotation(yaw: float, pitch: float, roll: float) -> Floats:
    """The (3, 3) matrix of roll, then pitch, then yaw, in radians."""
    cy, sy, cp, sp, cr, sr = (f(angle) for angle in (yaw, pitch, roll) for f in (math.cos, math.sin))
    return np.array([
        [cy * cr + sy * sp * sr, sy * sp * cr - cy * sr, sy * cp],
        [cp * sr, cp * cr, -sp],
        [cy * sp * sr - sy * cr, sy * sr + cy * sp * cr, cy * cp],
    ], np.float32)  # fmt: skip


def _bend(neck: Neck, expression: Expression, points: Floats, normals: Floats) -> tuple[Floats, Floats]:
    """Turn the head: most of it rigidly, below `neck.high` each point by its share of the angles."""
    if expression.yaw == expression.pitch == expression.roll == 0.0:
        return points, normals
    angles = tuple(map(math.radians, (expression.yaw, expression.pitch, expression.roll)))
    pivot, turn = np.array(neck.pivot, np.float32), rotation(*angles).T
    height = points[:, 1] + np.float32(neck.z_share) * points[:, 2]
    rows = np.flatnonzero(height < neck.high)
    t = np.clip((height[rows] - neck.low) / (neck.high - neck.low), 0.0, 1.0).astype(np.float32)
    share = t * t * (3.0 - 2.0 * t)
    of_normals = int(np.searchsorted(rows, len(normals)))  # rows ascend: those of vertices come first
    bent, bent_normals = points[rows] - pivot, normals[rows[:of_normals]]
    turned: Floats = np.matmul(points - pivot, turn)
    turned[rows] = _turn(bent, share, angles)
    turned += pivot
    turned_normals: Floats = np.matmul(normals, turn)
    turned_normals[rows[:of_normals]] = _turn(bent_normals, share[:of_normals], angles)
    return turned, turned_normals


def _turn(vectors: Floats, share: Floats, angles: tuple[float, ...]) -> Floats:
    """Turn each of `vectors` (K, 3) by its `share` (K,) of the angles (yaw, pitch, roll) in radians."""
    x, y, z = vectors.T
    yaw, pitch, roll = (share * np.float32(angle) for angle in angles)
    cosine, sine = np.cos(roll), np.sin(roll)
    x, y = cosine * x - sine * y, sine * x + cosine * y
    cosine, sine = np.cos(pitch), np.sin(pitch)
    y, z = cosine * y - sine * z, sine * y + cosine * z
    cosine, sine = np.cos(yaw), np.sin(yaw)
    return np.stack([cosine * x + sine * z, y, cosine * z - sine * x], axis=1)
