"""GlbBuilder: collects accessors, meshes, images and nodes, and writes a glTF 2.0 binary file."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LINES, TRIANGLES = 1, 4
_VERTEX_BUFFER, _INDEX_BUFFER = 34962, 34963
_COMPONENT = {"f4": 5126, "u4": 5125, "u2": 5123}
_SHAPE = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}


class GlbBuilder:
    """One file in the making. Methods return the index of what they add."""

    def __init__(self, generator: str) -> None:
        self._binary = bytearray()
        self.json: dict[str, Any] = {
            "asset": {"version": "2.0", "generator": generator},
            "scene": 0,
            "scenes": [{"nodes": []}],
            "nodes": [],
            "meshes": [],
            "materials": [],
            "textures": [],
            "images": [],
            "samplers": [{"magFilter": 9729, "minFilter": 9987, "wrapS": 33071, "wrapT": 33071}],
            "accessors": [],
            "bufferViews": [],
        }

    def _add(self, kind: str, item: dict[str, Any]) -> int:
        self.json[kind].append(item)
        return len(self.json[kind]) - 1

    def add_view(self, data: bytes, target: int | None = None) -> int:
        """Append bytes as a buffer view, aligned to 4."""
        self._binary.extend(b"\0" * (-len(self._binary) % 4))
        view: dict[str, Any] = {"buffer": 0, "byteOffset": len(self._binary), "byteLength": len(data)}
        if target is not None:
            view["target"] = target
        self._binary.extend(data)
        return self._add("bufferViews", view)

    def add_attribute(self, values: NDArray, *, bounds: bool = False) -> int:
        """Add a float vertex attribute (N,) or (N, 2..4); positions need their bounds."""
        array = np.ascontiguousarray(values, "<f4")
        view = self.add_view(array.tobytes(), _VERTEX_BUFFER)
        accessor = {"bufferView": view, **_described(array)}
        return self._add("accessors", accessor | (_bounds(array) if bounds else {}))

    def add_indices(self, indices: NDArray) -> int:
        """Add vertex indices of any shape, as 16 bits where they fit (65535 is reserved)."""
        array = _unsigned(indices.ravel())
        view = self.add_view(array.tobytes(), _INDEX_BUFFER)
        return self._add("accessors", {"bufferView": view, **_described(array)})

    def add_sparse(self, values: NDArray, *, smallest: float) -> int:
        """Add vectors (N, 3) that are mostly zero: only those with a component beyond `smallest` are stored."""
        array = np.ascontiguousarray(values, "<f4")
        moved = np.flatnonzero(np.abs(array).max(axis=1) > smallest)
        if not len(moved):  # glTF asks for at least one entry
            moved = np.array([0])
        stored = np.zeros_like(array)
        stored[moved] = array[moved]
        where, what = _unsigned(moved), array[moved]
        sparse = {
            "count": len(moved),
            "indices": {"bufferView": self.add_view(where.tobytes()), "componentType": _COMPONENT[where.dtype.str[1:]]},
            "values": {"bufferView": self.add_view(what.tobytes())},
        }
        return self._add("accessors", {**_described(array), **_bounds(stored), "sparse": sparse})

    def add_image(self, data: bytes, mime_type: str) -> int:
        """Embed an encoded picture and return a texture that uses it."""
        image = self._add("images", {"bufferView": self.add_view(data), "mimeType": mime_type})
        return self._add("textures", {"source": image, "sampler": 0})

    def add_material(self, material: dict[str, Any]) -> int:
        """Add a material as the specification spells it."""
        return self._add("materials", material)

    def add_mesh(self, name: str, primitives: list[dict[str, Any]], extras: dict[str, Any]) -> int:
        """Add a mesh; its extras may name morph targets, whose weights start at zero."""
        mesh: dict[str, Any] = {"name": name, "primitives": primitives, "extras": extras}
        if "targetNames" in extras:
            mesh["weights"] = [0.0] * len(extras["targetNames"])
        if not extras:
            del mesh["extras"]
        return self._add("meshes", mesh)

    def add_node(self, name: str, mesh: int, translation: list[float] | None = None) -> int:
        """Place a mesh in the scene, at its root."""
        node: dict[str, Any] = {"name": name, "mesh": mesh}
        if translation is not None:
            node["translation"] = translation
        index = self._add("nodes", node)
        self.json["scenes"][0]["nodes"].append(index)
        return index

    def write(self, path: Path) -> int:
        """Write the file and return its size in bytes."""
        self._binary.extend(b"\0" * (-len(self._binary) % 4))
        document = self.json | {"buffers": [{"byteLength": len(self._binary)}]}
        text = json.dumps(document, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        chunks = struct.pack("<I4s", len(text), b"JSON") + text
        chunks += struct.pack("<I4s", len(self._binary), b"BIN\0") + bytes(self._binary)
        data = struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return len(data)


def _unsigned(values: NDArray) -> NDArray:
    fits = not len(values) or values.max() < 0xFFFF
    return np.ascontiguousarray(values, "<u2" if fits else "<u4")


def _described(array: NDArray) -> dict[str, Any]:
    width = 1 if array.ndim == 1 else array.shape[1]
    return {"componentType": _COMPONENT[array.dtype.str[1:]], "count": len(array), "type": _SHAPE[width]}


def _bounds(array: NDArray) -> dict[str, list[float]]:
    return {"min": array.min(axis=0).tolist(), "max": array.max(axis=0).tolist()}
