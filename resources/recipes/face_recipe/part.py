"""Part: a piece of the face whose every vertex is a weighted sum of base-mesh vertices plus a constant.

That form is what makes the recipe short: the 52 deltas of a subdivided, derived or attached vertex are the same weights
times the base mesh's deltas.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from face_recipe.person import Person
from face_recipe.subdivision import catmull_clark


@dataclass(frozen=True, eq=False)
class Part:
    """A surface.

    weights    (V, B) sparse, B base-mesh vertices;  offset (V, 3): position = weights @ base + offset, decimetres
    faces      (F, 4) vertex indices, counter-clockwise; -1 in the last column makes a triangle
    uvs        (F, 4, 4): per corner the atlas UV (v up) and, for the skin, the base mesh's own UV
    materials  (F,) index into `materials.MATERIALS`
    """

    name: str
    weights: sparse.csr_matrix
    offset: NDArray[np.float64]
    faces: NDArray[np.int64]
    uvs: NDArray[np.float64]
    materials: NDArray[np.int64]

    def positions(self, person: Person) -> NDArray[np.float64]:
        """Return the neutral vertices (V, 3)."""
        return self.weights @ person.vertices + self.offset


def selected_part(name: str, person: Person, faces: NDArray[np.int64], uvs: NDArray, materials: NDArray) -> Part:
    """Make a part from faces (F, 4) of the base mesh, keeping only the vertices they use."""
    used, local = np.unique(faces, return_inverse=True)
    ones = np.ones(len(used))
    weights = sparse.csr_matrix((ones, (np.arange(len(used)), used)), shape=(len(used), len(person.vertices)))
    return Part(name, weights, np.zeros((len(used), 3)), local.reshape(faces.shape), doubled(uvs), materials)


def fixed_part(name: str, person: Person, points: NDArray, faces: NDArray, uvs: NDArray, materials: NDArray) -> Part:
    """Make a part that no blendshape moves, at points (V, 3)."""
    weights = sparse.csr_matrix((len(points), len(person.vertices)))
    return Part(name, weights, points, faces, doubled(uvs), materials)


def doubled(uvs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give corners with one UV pair a second, equal one: parts outside the atlas have only their own layout."""
    return uvs if uvs.shape[-1] == 4 else np.concatenate([uvs, uvs], axis=-1)


def subdivided(part: Part) -> Part:
    """Return the part one Catmull-Clark level finer; its first V vertices are the smoothed old ones."""
    matrix, faces, uvs = catmull_clark(part.faces, part.uvs, len(part.offset))
    materials = np.repeat(part.materials, 4)
    return Part(part.name, matrix @ part.weights, matrix @ part.offset, faces, uvs, materials)


def smoothed(part: Part) -> Part:
    """Return the part with its own faces but its vertices moved to where one subdivision would put them."""
    finer = subdivided(part)
    count = len(part.offset)
    return replace(part, weights=finer.weights[:count], offset=finer.offset[:count])
