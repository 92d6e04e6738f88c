"""Hair and lashes of Mien's own files: line meshes whose points are strands, with a width and a colour."""

from __future__ import annotations

import numpy as np

from gpu_core.errors import AssetError
from gpu_core.expression import ARKIT_SHAPES
from gpu_core.face import Floats, Strands
from gpu_core.gltf.container import Json, typed
from gpu_core.gltf.mesh import LINES, Morph, attributes_of, primitives, read_colours, read_morphs, same_count
from gpu_core.gltf.reader import GltfReader, whole
from gpu_core.gltf.scene import PlacedMesh

_EYES = {"left": 0, "right": 1}
_DEFAULT_HALF_WIDTH = 0.0004  # metres


def strand_layout(mesh: Json) -> Json | None:
    """What a strand mesh says about itself in `extras.mien.strands`; None for any other mesh."""
    own = typed(mesh.get("extras") or {}, dict, "extras").get("mien")
    layout = own.get("strands") if isinstance(own, dict) else None
    return layout if isinstance(layout, dict) else None


def read_strands(reader: GltfReader, placed: PlacedMesh, layout: Json, scale: float) -> Strands:
    """The strands of a mesh in decimetres, given the file's unit in decimetres. Its node may be moved, not turned.

    Raises:
        AssetError: the mesh is broken.
    """
    lines = [primitive for primitive in primitives(placed.mesh) if primitive.get("mode") == LINES]
    if not lines:
        raise AssetError(f"{placed.name} should hold strands but has no lines; bake the face again")
    attributes, size = attributes_of(lines[0]), whole(layout, "points")
    points = (reader.floats(attributes["POSITION"], (3,)) + placed.matrix[:3, 3]) * scale
    count = len(points)
    if size < 2 or count % size or not count:
        raise AssetError(f"{placed.name} has {count} points, which are no strands of {size}; bake the face again")
    shape = (count // size, size)
    morphs = read_morphs(reader, placed.mesh, lines[0], count)
    return Strands(
        name=placed.name,
        points=points.astype(np.float32).reshape(*shape, 3),
        half_width=(_half_widths(reader, attributes, count) * np.float32(scale)).reshape(shape),
        colour=np.ascontiguousarray(read_colours(reader, attributes, count).reshape(*shape, 3)[:, 0]),
        deltas=_dense(morphs, count, scale).reshape(-1, *shape, 3) if _moves(morphs) else None,
        eye=_EYES.get(str(layout.get("eye")), -1),
        facing="camera" if layout.get("facing") == "camera" else "surface",
    )


def _half_widths(reader: GltfReader, attributes: Json, count: int) -> Floats:
    if "_HALF_WIDTH" not in attributes:
        return np.full(count, _DEFAULT_HALF_WIDTH, np.float32)
    return same_count(reader.floats(attributes["_HALF_WIDTH"], (1,)), count)[:, 0]


def _moves(morphs: dict[int, Morph]) -> bool:
    return any(len(morph.rows) for morph in morphs.values())


def _dense(morphs: dict[int, Morph], count: int, scale: float) -> Floats:
    """All 52 shapes' deltas (52, count, 3) in decimetres."""
    deltas = np.zeros((len(ARKIT_SHAPES), count, 3), np.float32)
    for shape, morph in morphs.items():
        deltas[shape, morph.rows] = morph.moves * np.float32(scale)
    return deltas
