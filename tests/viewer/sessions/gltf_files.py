"""Small animated glTF files, put together by hand as other tools write them."""

from __future__ import annotations

import base64
import json
import struct
from typing import Any

import numpy as np


def gltf(
    times: list[float], values: list[Any], names: list[str], *, interpolation: str = "LINEAR", **changes: Any
) -> dict[str, Any]:
    """The JSON of a file with one mesh and one animation; `changes` replace top-level members."""
    data = np.asarray(times, "<f4").tobytes() + np.asarray(values, "<f4").tobytes()
    count = np.asarray(values).size
    return {
        "asset": {"version": "2.0"},
        "scenes": [{"nodes": [0]}],
        "nodes": [{"name": "face", "mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {}}], "extras": {"targetNames": names}}],
        "animations": [{
            "name": "Take 1",
            "channels": [{"sampler": 0, "target": {"node": 0, "path": "weights"}}],
            "samplers": [{"input": 0, "output": 1, "interpolation": interpolation}],
        }],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": len(times), "type": "SCALAR"},
            {"bufferView": 1, "componentType": 5126, "count": count, "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteLength": 4 * len(times)},
            {"buffer": 0, "byteOffset": 4 * len(times), "byteLength": 4 * count},
        ],
        "buffers": [{"byteLength": len(data), "uri": "data:application/octet-stream;base64,"
                     + base64.b64encode(data).decode()}],
    } | changes  # fmt: skip


def glb(document: dict[str, Any]) -> bytes:
    """The same as a .glb, its buffer left a data URI."""
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    return struct.pack("<4sIIII", b"glTF", 2, 20 + len(text), len(text), 0x4E4F534A) + text
