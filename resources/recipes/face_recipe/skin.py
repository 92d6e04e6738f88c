"""The skin: head, neck and shoulders, mouth bag, and the rim of each eye socket, laid out in one texture atlas."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from face_recipe.makehuman import ObjMesh
from face_recipe.materials import MATERIAL_ID
from face_recipe.part import Part, selected_part
from face_recipe.person import Eyeball, Person

# The base mesh's UV islands above the chest, told apart by their number of faces.
_ISLAND_SIZES = {3116: "head", 398: "mouth", 456: "torso", 293: "socket"}
_ISLAND_MATERIAL = {"head": "skin", "mouth": "mouth", "torso": "torso", "socket": "lid"}
_LID_RINGS = 3  # rings of socket faces kept behind the lid margin
_SOCKET_GAP = 0.004  # decimetres between eyeball and lid, and between one ring of the socket and the next


@dataclass(frozen=True)
class Island:
    """A UV island: its name and its faces (F,) of the base mesh."""

    name: str
    faces: NDArray[np.int64]


def body_islands(person: Person) -> list[Island]:
    """Return the UV islands of the bust, in the order of their first faces; the order decides the vertex order.

    `person` is the default face: everybody has the same faces of the base mesh, wherever their vertices lie.
    """
    mesh = person.mesh
    kept = np.flatnonzero(_is_bust(person))
    corners = mesh.face_uvs[kept]
    pairs = (np.repeat(corners[:, 0], 3), corners[:, 1:].ravel())
    graph = sparse.csr_matrix((np.ones(len(pairs[0])), pairs), shape=(len(mesh.uvs),) * 2)
    label = connected_components(graph, directed=False)[1][corners[:, 0]]
    _, first = np.unique(label, return_index=True)
    members = [kept[label == label[i]] for i in np.sort(first)]
    return [Island(_ISLAND_SIZES[len(faces)], faces) for faces in members]


def _is_bust(person: Person) -> NDArray[np.bool_]:
    """Select the body faces (F,) of head, neck and shoulders."""
    corners = person.vertices[person.mesh.faces]
    centre = corners.mean(axis=1)
    inside = (centre[:, 1] > 4.55) & (np.abs(centre[:, 0]) < 1.75) & (corners[..., 1].min(axis=1) > 4.45)
    return inside & (person.mesh.face_groups == "body")


def shape_sockets(person: Person, islands: list[Island]) -> Person:
    """Return the person with the eye sockets drawn onto spheres just outside the eyeballs."""
    vertices = person.vertices.copy()
    for island in islands:
        if island.name == "socket":
            ring = _socket_rings(person.mesh, island, islands)
            eye = _eye_of(person, island)
            inner = np.flatnonzero((ring > 0) & (ring <= _LID_RINGS + 1))
            ray = vertices[inner] - eye.pivot
            reach = eye.radius + _SOCKET_GAP + _SOCKET_GAP * ring[inner]
            vertices[inner] = eye.pivot + ray / np.linalg.norm(ray, axis=1, keepdims=True) * reach[:, None]
    return replace(person, vertices=vertices)


def _eye_of(person: Person, island: Island) -> Eyeball:
    first_face = person.vertices[person.mesh.faces[island.faces[0]]]
    return person.eyes["l" if first_face[:, 0].mean() > 0 else "r"]


def _socket_rings(mesh: ObjMesh, socket: Island, islands: list[Island]) -> NDArray[np.int64]:
    """Count, per base vertex (V,), the steps from the lid margin into the socket; 99 where it is not reached."""
    head = next(island for island in islands if island.name == "head")
    faces = mesh.faces[socket.faces]
    ring = np.full(len(mesh.vertices), 99)
    ring[np.intersect1d(faces, mesh.faces[head.faces])] = 0
    for step in range(1, _LID_RINGS + 2):
        touched = faces[(ring[faces] < step).any(axis=1)]
        ring[touched] = np.minimum(ring[touched], step)
    return ring


def skin_part(person: Person, islands: list[Island]) -> Part:
    """Build the skin at the base mesh's own level."""
    faces, uvs, materials = [], [], []
    for island in islands:
        chosen = island.faces
        if island.name == "socket":
            ring = _socket_rings(person.mesh, island, islands)
            chosen = chosen[(ring[person.mesh.faces[chosen]] <= _LID_RINGS).all(axis=1)]
        base_uvs = person.mesh.uvs[person.mesh.face_uvs[chosen]]
        faces.append(person.mesh.faces[chosen])
        uvs.append(np.concatenate([_ATLAS[island.name](base_uvs), base_uvs], axis=-1))
        materials.append(np.full(len(chosen), MATERIAL_ID[_ISLAND_MATERIAL[island.name]]))
    return selected_part("skin", person, np.vstack(faces), np.vstack(uvs), np.concatenate(materials))


def _head_uv(uv: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fill the atlas with the head and magnify the face, which gets most of the texels."""
    x = _magnified((uv[..., 0] - 0.641) / 0.353, centre=0.70, strength=0.8)
    y = _magnified((uv[..., 1] - 0.149) / 0.669, centre=0.50, strength=1.0)
    return np.stack([x, y], axis=-1) * 0.98 + 0.01


def _magnified(t: NDArray[np.float64], *, centre: float, strength: float) -> NDArray[np.float64]:
    """Stretch 0..1 around `centre`, monotonically, leaving the ends where they are."""
    distance = t - centre
    reach = np.where(distance > 0, 1 - centre, centre)
    share = np.abs(distance) / reach
    return centre + np.sign(distance) * share * (1 + strength) / (1 + strength * share) * reach


def _mouth_uv(uv: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y = (uv[..., 0] - 0.758) / 0.166, (uv[..., 1] - 0.012) / 0.124
    return np.stack([x * 0.14 + 0.005, y * 0.14 + 0.005], axis=-1)


def _torso_uv(uv: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y = (uv[..., 0] - 0.209) / 0.343, (uv[..., 1] - 0.8) / 0.174
    return np.stack([x * 0.14 + 0.005, y * 0.1 + 0.89], axis=-1)


def _socket_uv(uv: NDArray[np.float64]) -> NDArray[np.float64]:
    """One spot: the socket is drawn in one colour."""
    return np.broadcast_to([0.16, 0.02], uv.shape)


_ATLAS = {"head": _head_uv, "mouth": _mouth_uv, "torso": _torso_uv, "socket": _socket_uv}
