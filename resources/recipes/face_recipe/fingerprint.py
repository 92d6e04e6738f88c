"""Comparing geometry: with a saved file entirely, with `resources/face/truth_geometry.json` by samples."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

TOLERANCE = 1e-4  # decimetres: the rendered truth must not move by more
_SAMPLES = 12
_SEVERAL_PARTS = ("verts", "deltas", "strands")  # sampled eight times as densely


def differences(ours: Mapping[str, NDArray], theirs: Mapping[str, NDArray]) -> dict[str, float]:
    """Return the largest difference per array name of `theirs`; infinite where shapes, words or presence differ."""
    return {name: _difference(ours.get(name), theirs[name]) for name in theirs}


def _difference(a: NDArray | None, b: NDArray) -> float:
    if a is None or a.shape != b.shape:
        return float("inf")
    if b.dtype.kind in "US":
        return 0.0 if (a == b).all() else float("inf")
    return float(np.abs(a.astype(np.float64) - b).max())


def fingerprint(arrays: Mapping[str, NDArray]) -> dict[str, Any]:
    """Return a small JSON-ready sample of the geometry: shapes, and evenly spread entries of every array of numbers.

    Arrays are sampled along their flattened rows of coordinates, so each part of the face is met.
    """
    prints = {}
    for name, array in sorted(arrays.items()):
        entry: dict[str, Any] = {"shape": list(array.shape)}
        if array.dtype.kind == "f":
            entry["samples"] = _sampled(array, name)
        prints[name] = entry
    return prints


def _sampled(array: NDArray, name: str) -> dict[str, list[float]]:
    """Return {flat row index: row}, more rows for the arrays that hold several parts."""
    rows = array.reshape(-1, array.shape[-1] if array.ndim else 1)
    count = _SAMPLES * (8 if name in _SEVERAL_PARTS else 1)
    picked = np.unique(np.linspace(0, len(rows) - 1, min(count, len(rows))).astype(int))
    if name == "deltas":  # most deltas are zero: sample among those that say something
        moving = np.flatnonzero(np.abs(rows).max(axis=1) > 1e-3)
        picked = moving[np.linspace(0, len(moving) - 1, count).astype(int)]
    return {str(i): [round(float(x), 6) for x in rows[i]] for i in picked}


def fingerprint_faults(arrays: Mapping[str, NDArray], expected: Mapping[str, Any]) -> list[str]:
    """Compare geometry with a fingerprint; returns a sentence for every array that differs."""
    faults = []
    for name, entry in expected.items():
        array = arrays.get(name)
        if array is None or list(array.shape) != entry["shape"]:
            faults.append(f"{name}: shape {None if array is None else array.shape}, expected {entry['shape']}")
            continue
        samples = entry.get("samples", {})
        rows = array.reshape(-1, array.shape[-1] if array.ndim else 1)
        worst = max((float(np.abs(rows[int(i)] - row).max()) for i, row in samples.items()), default=0.0)
        if worst > TOLERANCE:
            faults.append(f"{name}: off by {worst:.2g}, tolerance {TOLERANCE:g}")
    return faults


def load_fingerprint(path: Path) -> dict[str, Any]:
    """Read a fingerprint file."""
    prints: dict[str, Any] = json.loads(path.read_text())
    return prints
