"""Locks: what a rasteriser draws of the hair. Each stands for some sixty strands that run the same way.

Ribbons that merely thin out the strands need three times as many to cover the head, and software OpenGL pays for every
one. Clustering finds strands that stay together; their mean, moved outwards, is the ribbon, their spread its width.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2

# Points lie closer at the root, where the hair bends over the head.
_ROOT_BIAS = 1.3
# Of the strands' standard deviation across the lock: half its width, and how far the ribbon lies over their mean.
_SPREAD, _OUTWARD = 1.7, 1.2
_NARROWEST, _WIDEST = 0.012, 0.12  # decimetres: two pixels to twenty at 512
_SKULL_CENTRE, _SKULL_FLATTEN = np.array([0.0, 6.6, 0.25]), np.array([1.0, 0.3, 1.0])  # as in strand.vert


def gather_locks(
    strands: NDArray[np.float32], count: int, points: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Cluster strands (N, K, 3) into locks, front ones first: centre lines (L, points, 3), half widths (L, points)."""
    places = _resampled_to_root(strands, points)
    start = places[np.random.default_rng(0).choice(len(places), count, replace=False)]
    flat = places.reshape(len(places), -1)
    _, owner = kmeans2(flat, start.reshape(count, -1), iter=12, minit="matrix")
    locks = [_lock(places[owner == number]) for number in np.unique(owner)]
    centres, widths = (np.array(values, np.float32) for values in zip(*locks, strict=True))
    order = np.argsort(_distance_from_viewer(centres), kind="stable")
    return centres[order], widths[order]


def _resampled_to_root(strands: NDArray[np.float32], points: int) -> NDArray[np.float32]:
    """Interpolate at `points` places, denser at the root; the strands' points are evenly spaced to begin with."""
    place = (strands.shape[1] - 1) * np.linspace(0, 1, points) ** _ROOT_BIAS
    before = np.minimum(place.astype(int), strands.shape[1] - 2)
    share = (place - before).astype(np.float32)[:, None]
    return strands[:, before] * (1 - share) + strands[:, before + 1] * share


def _lock(members: NDArray[np.float32]) -> tuple[NDArray, NDArray]:
    """Centre line (K, 3) and half width (K,) of some strands (M, K, 3)."""
    mean = members.mean(axis=0)
    away = (mean - _SKULL_CENTRE) * _SKULL_FLATTEN
    along = np.gradient(mean, axis=0)
    sideways = _unit(np.cross(along, away))
    outward = _unit(np.cross(sideways, along))
    outward *= np.sign((outward * away).sum(axis=1))[:, None]
    across, above = (((members - mean) * axis).sum(axis=2).std(axis=0) for axis in (sideways, outward))
    return mean + outward * (_OUTWARD * above)[:, None], np.clip(_SPREAD * across, _NARROWEST, _WIDEST)


def _distance_from_viewer(centres: NDArray[np.float32]) -> NDArray[np.float32]:
    """A static order of drawing: whatever hides others first, so that the depth test spares those."""
    height = np.linalg.norm((centres - np.array([0.0, 6.8, 0.2], np.float32)).mean(axis=1), axis=1)
    return -centres[..., 2].mean(axis=1) - 0.5 * height


def _unit(vectors: NDArray) -> NDArray:
    return vectors / (np.linalg.norm(vectors, axis=-1, keepdims=True) + 1e-9)
