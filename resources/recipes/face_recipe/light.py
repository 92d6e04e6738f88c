"""The app's lighter face: one subdivision level less than the truth, on the same surface, less what is never seen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from face_recipe.canvas import linear
from face_recipe.eyes import light_eyes
from face_recipe.locks import gather_locks
from face_recipe.materials import MATERIAL_ID
from face_recipe.mesh import TriangleMesh, assemble
from face_recipe.part import smoothed, subdivided
from face_recipe.person import Person
from face_recipe.phenotype import HairStyle
from face_recipe.shirt import above_collar, shirt_part
from face_recipe.skin import Island, skin_part
from face_recipe.teeth import LIGHT, teeth_part
from face_recipe.truth import Truth, tongue_part

LASH_POINTS = 4
_CAMERA = np.array([0.0, 6.56, 13.55])
_NECK = np.array([0.0, 5.75, 0.15])
_COSINE_MARGIN = 0.35  # faces this much turned away may still come into view when an expression bends them
_INSIDE_MOUTH = ("mouth", "tongue", "teeth", "gum")
_GLOOM = 2.2  # how quickly it grows dark behind the lips (compared with path-traced pictures)


@dataclass(frozen=True, eq=False)
class Ribbons:
    """Strands for a rasteriser, decimetres.

    points (N, K, 3);  half_width (N, K);  colour (N, 3) linear;  deltas (52, N, K, 3), or None if no shape moves them
    """

    points: NDArray[np.float32]
    half_width: NDArray[np.float32]
    colour: NDArray[np.float32]
    deltas: NDArray[np.float32] | None

    @property
    def triangle_count(self) -> int:
        """How many triangles they make, drawn as flat ribbons."""
        strands, points = self.points.shape[:2]
        return 2 * strands * (points - 1)


def light_meshes(person: Person, islands: list[Island], level: int) -> dict[str, TriangleMesh]:
    """Build every surface of the app's face by node name; `level` 0 or 1 is the skin's subdivision."""
    skin = skin_part(person, islands)
    left, right = light_eyes(person)
    parts = {
        "head": subdivided(skin) if level else smoothed(skin),
        "teeth_upper": teeth_part(person, "upper", LIGHT),
        "teeth_lower": teeth_part(person, "lower", LIGHT),
        "tongue": smoothed(tongue_part(person)),
        "eye_left": left,
        "eye_right": right,
        "shirt": shirt_part(person, islands, light=True),
    }
    meshes = {name: assemble(person, [part]) for name, part in parts.items()}
    for name in ("head", "shirt"):
        meshes[name] = without_hidden(meshes[name], person.phenotype.collar)
    return meshes


def without_hidden(mesh: TriangleMesh, collar: float) -> TriangleMesh:
    """Drop triangles that face away from the camera in every pose of the head, and skin well below the collar."""
    corner = mesh.vertices[mesh.triangles].astype(np.float64)
    centre = corner.mean(axis=1)
    normal = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-12
    facing = np.full(len(centre), -1.0)
    for yaw in np.radians([-34, -17, 0, 17, 34]):
        for pitch in np.radians([-17, 0, 17]):
            camera = (_CAMERA - _NECK) @ _head_turn(yaw, pitch) + _NECK  # seen from the unturned head
            ray = camera - centre
            facing = np.maximum(facing, (normal * ray).sum(axis=1) / np.linalg.norm(ray, axis=1))
    covered = (above_collar(corner, collar) < -0.15).all(axis=1) & (mesh.materials != MATERIAL_ID["shirt"])
    return _compacted(mesh, (facing > -_COSINE_MARGIN) & ~covered)


def _head_turn(yaw: float, pitch: float) -> NDArray[np.float64]:
    """Return the rotation (3, 3): pitch about +X, then yaw about +Y, radians."""
    about_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    return about_y @ about_x


def _compacted(mesh: TriangleMesh, kept: NDArray[np.bool_]) -> TriangleMesh:
    """Keep some triangles (T,) and the vertices they use; part ranges are lost."""
    used, triangles = np.unique(mesh.triangles[kept], return_inverse=True)
    return replace(
        mesh,
        vertices=mesh.vertices[used],
        normals=mesh.normals[used],
        uvs=mesh.uvs[used],
        base_uvs=mesh.base_uvs[used],
        triangles=triangles.reshape(-1, 3).astype(np.int32),
        materials=mesh.materials[kept],
        deltas=mesh.deltas[:, used],
        weld=np.unique(mesh.weld[used], return_inverse=True)[1],
        ranges={},
    )


def mouth_occlusion(mesh: TriangleMesh) -> NDArray[np.float32]:
    """Return the light factor (N,) that reaches each vertex: less the deeper in the mouth, 1 outside it."""
    inside = np.isin(mesh.materials, [MATERIAL_ID[name] for name in _INSIDE_MOUTH])
    factor = np.ones(len(mesh.vertices), np.float32)
    vertices = np.unique(mesh.triangles[inside])
    factor[vertices] = np.clip((mesh.vertices[vertices, 2] - 0.70) / 0.75, 0.06, 1) ** _GLOOM
    return factor


def hair_ribbons(truth: Truth, style: HairStyle) -> Ribbons:
    """Gather all strands into locks, front ones first, each a slightly different shade."""
    points, half_width = gather_locks(truth.hair.strands, style.locks, style.lock_points)
    half_width = half_width * np.linspace(1, style.tip, style.lock_points, dtype=np.float32)
    shade = np.random.default_rng(0).uniform(0.75, 1.3, (len(points), 1))
    return Ribbons(points, half_width, (linear(*style.colour) * shade).astype(np.float32), None)


def lash_ribbons(person: Person, truth: Truth) -> dict[str, Ribbons]:
    """Thin the lashes to LASH_POINTS points; keyed by node name."""
    rows = {"l2": "lash_left_upper", "l1": "lash_left_lower", "r2": "lash_right_upper", "r1": "lash_right_lower"}
    ribbons = {}
    for strand in truth.strands:
        if strand.name.startswith("lash_"):
            points = _resampled(strand.positions(person).astype(np.float32), LASH_POINTS)
            deltas = _resampled(strand.deltas(person), LASH_POINTS)
            t = np.linspace(0, 1, LASH_POINTS, dtype=np.float32)
            colour = np.repeat(linear(30, 20, 16)[None], len(points), axis=0)
            half_width = np.tile(strand.half_width * (1 - 0.8 * t), (len(points), 1))
            ribbons[rows[strand.name[5:]]] = Ribbons(points, half_width, colour, deltas)
    return ribbons


def _resampled(strands: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Interpolate strands (..., K, 3) at `count` even places; their points are evenly spaced to begin with."""
    place = np.linspace(0, strands.shape[-2] - 1, count)
    before = np.minimum(place.astype(int), strands.shape[-2] - 2)
    share = (place - before).astype(np.float32)[:, None]
    return strands[..., before, :] * (1 - share) + strands[..., before + 1, :] * share
