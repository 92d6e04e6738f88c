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
        self._ranges = strand_ranges(asset)
        still = still_points(asset)
        self._positions_blend = _Blend(still, *moved_points(asset))
        self._normals_blend = _Blend(asset.normals, asset.moved, asset.normal_deltas)
        self._balls = [_Ball(asset, eye) for eye in asset.rig.eyes]
        self._bend = _Bend(asset.rig.neck, len(still))

    def pose(self, expression: Expression) -> PosedFace:
        """Return the face with this expression. Weights and angles are taken as they are, not clamped."""
        weights, asset = expression.array, self._asset
        points, normals = self._positions_blend.blended(weights), self._normals_blend.blended(weights)
        for side, ball in zip(SIDES, self._balls, strict=False):
            ball.turn(gaze_matrix(expression, side), points, normals)
        self._push_out(points)
        points, normals = self._bend.bent(expression, points, normals)
        strands = tuple(
            points[first:last].reshape(item.points.shape)
            for item, (first, last) in zip(asset.strands, self._ranges, strict=True)
        )
        return PosedFace(points[: len(asset.vertices)], normals, strands)

    def _push_out(self, points: Floats) -> None:
        """Move lids out of the eyeballs, and lashes as far as their roots."""
        for ball in self._balls:
            ball.push_lids(points)
        for item, (first, last) in zip(self._asset.strands, self._ranges, strict=True):
            if 0 <= item.eye < len(self._balls):
                # A view: what is added arrives in `points`.
                self._balls[item.eye].push_lashes(points[first:last].reshape(item.points.shape))


class _Blend:
    """Weighted sums of deltas (52, M, 3) on the rows (M,) of `still` (N, 3)."""

    def __init__(self, still: Floats, rows: NDArray[np.int64], deltas: Floats) -> None:
        self._still = still
        self._deltas = np.ascontiguousarray(deltas).reshape(len(deltas), -1)
        is_moved = np.zeros(len(still), bool)
        is_moved[rows] = True
        self._kept, self._moved = still[~is_moved], still[rows]
        # Moved rows are summed side by side and brought to their places by one `take`: half the price of scattering.
        self._places = np.argsort(np.concatenate([np.flatnonzero(~is_moved), rows]))

    def blended(self, weights: Floats) -> Floats:
        """A new array (N, 3) with the shapes `weights` (52,)."""
        if not (weights.any() and len(self._moved)):
            return self._still.copy()
        rows = np.empty_like(self._still)
        kept, moved = rows[: len(self._kept)], rows[len(self._kept) :]
        kept[:] = self._kept
        # All 52 rows in one product: picking those in use costs more than it saves (measured at 6000 vertices).
        np.matmul(weights, self._deltas, out=moved.reshape(-1))
        moved += self._moved
        return np.take(rows, self._places, axis=0, mode="clip")


class _Ball:
    """An eyeball: it turns, and keeps lids and lashes outside."""

    def __init__(self, asset: FaceAsset, eye: Eye) -> None:
        self._eye, self._clearance = eye, asset.rig.lid_clearance
        self._own, self._pivot = slice(eye.first, eye.last), np.array(eye.pivot, np.float32)
        self._vertices, self._normals = asset.vertices[self._own] - self._pivot, asset.normals[self._own]
        self._lids = lid_candidates(asset, eye)
        self._lid_pivots = np.tile(self._pivot, (len(self._lids), 1))  # whole rows subtract faster than broadcast ones

    def turn(self, matrix: Floats, points: Floats, normals: Floats) -> None:
        """Place the eyeball's own vertices, turned about its pivot."""
        points[self._own] = self._vertices @ matrix.T + self._pivot
        normals[self._own] = self._normals @ matrix.T

    def push_lids(self, points: Floats) -> None:
        """Push those lid vertices out that are inside and in front of the centre."""
        found = np.take(points, self._lids, axis=0, mode="clip")
        near = self._near(found - self._lid_pivots)
        if len(near):
            found = found[near]
            push = _push(found, self._eye, self._clearance)
            push[found[:, 2] - self._pivot[2] <= LID_DEPTH] = 0.0
            points[self._lids[near]] = found + push

    def push_lashes(self, lashes: Floats) -> None:
        """Move lashes (S, K, 3) as far as their roots are pushed."""
        near = self._near(lashes[:, 0] - self._pivot)
        if len(near):
            lashes[near] += _push(lashes[near, 0], self._eye, self._clearance)[:, None]

    def _near(self, away: Floats) -> NDArray[np.int64]:
        """Which of these (K, 3), from the pivot, `_push` may move: a little more than are inside."""
        reach = 1.001 * (self._eye.radius + self._clearance)
        return np.flatnonzero(np.einsum("ij,ij->i", away, away) < reach * reach)


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


