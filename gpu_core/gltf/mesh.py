"""One mesh of a glTF file as arrays: vertices, triangles and the ARKit targets among its morph targets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_core.errors import AssetError
from gpu_core.expression import ARKIT_SHAPES, SHAPE_INDEX
from gpu_core.face import Floats
from gpu_core.gltf.container import Json, typed
from gpu_core.gltf.reader import GltfReader, whole
from gpu_core.gltf.shape_names import canonical

MAX_VERTICES = 2_000_000
LINES, TRIANGLES, STRIP, FAN = 1, 4, 5, 6
_STILL = 1e-7  # file units (metres as a rule): shorter deltas are rounding


@dataclass(frozen=True, eq=False)
class Morph:
    """One target: the vertices `rows` (K,) int64 move by `moves` (K, 3), their normals by `turns` (K, 3) or unknown."""

    rows: NDArray[np.int64]
    moves: Floats
    turns: Floats | None


@dataclass(frozen=True, eq=False)
class Geometry:
    """Vertices shared by some primitives of one mesh, in mesh space and file units.

    positions (n, 3), normals (n, 3) or None, uvs (n, 2), colours (n, 3) linear; `morphs` by index in `ARKIT_SHAPES`;
    `runs` are (material index of the file, triangles (t, 3) int64).
    """

    positions: Floats
    normals: Floats | None
    uvs: Floats
    colours: Floats
    morphs: dict[int, Morph]
    runs: list[tuple[object, NDArray[np.int64]]] = field(default_factory=list)

    def transformed(self, matrix: NDArray[np.float64]) -> Geometry:
        """This geometry after a (4, 4) matrix (column vectors)."""
        linear = matrix[:3, :3].T
        volume = float(np.linalg.det(linear))
        # Of the size of 1: the deltas of normals must stay as long as the normals they change.
        inverse = np.asarray(np.linalg.pinv(linear).T * np.cbrt(abs(volume)), np.float64)
        return replace(
            self,
            positions=(self.positions @ linear + matrix[:3, 3]).astype(np.float32),
            normals=None if self.normals is None else (self.normals @ inverse).astype(np.float32),
            morphs={shape: _transformed(morph, linear, inverse) for shape, morph in self.morphs.items()},
            runs=[(material, run[:, ::-1] if volume < 0 else run) for material, run in self.runs],
        )


def primitives(mesh: Json) -> Iterator[Json]:
    """The primitives of a mesh."""
    for primitive in typed(mesh.get("primitives", []), list, "primitives"):
        yield typed(primitive, dict, "primitive")


def target_names(mesh: Json, primitive: Json) -> list[str]:
    """The names of a primitive's morph targets, as exporters leave them in `extras`; empty if there are none."""
    for place in (mesh, primitive):
        names = typed(place.get("extras") or {}, dict, "extras").get("targetNames")
        if isinstance(names, list):
            return [str(name) for name in names]
    return []


def read_geometries(reader: GltfReader, mesh: Json, budget: int) -> list[Geometry]:
    """The triangles of a mesh; primitives with the same accessors share one `Geometry`.

    Raises:
        AssetError: the mesh is broken, or has more than `budget` vertices.
    """
    found: dict[str, Geometry] = {}
    for primitive in primitives(mesh):
        mode = whole(primitive, "mode", TRIANGLES)
        if mode not in (TRIANGLES, STRIP, FAN):
            continue
        attributes, targets = attributes_of(primitive), primitive.get("targets", [])
        key = repr((sorted(attributes.items()), targets))
        if key not in found:
            budget -= reader.count(attributes.get("POSITION"))
            if budget < 0:
                raise AssetError(f"has more than {MAX_VERTICES:,} vertices; reduce the mesh")
            found[key] = _read_vertices(reader, mesh, primitive)
        count = len(found[key].positions)
        found[key].runs.append((primitive.get("material"), _read_triangles(reader, primitive, mode, count)))
    return list(found.values())


def attributes_of(primitive: Json) -> dict[str, Any]:
    """A primitive's vertex attributes by name."""
    return typed(primitive.get("attributes"), dict, "attributes")


