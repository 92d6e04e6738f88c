"""A small head for tests, written as glTF: a lathed neck and skull, two eyes, lids that blink, lashes and some hair.

`head_glb()` is a face of Mien's own schema, `head_glb(own=False)` one as a stranger might export it. Everything is
made from formulas, a few hundred vertices in all, and sits where the default face has its parts.
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from gpu_core.expression import ARKIT_SHAPES

PIVOTS = {"left": (0.285, 6.73, 1.105), "right": (-0.285, 6.73, 1.105)}  # decimetres
RADIUS = 0.153
_CODES = {"float32": 5126, "uint8": 5121, "uint16": 5123, "uint32": 5125, "int8": 5120, "int16": 5122}
_TYPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}


@dataclass
class GlbWriter:
    """Collects the JSON and the bytes of a glTF file; `json` may be edited before writing."""

    json: dict[str, Any] = field(default_factory=lambda: {"asset": {"version": "2.0"}, "buffers": [{}]})
    blob: bytearray = field(default_factory=bytearray)

    def put(self, kind: str, item: dict[str, Any]) -> int:
        """Append to a top-level array; returns the index."""
        self.json.setdefault(kind, []).append(item)
        return len(self.json[kind]) - 1

    def view(self, data: bytes, **extra: Any) -> int:
        self.blob += b"\0" * (-len(self.blob) % 4)
        first = len(self.blob)
        self.blob += data
        return self.put("bufferViews", {"buffer": 0, "byteOffset": first, "byteLength": len(data), **extra})

    def array(self, values: np.ndarray, **extra: Any) -> int:
        """An accessor of a (count, width) or (count,) array."""
        values = np.ascontiguousarray(values)
        wide = values.reshape(len(values), -1)
        return self.put("accessors", {
            "bufferView": self.view(values.tobytes()), "componentType": _CODES[values.dtype.name],
            "count": len(wide), "type": _TYPES[wide.shape[1]], **extra,
        })  # fmt: skip

    def sparse(self, values: np.ndarray) -> int:
        """An accessor that stores the rows of (count, 3) float32 that are not zero."""
        rows = np.flatnonzero(values.any(axis=1))
        if not len(rows):
            return self.put("accessors", {"componentType": 5126, "count": len(values), "type": "VEC3"})
        indices = {"bufferView": self.view(rows.astype(np.uint16).tobytes()), "componentType": 5123}
        moved = {"bufferView": self.view(values[rows].tobytes())}
        return self.put("accessors", {
            "componentType": 5126, "count": len(values), "type": "VEC3",
            "sparse": {"count": len(rows), "indices": indices, "values": moved},
        })  # fmt: skip

    def glb(self) -> bytes:
        """The file as .glb bytes."""
        self.json["buffers"][0] = {"byteLength": len(self.blob)}
        text = json.dumps(self.json).encode()
        return pack_glb(text, bytes(self.blob))

    def gltf(self, uri: str | None = None) -> bytes:
        """The file as .gltf text; the buffer is at `uri`, or embedded if that is None."""
        embedded = "data:application/octet-stream;base64," + base64.b64encode(self.blob).decode()
        self.json["buffers"][0] = {"byteLength": len(self.blob), "uri": uri or embedded}
        return json.dumps(self.json).encode()


def pack_glb(text: bytes, blob: bytes) -> bytes:
    """A GLB container around JSON text and a binary chunk."""
    text, blob = text + b" " * (-len(text) % 4), blob + b"\0" * (-len(blob) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(blob), 0x004E4942) + blob
    return struct.pack("<III", 0x46546C67, 2, 12 + len(chunks)) + chunks


def head_glb(**options: Any) -> bytes:
    """The head as .glb bytes; options as in `head_writer`."""
    return head_writer(**options).glb()


def save_head(folder: Path, **options: Any) -> Path:
    """Write the head into `folder`; returns its path."""
    path = folder / "head.glb"
    path.write_bytes(head_glb(**options))
    return path


def head_writer(
    *,
    own: bool = True,
    names: Callable[[str], str] = str,
    sparse: bool = True,
    normals: bool = True,
    shapes: tuple[str, ...] = ARKIT_SHAPES,
) -> GlbWriter:
    """The head before it is written. `names` renames shapes; `own=False` leaves out rig, strands and Mien's extras."""
    writer = GlbWriter()
    unit = 0.1  # metres
    texture = writer.put("textures", {"source": writer.put("images", _picture(writer))})
    skin = writer.put("materials", _material("skin", own=own, texture=texture))
    eye = writer.put("materials", _material("eye", own=own))
    points, uvs, triangles = lathe()
    lids = [_lid(side) for side in PIVOTS]
    points_all = np.concatenate([points, *(lid[0] for lid in lids)])
    uvs_all = np.concatenate([uvs, *(np.zeros((len(lid[0]), 2)) for lid in lids)])
    starts = np.cumsum([len(points), len(lids[0][0])])
    triangles_all = np.concatenate([triangles, *(lid[1] + start for lid, start in zip(lids, starts, strict=True))])
    attributes = {"POSITION": writer.array(f4(points_all * unit)), "TEXCOORD_0": writer.array(f4(uvs_all))}
    if normals:
        attributes["NORMAL"] = writer.array(f4(_unit(points_all - (0.0, 6.4, 0.1))))
    store = writer.sparse if sparse else writer.array
    targets = [{"POSITION": store(f4(_shape(name, points_all, points) * unit))} for name in shapes]
    _mesh(writer, "head", [{
        "attributes": attributes, "indices": writer.array(triangles_all.astype(np.uint16).ravel()),
        "material": skin, "targets": targets,
    }], {"targetNames": [names(name) for name in shapes]})  # fmt: skip
    for side, pivot in PIVOTS.items():
        sphere, faces = ball()
        primitive = {
            "attributes": {"POSITION": writer.array(f4(sphere * RADIUS * unit)), "NORMAL": writer.array(f4(sphere))},
            "indices": writer.array(faces.astype(np.uint16).ravel()), "material": eye,
        }  # fmt: skip
        _mesh(writer, f"eye_{side}", [primitive], {}, translation=[unit * value for value in pivot])
    if own:
        _add_strands(writer, unit)
    extras = {"mien": _own_extras()} if own else {}
    writer.put("scenes", {"nodes": list(range(len(writer.json["nodes"]))), "extras": extras})
    return writer


