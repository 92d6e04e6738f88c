"""Join the geometries of a face into the arrays of `FaceAsset`, with normals where the file has none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gpu_core.errors import AssetError
from gpu_core.expression import ARKIT_SHAPES
from gpu_core.face import Floats
from gpu_core.gltf.mesh import Geometry, Morph
from gpu_core.gltf.normals import NormalField, normalised

MAX_MOVED = 400_000  # vertices: 52 shapes of positions and normals are then 0.5 GB


def join_normals(geometries: Sequence[Geometry], field: NormalField) -> Floats:
    """(N, 3) float32 unit normals: the file's own, else computed ones."""
    normals = field.normals
    for first, geometry in _offsets(geometries):
        if geometry.normals is not None:
            own = normalised(geometry.normals.astype(np.float64))
            normals[first : first + len(own)] = own
    return normals


def join_morphs(geometries: Sequence[Geometry], field: NormalField) -> tuple[NDArray[np.int64], Floats, Floats]:
    """The vertices that move (M,) int64, their position and their normal deltas, both (52, M, 3) float32.

    Raises:
        AssetError: more than `MAX_MOVED` vertices move.
    """
    shapes = [_join_shape(geometries, shape) for shape in range(len(ARKIT_SHAPES))]
    is_moved = np.zeros(sum(len(geometry.positions) for geometry in geometries), bool)
    for morph in shapes:
        is_moved[morph.rows] = True
    moved = np.flatnonzero(is_moved)
    if len(moved) > MAX_MOVED:
        raise AssetError(f"has {len(moved):,} vertices that blendshapes move; at most {MAX_MOVED:,} are read")
    place = np.cumsum(is_moved) - 1
    deltas = np.zeros((len(shapes), len(moved), 3), np.float32)
    normal_deltas = np.zeros_like(deltas)
    for shape, morph in enumerate(shapes):
        if len(morph.rows):
            deltas[shape, place[morph.rows]] = morph.moves
            normal_deltas[shape, place[morph.rows]] = _turns(morph, field)
    return moved, deltas, normal_deltas


def _join_shape(geometries: Sequence[Geometry], shape: int) -> Morph:
    """One shape over all geometries, in vertices of the whole face; turns are NaN where the file gives none."""
    pieces = [(first, g.morphs[shape]) for first, g in _offsets(geometries) if shape in g.morphs]
    if not pieces:
        return Morph(np.zeros(0, np.int64), np.zeros((0, 3), np.float32), None)
    unknown = [np.full_like(m.moves, np.nan) if m.turns is None else m.turns for _, m in pieces]
    return Morph(
        np.concatenate([first + morph.rows for first, morph in pieces]),
        np.concatenate([morph.moves for _, morph in pieces]),
        np.concatenate(unknown),
    )


def _turns(morph: Morph, field: NormalField) -> Floats:
    """A shape's normal deltas: those of the file, else the difference to the normals of the moved mesh."""
    assert morph.turns is not None
    unknown = np.isnan(morph.turns)
    if not unknown.any():
        return morph.turns
    return np.where(unknown, field.differences(morph.rows, morph.moves), morph.turns)


def _offsets(geometries: Sequence[Geometry]) -> list[tuple[int, Geometry]]:
    """Each geometry with the place of its first vertex in the whole."""
    sizes = [len(geometry.positions) for geometry in geometries]
    return list(zip(np.cumsum([0, *sizes[:-1]]).tolist(), geometries, strict=True))
