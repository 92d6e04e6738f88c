"""The path tracer's geometry: the fine face and full hair, as one mapping of named arrays to save and compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from face_recipe.brows import brows
from face_recipe.eyes import truth_eyes
from face_recipe.hair import Hair, grow_hair
from face_recipe.materials import MATERIAL_ID
from face_recipe.mesh import TriangleMesh, assemble
from face_recipe.part import Part, selected_part, subdivided
from face_recipe.person import Person
from face_recipe.shirt import shirt_part
from face_recipe.short_hair import grow_short_hair
from face_recipe.skin import Island, skin_part
from face_recipe.strands import StrandSet, lashes
from face_recipe.teeth import FINE, teeth_part


@dataclass(frozen=True, eq=False)
class Truth:
    """What the path tracer draws, and what the app's lighter face is derived from."""

    mesh: TriangleMesh
    strands: list[StrandSet]
    hair: Hair


def tongue_part(person: Person) -> Part:
    """Take the base mesh's tongue, unsubdivided."""
    chosen = person.mesh.face_groups == "helper-tongue"
    uvs = person.mesh.uvs[person.mesh.face_uvs[chosen]]
    material = np.full(chosen.sum(), MATERIAL_ID["tongue"])
    return selected_part("tongue", person, person.mesh.faces[chosen], uvs, material)


def build_truth(person: Person, islands: list[Island]) -> Truth:
    """Build the fine face. The part order and the order of random calls fix the vertex order and the strands."""
    rng = np.random.default_rng(1)
    skin = subdivided(skin_part(person, islands))
    strands = [*lashes(person, rng), *brows(person, skin, rng)]
    teeth = [teeth_part(person, which, FINE) for which in ("upper", "lower")]
    shirt = shirt_part(person, islands, light=False)
    parts = [skin, subdivided(tongue_part(person)), *truth_eyes(person), *teeth, shirt]
    mesh = assemble(person, parts)
    style = person.phenotype.hair
    hair = grow_short_hair(mesh, style) if style.is_short else grow_hair(mesh, style)
    return Truth(mesh, strands, hair)


def truth_arrays(person: Person, truth: Truth) -> dict[str, NDArray]:
    """Name the arrays: `strand_*` (N, 5, 3), `strandD_*` their deltas, `strandR_*` half widths, `strands` the hair."""
    mesh, brow = truth.mesh, person.phenotype.brow
    arrays: dict[str, Any] = {
        "verts": mesh.vertices,
        "normals": mesh.normals,
        "uvs": mesh.uvs,
        "uv0": mesh.base_uvs,
        "tris": mesh.triangles,
        "mat": mesh.materials,
        "deltas": mesh.deltas,
        "names": np.array(list(person.shapes)),
        "weld": mesh.weld,
        "eye_pivot_l": person.eyes["l"].pivot,
        "eye_pivot_r": person.eyes["r"].pivot,
        "eye_radius": np.array(person.eyes["l"].radius),
        "part_names": np.array(list(mesh.ranges)),
        "part_ranges": np.array(list(mesh.ranges.values())),
        "brow": np.array([brow.x, brow.y, brow.width]),
        "strands": truth.hair.strands,
        "guides": truth.hair.guides,
    }
    for strand in truth.strands:
        arrays["strand_" + strand.name] = strand.positions(person).astype(np.float32)
        arrays["strandD_" + strand.name] = strand.deltas(person)
        arrays["strandR_" + strand.name] = np.array(strand.half_width)
    return arrays
