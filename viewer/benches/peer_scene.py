"""The face in several expressions as plain arrays: what another renderer needs to draw what ours draws.

positions, normals  (expressions, V, 3) float32; uvs (V, 2), v upwards; colours (V, 4), sRGB-encoded factors
groups              how many materials; for each, `vertices`N (first, last), `triangles`N (T, 3) within them,
                    `two_sided`N, and `texture`N (H, W, 4) uint8 where it has one
eye, fov, near      a camera that looks along -Z, radians
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gpu_core.expression import Expression
from gpu_core.face import FaceAsset, Material
from gpu_core.gl.mesh import encode_srgb
from gpu_core.rig import Poser
from gpu_core.settings import Camera, Lighting


def write_scene(face: FaceAsset, expressions: Sequence[Expression], path: Path) -> None:
    """Write the surface of the face, without hair and lashes, posed in each expression."""
    rig, camera = Poser(face), Camera()
    posed = [rig.pose(expression) for expression in expressions]
    sources, colours, arrays = [], [], dict[str, Any]()
    used = [number for number in range(len(face.materials)) if any(part.material == number for part in face.parts)]
    first = 0
    for place, number in enumerate(used):
        runs = [face.triangles[p.first : p.first + p.count] for p in face.parts if p.material == number]
        source, corner = np.unique(np.concatenate(runs), return_inverse=True)
        material = face.materials[number]
        arrays[f"vertices{place}"] = np.array([first, first + len(source)])
        arrays[f"triangles{place}"] = corner.reshape(-1, 3).astype(np.uint32)
        arrays |= _look(face, material, place)
        sources.append(source)
        colours.append(_factors(face, material, source))
        first += len(source)
    vertices = np.concatenate(sources)
    arrays["positions"] = np.stack([one.vertices[vertices] for one in posed])
    arrays["normals"] = np.stack([one.normals[vertices] for one in posed])
    arrays["uvs"] = face.uvs[vertices] * np.array([1, -1], np.float32) + np.array([0, 1], np.float32)
    encoded, linear = np.concatenate(colours, axis=1)
    arrays |= {"colours": encoded, "linear_colours": linear, "groups": len(used)}
    arrays["eye"] = np.add(camera.target, (0.0, 0.0, camera.distance))
    arrays |= {"fov": 2 * math.atan(camera.half_height / camera.distance), "near": camera.distance * 0.5}
    lighting = Lighting()
    arrays["lights"] = np.array([(*one.direction, one.intensity, *one.colour) for one in lighting.lights])
    np.savez(path, **arrays, ambient=lighting.ambient[0])


def _look(face: FaceAsset, material: Material, place: int) -> dict[str, Any]:
    look: dict[str, Any] = {f"two_sided{place}": material.two_sided}
    return look if material.texture is None else look | {f"texture{place}": face.textures[material.texture]}


def _factors(face: FaceAsset, material: Material, source: Any) -> Any:
    """(2, V, 4): the product of the encoded factors, as our shader has it, and that of the linear ones."""
    factors = np.array(material.colour, np.float32), face.colours[source]
    both = np.stack([encode_srgb(factors[0]) * encode_srgb(factors[1]), factors[0] * factors[1]])
    return np.concatenate([both, np.ones((2, len(source), 1), np.float32)], axis=2)
