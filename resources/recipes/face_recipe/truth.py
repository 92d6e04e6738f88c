"""The path tracer's geometry: the fine face and full hair, as one mapping of named arrays that is saved and compared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from face_recipe.brows import SPINE_WIDTH, SPINE_X, SPINE_Y, brows
from face_recipe.eyes import truth_eyes
from face_recipe.hair import Hair, grow_hair
from face_recipe.mesh import TriangleMesh, assemble
from face_recipe.part import MATERIAL_ID, Part, selected_part, subdivided
from face_recipe.person import Person
from face_recipe.shirt import shirt_part
from face_recipe.skin import Island, skin_part
from face_recipe.strands import StrandSet, lashes
from face_recipe.teeth import FINE, teeth_part

TOLERANCE = 1e-4  # decimetres: the rendered truth must not move by more
_SAMPLES = 12


@dataclass(frozen=True, eq=False)
class Truth:
    """What the path tracer draws, and what the app's lighter face is derived from."""

    mesh: TriangleMesh
    strands: list[StrandSet]
    hair: Hair


def tongue_part(person: Person) -> Part:
    """Take the base mesh's tongue, unsubdivided."""
    chosen = person.mesh.face_groups == "helper-tongue"
    uvs = person.mesh.uvs[person.mesh.face_uvs[chosen]]
    material = np.full(chosen.sum(), MATERIAL_ID["tongue"])
    return selected_part("tongue", person, person.mesh.faces[chosen], uvs, material)


def build_truth(person: Person, islands: list[Island]) -> Truth:
    """Build the fine face. The part order and the order of random calls fix the vertex order and the strands."""
    rng = np.random.default_rng(1)
    skin = subdivided(skin_part(person, islands))
    strands = [*lashes(person, rng), *brows(person, skin, rng)]
    teeth = [teeth_part(person, which, FINE) for which in ("upper", "lower")]
    shirt = shirt_part(person, islands, light=False)
    parts = [skin, subdivided(tongue_part(person)), *truth_eyes(person), *teeth, shirt]
    mesh = assemble(person, parts)
    return Truth(mesh, strands, grow_hair(mesh))


def truth_arrays(person: Person, truth: Truth) -> dict[str, NDArray]:
    """Name the arrays: `strand_*` (N, 5, 3), `strandD_*` their deltas, `strandR_*` half widths, `strands` the hair."""
    mesh = truth.mesh
    arrays: dict[str, Any] = {
        "verts": mesh.vertices,
        "normals": mesh.normals,
        "uvs": mesh.uvs,
        "uv0": mesh.base_uvs,
        "tris": mesh.triangles,
        "mat": mesh.materials,
        "deltas": mesh.deltas,
        "names": np.array(list(person.shapes)),
        "weld": mesh.weld,
        "eye_pivot_l": person.eyes["l"].pivot,
        "eye_pivot_r": person.eyes["r"].pivot,
        "eye_radius": np.array(person.eyes["l"].radius),
        "part_names": np.array(list(mesh.ranges)),
        "part_ranges": np.array(list(mesh.ranges.values())),
        "brow": np.array([SPINE_X, SPINE_Y, SPINE_WIDTH]),
        "strands": truth.hair.strands,
        "guides": truth.hair.guides,
    }
    for strand in truth.strands:
        arrays["strand_" + strand.name] = strand.positions(person).astype(np.float32)
        arrays["strandD_" + strand.name] = strand.deltas(person)
        arrays["strandR_" + strand.name] = np.array(strand.half_width)
    return arrays


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
    count = _SAMPLES * (8 if name in ("verts", "deltas", "strands") else 1)
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
    return json.loads(path.read_text())
