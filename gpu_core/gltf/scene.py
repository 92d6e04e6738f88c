"""Where a glTF scene puts its meshes: the node tree flattened to matrices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gpu_core.errors import AssetError
from gpu_core.gltf.container import Json, typed
from gpu_core.gltf.reader import GltfReader, numbers

Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PlacedMesh:
    """A mesh of the scene and the (4, 4) float64 matrix (column vectors) from its space to the world."""

    name: str
    mesh: Json
    matrix: Matrix


def scene(reader: GltfReader) -> Json:
    """The scene to show: the default one, else the first, else one made of every node without a parent."""
    if reader.items("scenes"):
        return reader.item("scenes", reader.json.get("scene", 0))
    nodes = reader.items("nodes")
    children = {str(child) for node in nodes for child in typed(node, dict, "node").get("children", [])}
    return {"nodes": [index for index in range(len(nodes)) if str(index) not in children]}


def placed_meshes(reader: GltfReader) -> list[PlacedMesh]:
    """All meshes of the scene in tree order.

    Raises:
        AssetError: a node is missing, or is reached twice.
    """
    found: list[PlacedMesh] = []
    seen: set[object] = set()
    waiting: list[tuple[object, Matrix]] = [(node, np.eye(4)) for node in _children(scene(reader), "nodes")][::-1]
    while waiting:
        index, parent = waiting.pop()
        node = reader.item("nodes", index)
        if index in seen:
            raise AssetError(f"node {index} hangs in the scene more than once; export the file again")
        seen.add(index)
        matrix = parent @ _local(node)
        if "mesh" in node:
            # The vertices of a skinned mesh are in the space of the bind pose: glTF 2.0, 3.7.3.3.
            placed = np.eye(4) if "skin" in node else matrix
            found.append(PlacedMesh(str(node.get("name", f"node{index}")), reader.item("meshes", node["mesh"]), placed))
        waiting += [(child, matrix) for child in _children(node, "children")][::-1]
    return found


def _children(place: Json, key: str) -> list[object]:
    return typed(place.get(key, []), list, key)


def _local(node: Json) -> Matrix:
    """A node's own transform: its matrix, or translation after rotation after scale."""
    if "matrix" in node:
        return np.array(numbers(node, "matrix", (0.0,) * 16)).reshape(4, 4).T
    matrix = np.eye(4)
    matrix[:3, :3] = _rotation(numbers(node, "rotation", (0.0, 0.0, 0.0, 1.0)))
    matrix[:3, :3] *= numbers(node, "scale", (1.0, 1.0, 1.0))
    matrix[:3, 3] = numbers(node, "translation", (0.0, 0.0, 0.0))
    return matrix


def _rotation(quaternion: tuple[float, ...]) -> Matrix:
    """The (3, 3) matrix of a quaternion (x, y, z, w), made unit length first."""
    x, y, z, w = np.array(quaternion) / max(float(np.linalg.norm(quaternion)), 1e-12)
    return np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ])  # fmt: skip