def f4(values: np.ndarray) -> np.ndarray:
    """`values` as float32."""
    return np.asarray(values, np.float32)


def _mesh(writer: GlbWriter, name: str, primitives: list[Any], extras: dict[str, Any], **node: Any) -> None:
    mesh = writer.put("meshes", {"name": name, "primitives": primitives, "extras": extras})
    writer.put("nodes", {"name": name, "mesh": mesh, **node})


def _material(name: str, *, own: bool, texture: int | None = None) -> dict[str, Any]:
    surface: dict[str, Any] = {"baseColorFactor": [0.8, 0.6, 0.5, 1.0], "metallicFactor": 0, "roughnessFactor": 0.6}
    if texture is not None:
        surface["baseColorTexture"] = {"index": texture}
    extras = {"mien": {"specular": 0.2, "shininess": 30.0}} if own else {}
    return {"name": name, "pbrMetallicRoughness": surface, "extras": extras}


def _picture(writer: GlbWriter) -> dict[str, Any]:
    """A 4 x 4 picture, its top half red, its bottom half green."""
    pixels = np.zeros((4, 4, 3), np.uint8)
    pixels[:2, :, 0] = pixels[2:, :, 1] = 255
    stream = BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return {"bufferView": writer.view(stream.getvalue()), "mimeType": "image/png"}


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def _grid(rows: int, columns: int, *, flip: bool = False) -> np.ndarray:
    """The triangles of a grid of vertices in row-major order."""
    row, column = (index.ravel() for index in np.mgrid[: rows - 1, : columns - 1])
    a = row * columns + column
    b, c, d = a + 1, a + columns, a + columns + 1
    faces = np.stack([a, b, d, a, d, c], axis=1).reshape(-1, 3)
    return faces[:, ::-1] if flip else faces