def rotation(yaw: float, pitch: float, roll: float) -> Floats:
    """The (3, 3) matrix of roll, then pitch, then yaw, in radians."""
    cy, sy, cp, sp, cr, sr = (f(angle) for angle in (yaw, pitch, roll) for f in (math.cos, math.sin))
    return np.array([
        [cy * cr + sy * sp * sr, sy * sp * cr - cy * sr, sy * cp],
        [cp * sr, cp * cr, -sp],
        [cy * sp * sr - sy * cr, sy * sr + cy * sp * cr, cy * cp],
    ], np.float32)  # fmt: skip


class _Bend:
    """Turns the head: most of it rigidly, below `neck.high` each point by its share of the angles."""

    def __init__(self, neck: Neck, points: int) -> None:
        self._neck = neck
        # Whole rows add faster than broadcast ones.
        self._pivots = np.tile(np.array(neck.pivot, np.float32), (points, 1))

    def bent(self, expression: Expression, points: Floats, normals: Floats) -> tuple[Floats, Floats]:
        """The points (N + P, 3) and normals (N, 3) in this pose of the head. What was given is lost."""
        if expression.yaw == expression.pitch == expression.roll == 0.0:
            return points, normals
        angles = tuple(map(math.radians, (expression.yaw, expression.pitch, expression.roll)))
        turn = np.ascontiguousarray(rotation(*angles).T)
        rows, share = self._shares(points)
        of_normals = rows[: np.searchsorted(rows, len(normals))]  # rows ascend: those of vertices come first
        points -= self._pivots
        bent = [np.take(points, rows, axis=0, mode="clip"), np.take(normals, of_normals, axis=0, mode="clip")]
        turned, turned_normals = np.matmul(points, turn), np.matmul(normals, turn)
        turned[rows], turned_normals[of_normals] = _turned(bent, share, angles)
        turned += self._pivots
        return turned, turned_normals

    def _shares(self, points: Floats) -> tuple[NDArray[np.int64], Floats]:
        """The points below the part that turns rigidly, ascending, and their shares of the angles (0..1)."""
        neck = self._neck
        height = points[:, 1] + np.float32(neck.z_share) * points[:, 2]
        rows = np.flatnonzero(height < neck.high)
        t = np.clip((height[rows] - neck.low) / (neck.high - neck.low), 0.0, 1.0).astype(np.float32)
        return rows, t * t * (3.0 - 2.0 * t)


def _turned(vectors: list[Floats], share: Floats, angles: tuple[float, ...]) -> list[Floats]:
    """Turn vectors (K, 3), each by its `share` (K,) of the angles (yaw, pitch, roll) in radians."""
    turns = [(np.cos(part), np.sin(part)) for part in (share * np.float32(angle) for angle in angles)]
    return [_turn(own, [(cosine[: len(own)], sine[: len(own)]) for cosine, sine in turns]) for own in vectors]


def _turn(vectors: Floats, turns: list[tuple[Floats, Floats]]) -> Floats:
    """Turn each of `vectors` (K, 3) by cosine and sine (K,) of its own yaw, pitch and roll: the last one first."""
    x, y, z = vectors.T
    yaw, pitch, roll = turns
    x, y = roll[0] * x - roll[1] * y, roll[1] * x + roll[0] * y
    y, z = pitch[0] * y - pitch[1] * z, pitch[1] * y + pitch[0] * z
    return np.stack([yaw[0] * x + yaw[1] * z, y, yaw[0] * z - yaw[1] * x], axis=1)
