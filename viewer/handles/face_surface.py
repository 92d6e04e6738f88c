"""The surface of a face as the mouse meets it: posed, seen through a lens, and which point lies under the mouse."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gpu_core.expression import Expression
from gpu_core.face import Eye, FaceAsset, Floats
from gpu_core.rig import Poser
from viewer.handles.face_handles import HandleMap
from viewer.handles.picture_projection import Lens, to_picture


@dataclass(frozen=True, eq=False)
class SurfacePoint:
    """A point of a triangle: its `corners` (3,) among the face's vertices, and the `shares` (3,) of each."""

    corners: NDArray[np.int64]
    shares: Floats


class FaceSurface:
    """One face. It never changes; the last picture asked about is remembered."""

    def __init__(self, asset: FaceAsset) -> None:
        self.asset = asset
        self.handles = HandleMap(asset)
        self._poser = Poser(asset)
        self._corners = np.ascontiguousarray(asset.triangles.astype(np.int64).T)
        self._seen: tuple[Expression, Lens] | None = None
        self._picture = np.zeros((3, 0))

    def hit(self, expression: Expression, lens: Lens, where: tuple[float, float]) -> SurfacePoint | None:
        """The nearest point of the surface at `where` (fractions of the picture, right and down), None beside it."""
        picture = self._posed(expression, lens)
        around = self._around(picture, where)
        shares, heights = _shares(picture[:, self._corners[:, around]], where)
        inside = np.flatnonzero((shares >= 0.0).all(axis=0))
        if not len(inside):
            return None
        nearest = inside[np.argmax(heights[inside])]
        return SurfacePoint(self._corners[:, around[nearest]], shares[:, nearest].astype(np.float32))

    def patch(self, point: SurfacePoint) -> FacePatch:
        """That point alone, to be posed quickly."""
        return FacePatch(self.asset, point)

    def _posed(self, expression: Expression, lens: Lens) -> NDArray[np.float64]:
        if self._seen != (expression, lens):
            self._picture = to_picture(self._poser.pose(expression).vertices, lens)
            self._seen = (expression, lens)
        return self._picture

    def _around(self, picture: NDArray[np.float64], where: tuple[float, float]) -> NDArray[np.int64]:
        """The triangles with corners on both sides of `where`, across and up."""
        both = np.ones(self._corners.shape[1], bool)
        for axis in (0, 1):
            before = np.take(picture[axis] < where[axis], self._corners)
            both &= before.any(axis=0) & ~before.all(axis=0)
        return np.flatnonzero(both)


class FacePatch:
    """One point of a face, posed by the same rules as the whole: a face of the three vertices around it."""

    def __init__(self, asset: FaceAsset, point: SurfacePoint) -> None:
        self._shares = point.shares.astype(np.float64)
        self._poser = Poser(_cut(asset, point.corners))

    def seen(self, expression: Expression, lens: Lens) -> NDArray[np.float64]:
        """Where the point lies in the picture (2,), in fractions right and down."""
        seen: NDArray[np.float64] = to_picture(self._poser.pose(expression).vertices, lens)[:2] @ self._shares
        return seen


def _shares(
    triangles: NDArray[np.float64], where: tuple[float, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shares of the corners (3, K) at `where` in `triangles` (3: x, y, height; 3 corners; K), and the heights (K,).

    Triangles that are seen from behind get negative shares.
    """
    x, y = triangles[0] - where[0], triangles[1] - where[1]
    areas = np.stack([x[(k + 1) % 3] * y[(k + 2) % 3] - x[(k + 2) % 3] * y[(k + 1) % 3] for k in range(3)])
    whole = areas.sum(axis=0)
    shares = areas / np.where(whole < 0.0, whole, np.inf)  # down is positive: counter-clockwise is less than 0
    shares[:, whole >= 0.0] = -1.0
    return shares, (shares * triangles[2]).sum(axis=0)


def _cut(asset: FaceAsset, corners: NDArray[np.int64]) -> FaceAsset:
    """A face of three vertices of another, for posing."""
    rows = np.minimum(np.searchsorted(asset.moved, corners), len(asset.moved) - 1)
    is_moved = (asset.moved[rows] == corners)[:, None]
    first, last = asset.rig.lid_range
    rig = replace(
        asset.rig,
        eyes=tuple(_cut_eye(eye, corners) for eye in asset.rig.eyes),
        lid_range=(0, 3) if first <= corners.min() and corners.max() < last else (0, 0),
    )
    return replace(
        asset, vertices=asset.vertices[corners], normals=asset.normals[corners], moved=np.arange(3),
        deltas=asset.deltas[:, rows] * is_moved, normal_deltas=asset.normal_deltas[:, rows] * is_moved,
        strands=(), rig=rig,
    )  # fmt: skip


def _cut_eye(eye: Eye, corners: NDArray[np.int64]) -> Eye:
    is_in = eye.first <= corners.min() and corners.max() < eye.last
    return replace(eye, first=0, last=3 if is_in else 0)
