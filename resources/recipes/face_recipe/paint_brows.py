"""Eyebrows in the skin texture: a soft shade under them, and the strands themselves drawn hair by hair."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from face_recipe.hair import smoothstep
from face_recipe.landmarks import Landmarks
from face_recipe.phenotype import BrowShape
from face_recipe.rasterise import AtlasMap

_FRACTION_BITS = 4  # cv2 draws lines in sixteenths of a texel


def brow_shade(at: NDArray, marks: Landmarks, front: NDArray, shape: BrowShape) -> NDArray:
    """Return the brows' area (S, S), 0..1, softening at both ends."""
    x = np.abs(at[..., 0]) - marks.eye_x
    across = (at[..., 1] - marks.eye_y - np.interp(x, shape.x, shape.y)) / np.interp(x, shape.x, shape.width)
    first, last = shape.x[0], shape.x[-1]
    ends = smoothstep(x, first - 0.02, first + 0.06) * (1 - smoothstep(x, last - 0.05, last + 0.01))
    return np.exp(-((across / 0.95) ** 4)) * ends * front


def brow_hairs(atlas: AtlasMap, marks: Landmarks, strands: list[NDArray]) -> NDArray[np.float32]:
    """Draw brow strands (N, K, 3) into the texture (S, S), 0..1, thinning towards their tips."""
    hairs = np.concatenate(strands)
    texels = _texels_of(atlas, marks, hairs)
    mask = np.zeros(atlas.covered.shape, np.uint8)
    scale = 1 << _FRACTION_BITS
    segments = hairs.shape[1] - 1
    for segment in reversed(range(segments)):  # tips first: roots are darker and lie over them
        darkness = int(255 * (1 - 0.6 * segment / segments))
        lines = np.rint(texels[:, segment : segment + 2] * scale).astype(np.int32)
        cv2.polylines(mask, list(lines), False, darkness, 1, cv2.LINE_AA, _FRACTION_BITS)
    return mask.astype(np.float32) / np.float32(255)


def _texels_of(atlas: AtlasMap, marks: Landmarks, hairs: NDArray) -> NDArray[np.float64]:
    """Return the (column, row) of the skin under each hair point, between texels."""
    at = atlas.position
    near = np.hypot(np.abs(at[..., 0]) - marks.eye_x, at[..., 1] - marks.eye_y - 0.2) < 0.45
    rows, columns = np.nonzero(near & (at[..., 2] > 0.6) & atlas.covered & marks.on_head)
    distance, nearest = cKDTree(at[rows, columns]).query(hairs, k=4)
    share = 1 / (distance + 1e-4)
    share /= share.sum(axis=-1, keepdims=True)
    return (np.stack([columns, rows], axis=-1)[nearest] * share[..., None]).sum(axis=-2)
