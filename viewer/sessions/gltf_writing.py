"""A take as an animated glTF: the face itself with an animation of its `weights`, so that any viewer shows it act.

Every mesh of the face that has the shapes gets a channel; all share one sampler, linear between the take's frames. A
head that moves is a node above everything but nothing else: glTF has no neck that bends.

Source: glTF 2.0 specification, sections 3.11 (animations) and 4.4 (GLB).
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_core.assets import DEFAULT_FACE, resource
from gpu_core.errors import AssetError
from gpu_core.expression import SHAPE_INDEX, Expression
from gpu_core.gltf.container import Json, parse_json, read_file, split_glb
from gpu_core.gltf.shape_names import canonical
from viewer.sessions.timed_expression import TakeError

NECK_M = (0.0, 0.575, 0.015)  # what the shipped face's head turns about, in metres: gpu_core.rig has decimetres
_FLOAT, _JSON, _BIN = 5126, 0x4E4F534A, 0x004E4942
Floats = NDArray[np.float32]


def gltf_bytes(times: Sequence[float], faces: Sequence[Expression], title: str, face: Path | None = None) -> bytes:
    """The .glb of faces at ascending times in seconds, on a face file, by default the shipped one.

    Raises:
        TakeError: the face file is no GLB whose shapes have ARKit's names.
    """
    path = face or resource(*DEFAULT_FACE)
    try:
        text, blob = split_glb(read_file(path))
        gltf = parse_json(text)
        if not blob:
            raise AssetError("keeps its data outside of it; choose a .glb that is whole")
    except AssetError as error:
        raise TakeError(f"{path.name}: {error}") from error
    moments, kept = _distinct(times)
    document = _Document(gltf, blob)
    animation: Json = {"name": title, "samplers": [], "channels": []}
    document.json["animations"] = [animation]
    clock = document.floats(moments, "SCALAR", bounds=True)
    _add_weights(document, animation, clock, [faces[place] for place in kept], path)
    _add_head(document, animation, clock, [faces[place] for place in kept])
    return document.glb()


def _distinct(times: Sequence[float]) -> tuple[Floats, list[int]]:
    """Times in single precision that ascend strictly, and which of `times` they are."""
    single = np.asarray(times, np.float32)
    kept: list[int] = []
    for place, time in enumerate(single.tolist()):
        if time >= 0.0 and (not kept or time > single[kept[-1]]):
            kept.append(place)
    return single[kept], kept


def _add_weights(document: _Document, animation: Json, clock: int, faces: Sequence[Expression], path: Path) -> None:
    """A channel for every node whose mesh has named shapes; meshes with the same names share a sampler."""
    samplers: dict[tuple[str, ...], int] = {}
    for place, node in enumerate(document.json.get("nodes", [])):
        mesh = document.json["meshes"][node["mesh"]] if "mesh" in node else {}
        names = tuple((mesh.get("extras") or {}).get("targetNames", ()))
        if not any(map(canonical, names)):
            continue
        if names not in samplers:
            known = [canonical(name) for name in names]
            indices = [SHAPE_INDEX[name] if name else -1 for name in known]
            table = np.array([[face.weights[i] if i >= 0 else 0.0 for i in indices] for face in faces], np.float32)
            samplers[names] = len(animation["samplers"])
            output = document.floats(table.reshape(-1), "SCALAR")
            animation["samplers"].append({"input": clock, "output": output, "interpolation": "LINEAR"})
        animation["channels"].append({"sampler": samplers[names], "target": {"node": place, "path": "weights"}})
    if not samplers:
        raise TakeError(f"{path.name}: no mesh in it has shapes with ARKit's names: choose another face")


def _add_head(document: _Document, animation: Json, clock: int, faces: Sequence[Expression]) -> None:
    """A node that turns everything, if the head ever moves: about the neck, which two translations bring to 0."""
    if not any(face.yaw or face.pitch or face.roll for face in faces):
        return
    nodes = document.json["nodes"]
    scene = document.json["scenes"][document.json.get("scene", 0)]
    pivot = {"name": "head_pose", "translation": list(NECK_M), "children": [len(nodes) + 1]}
    back = {"name": "head_pose_origin", "translation": [-length for length in NECK_M], "children": scene["nodes"]}
    scene["nodes"] = [len(nodes)]
    nodes += [pivot, back]
    turns = np.array([quaternion(face.yaw, face.pitch, face.roll) for face in faces], np.float32)
    animation["channels"].append(
        {"sampler": len(animation["samplers"]), "target": {"node": len(nodes) - 2, "path": "rotation"}}
    )
    animation["samplers"].append(
        {"input": clock, "output": document.floats(turns, "VEC4"), "interpolation": "LINEAR"})  # fmt: skip


def quaternion(yaw: float, pitch: float, roll: float) -> tuple[float, float, float, float]:
    """(x, y, z, w) of degrees: roll first, then pitch, then yaw, as `gpu_core.rig.rotation` turns."""
    cy, sy, cp, sp, cr, sr = (f(math.radians(a) / 2) for a in (yaw, pitch, roll) for f in (math.cos, math.sin))
    return (cy * sp * cr + sy * cp * sr, sy * cp * cr - cy * sp * sr, cy * cp * sr - sy * sp * cr,
            cy * cp * cr + sy * sp * sr)  # fmt: skip


class _Document:
    """A GLB that grows: its JSON, and arrays appended to its binary chunk."""

    def __init__(self, gltf: Json, blob: bytes) -> None:
        self.json = gltf
        self._blob = bytearray(blob)

    def floats(self, values: Floats, kind: str, *, bounds: bool = False) -> int:
        """Append an accessor of type `kind`; returns its index."""
        self._blob += bytes(-len(self._blob) % 4)
        views, accessors = self.json.setdefault("bufferViews", []), self.json.setdefault("accessors", [])
        data = values.astype("<f4").tobytes()
        views.append({"buffer": 0, "byteOffset": len(self._blob), "byteLength": len(data)})
        self._blob += data
        accessor: dict[str, Any] = {"bufferView": len(views) - 1, "componentType": _FLOAT, "count": len(values)}
        accessor["type"] = kind
        if bounds:
            accessor |= {"min": [float(values.min())], "max": [float(values.max())]}
        accessors.append(accessor)
        return len(accessors) - 1

    def glb(self) -> bytes:
        """The whole file."""
        self._blob += bytes(-len(self._blob) % 4)
        self.json["buffers"][0]["byteLength"] = len(self._blob)
        text = json.dumps(self.json, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        body = struct.pack("<II", len(text), _JSON) + text + struct.pack("<II", len(self._blob), _BIN) + self._blob
        return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body