def read_colours(reader: GltfReader, attributes: Json, count: int) -> Floats:
    """COLOR_0 without its alpha, (count, 3) float32; white where the file says nothing."""
    if "COLOR_0" not in attributes:
        return np.ones((count, 3), np.float32)
    return same_count(reader.floats(attributes["COLOR_0"], (3, 4)), count)[:, :3]


def read_morphs(reader: GltfReader, mesh: Json, primitive: Json, count: int) -> dict[int, Morph]:
    """The primitive's targets with ARKit names, by index in `ARKIT_SHAPES`."""
    targets = typed(primitive.get("targets", []), list, "targets")
    names = target_names(mesh, primitive)
    if targets and names and len(names) != len(targets):
        raise AssetError(f"names {len(names)} morph targets but has {len(targets)}; export the file again")
    return {
        SHAPE_INDEX[shape]: _read_morph(reader, typed(targets[place], dict, "target"), count)
        for shape, place in _arkit_places(names[: len(targets)]).items()
    }


def same_count(values: Floats, count: int) -> Floats:
    """`values`, if there are `count` of them; AssetError otherwise."""
    if len(values) != count:
        raise AssetError(f"has attributes of {len(values)} and {count} vertices in one mesh; export the file again")
    return values


def _arkit_places(names: list[str]) -> dict[str, int]:
    """ARKit name -> place in the file. A name spelt exactly wins over an alias, the first alias over later ones."""
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        shape = canonical(name)
        if shape is not None and (shape not in places or name == shape):
            places[shape] = place
    return {shape: places[shape] for shape in ARKIT_SHAPES if shape in places}


def _read_vertices(reader: GltfReader, mesh: Json, primitive: Json) -> Geometry:
    attributes = attributes_of(primitive)
    positions = reader.floats(attributes["POSITION"], (3,))
    count = len(positions)
    normals = reader.floats(attributes["NORMAL"], (3,)) if "NORMAL" in attributes else None
    uvs = reader.floats(attributes["TEXCOORD_0"], (2,)) if "TEXCOORD_0" in attributes else np.zeros((count, 2), "f4")
    return Geometry(
        positions=positions,
        normals=None if normals is None else same_count(normals, count),
        uvs=same_count(uvs, count),
        colours=read_colours(reader, attributes, count),
        morphs=read_morphs(reader, mesh, primitive, count),
    )


def _read_morph(reader: GltfReader, target: Json, count: int) -> Morph:
    """One target, kept as the vertices it moves: a few in a hundred as a rule."""
    if "POSITION" not in target:
        return Morph(np.zeros(0, np.int64), np.zeros((0, 3), np.float32), None)
    if reader.count(target["POSITION"]) != count:
        raise AssetError(f"has a morph target of another size than its {count} vertices; export the file again")
    moves = reader.floats(target["POSITION"], (3,))
    rows = np.flatnonzero((np.abs(moves) > _STILL).any(axis=1))
    turns = same_count(reader.floats(target["NORMAL"], (3,)), count)[rows] if "NORMAL" in target else None
    return Morph(rows, moves[rows], turns)


def _read_triangles(reader: GltfReader, primitive: Json, mode: int, count: int) -> NDArray[np.int64]:
    """The primitive's triangles (t, 3), strips and fans taken apart."""
    corners = reader.integers(primitive["indices"]) if "indices" in primitive else np.arange(count)
    if len(corners) and not 0 <= corners.min() <= corners.max() < count:
        raise AssetError(f"has a triangle with vertex {corners.max()}, but only {count} vertices; export it again")
    if mode == TRIANGLES:
        return corners[: len(corners) // 3 * 3].reshape(-1, 3)
    if mode == FAN:
        return np.stack([np.broadcast_to(corners[:1], len(corners[2:])), corners[1:-1], corners[2:]], axis=1)
    strip = np.stack([corners[:-2], corners[1:-1], corners[2:]], axis=1)
    strip[1::2] = strip[1::2, [1, 0, 2]]  # every other triangle of a strip is wound the other way
    return strip


def _transformed(morph: Morph, linear: NDArray[np.float64], inverse: NDArray[np.float64]) -> Morph:
    turns = None if morph.turns is None else (morph.turns @ inverse).astype(np.float32)
    return Morph(morph.rows, (morph.moves @ linear).astype(np.float32), turns)