def lathe() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shoulders, neck and skull as one surface of revolution, with a texture seam at the back."""
    heights = np.linspace(4.7, 7.7, 31)
    skull = np.sqrt(np.maximum(1.0 - ((heights - 6.6) / 1.12) ** 2, 0.0)) * 0.95
    radius = np.maximum(skull, np.where(heights < 6.0, 0.5 + np.maximum(5.2 - heights, 0.0), 0.0))
    angle = np.linspace(-np.pi, np.pi, 25)
    around, up = np.meshgrid(angle, heights)
    points = np.stack([radius[:, None] * np.sin(around), up, radius[:, None] * np.cos(around) + 0.1], axis=2)
    uvs = np.stack([(around + np.pi) / (2 * np.pi), (7.7 - up) / 3.0], axis=2)
    points[:, -1] = points[:, 0]  # the same place to the last bit
    return points.reshape(-1, 3), uvs.reshape(-1, 2), _grid(31, 25)


def ball() -> tuple[np.ndarray, np.ndarray]:
    """A unit sphere."""
    up, around = np.meshgrid(np.linspace(-np.pi / 2, np.pi / 2, 9), np.linspace(0, 2 * np.pi, 13), indexing="ij")
    points = np.stack([np.cos(up) * np.sin(around), np.sin(up), np.cos(up) * np.cos(around)], axis=2)
    return points.reshape(-1, 3), _grid(9, 13)


def _lid(side: str) -> tuple[np.ndarray, np.ndarray]:
    """An open upper lid: 5 x 9 vertices a little outside the eyeball, above its middle."""
    up, around = np.meshgrid(np.radians([75, 65, 55, 45, 35]), np.radians(np.linspace(-50, 50, 9)), indexing="ij")
    points = np.stack([np.cos(up) * np.sin(around), np.sin(up), np.cos(up) * np.cos(around)], axis=2)
    return points.reshape(-1, 3) * (RADIUS + 0.012) + PIVOTS[side], _grid(5, 9, flip=True)


def _shape(name: str, everything: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """A shape's deltas in decimetres: blinks move a lid straight down, all others push a patch of the face."""
    deltas = np.zeros_like(everything)
    for place, side in enumerate(PIVOTS):
        if name == f"eyeBlink{side.capitalize()}":
            first = len(skin) + 45 * place
            deltas[first : first + 45, 1] = np.repeat([-0.0, -0.06, -0.11, -0.15, -0.18], 9)
    if not deltas.any():
        index = ARKIT_SHAPES.index(name)
        centre = np.array([0.6 * np.sin(index), 6.4 + 0.5 * np.cos(index), 0.9])
        bump = np.exp(-(((skin - centre) / 0.25) ** 2).sum(axis=1))
        bump[bump < 0.05] = 0.0
        deltas[: len(skin)] = bump[:, None] * (0.05 * np.cos(index), -0.08, 0.06)
    return deltas


def _add_strands(writer: GlbWriter, unit: float) -> None:
    """Two lashes an eye that follow the blink, and six hairs."""
    along = np.linspace(0.0, 1.0, 5)
    for side, (x, y, z) in PIVOTS.items():
        roots = np.array([[x - 0.03, y + 0.09, z + 0.12], [x + 0.03, y + 0.09, z + 0.12]])
        lashes = roots[:, None] + along[:, None] * (0.0, 0.02, 0.08)
        moves = {f"eyeBlink{side.capitalize()}": np.broadcast_to((0.0, -0.17, 0.0), lashes.shape)}
        _strands(writer, f"lash_{side}_upper", lashes * unit, {k: v * unit for k, v in moves.items()}, side)
    crown = np.array([[0.3 * np.sin(k), 7.68, 0.3 * np.cos(k)] for k in range(6)])
    _strands(writer, "hair", (crown[:, None] + along[:, None] * (0.0, -2.4, -0.9)) * unit, None, None)


def _strands(
    writer: GlbWriter, name: str, points: np.ndarray, moves: dict[str, np.ndarray] | None, eye: str | None
) -> None:
    count, size = points.shape[:2]
    flat = points.reshape(-1, 3)
    first = np.arange(count * size).reshape(count, size)
    pairs = np.stack([first[:, :-1], first[:, 1:]], axis=2)
    primitive: dict[str, Any] = {
        "mode": 1, "indices": writer.array(pairs.astype(np.uint16).ravel()),
        "attributes": {
            "POSITION": writer.array(f4(flat)), "COLOR_0": writer.array(np.full((len(flat), 3), 0.1, np.float32)),
            "_HALF_WIDTH": writer.array(np.full(len(flat), 0.0004, np.float32)),
        },
    }  # fmt: skip
    facing = "surface" if moves is None else "camera"
    extras: dict[str, Any] = {"mien": {"strands": {"points": size, "facing": facing, "eye": eye}}}
    if moves is not None:
        still = np.zeros_like(points)
        primitive["targets"] = [
            {"POSITION": writer.sparse(f4(moves.get(shape, still).reshape(-1, 3)))} for shape in ARKIT_SHAPES
        ]
        extras["targetNames"] = list(ARKIT_SHAPES)
    _mesh(writer, name, [primitive], extras)


def _own_extras() -> dict[str, Any]:
    eyes = {side: {"node": f"eye_{side}", "radius": RADIUS / 10} for side in PIVOTS}
    neck = {"pivot": [0, 0.575, 0.015], "z_share": 0.35, "low": 0.5, "high": 0.635}
    lids = {"node": "head", "clearance": 0.0004}
    return {"schema": 1, "name": "Test head", "rig": {"eyes": eyes, "lids": lids, "neck": neck}, "licence": "CC0-1.0"}
