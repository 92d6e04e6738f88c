"""Value noise on a hashed lattice: the same picture everywhere, whatever the texture's resolution."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray


def value_noise(points: NDArray, seed: int) -> NDArray[np.float32]:
    """Return smooth noise, -1..1, at points (..., 3); one lattice cell is one unit."""
    cell = np.floor(points).astype(np.int64)
    t = (points - cell).astype(np.float32)
    t = t * t * (3 - 2 * t)
    total = np.zeros(points.shape[:-1], np.float32)
    for corner in product((0, 1), repeat=3):
        weight = np.ones_like(total)
        for axis, step in enumerate(corner):
            weight *= t[..., axis] if step else 1 - t[..., axis]
        total += weight * _hash(cell + np.array(corner), seed)
    return total * 2 - 1


def _hash(cell: NDArray[np.int64], seed: int) -> NDArray[np.float32]:
    """Scramble lattice coordinates (..., 3) to 0..1; int64 overflow wraps and is part of the recipe."""
    x, y, z = cell[..., 0], cell[..., 1], cell[..., 2]
    h = x * 374761393 + y * 668265263 + z * 2147483647 + seed * 974634777
    h = (h ^ (h >> 13)) * 1274126177
    h = h ^ (h >> 16)
    return ((h & 0xFFFF) / 65535.0).astype(np.float32)


def layered_noise(points: NDArray, frequency: float, octaves: int, seed: int) -> NDArray[np.float32]:
    """Sum octaves of value noise, each twice as fine and 0.55 as strong as the one before."""
    layers = [value_noise(points * (frequency * 2**k), seed + k) * 0.55**k for k in range(octaves)]
    return np.sum(layers, axis=0, dtype=np.float32)
