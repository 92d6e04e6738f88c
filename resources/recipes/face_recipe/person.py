"""Who the default face is: the traits and details that shape MakeHuman's base mesh, and where her eyes are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from face_recipe.makehuman import MakeHumanArchive, ObjMesh

# Chosen: a young woman of mixed descent. Each trait is a blend of MakeHuman's named extremes.
ANCESTRY = {"caucasian": 0.60, "asian": 0.25, "african": 0.15}
WEIGHT = {"minweight": 0.10, "averageweight": 0.90}
PROPORTIONS = {"idealproportions": 0.90, "uncommonproportions": 0.10}
_BUILD = "female-young-averagemuscle"

DETAILS = {
    "head/head-oval": 0.50,
    "mouth/mouth-upperlip-volume-incr": 0.25,
    "mouth/mouth-lowerlip-volume-incr": 0.15,
    "nose/nose-scale-horiz-decr": 0.20,
    "mouth/mouth-angles-up": 0.55,
    "eyes/l-eye-scale-incr": 0.30,
    "eyes/r-eye-scale-incr": 0.30,
    "eyes/l-eye-height2-incr": 0.25,
    "eyes/r-eye-height2-incr": 0.25,
    "chin/chin-width-decr": 0.25,
    "nose/nose-point-width-decr": 0.25,
    "nose/nose-width3-decr": 0.20,
    "cheek/l-cheek-bones-incr": 0.15,
    "cheek/r-cheek-bones-incr": 0.15,
}


@dataclass(frozen=True)
class Eyeball:
    """A sphere: pivot (3,) and radius, decimetres."""

    pivot: NDArray[np.float64]
    radius: float


@dataclass(frozen=True, eq=False)
class Person:
    """The shaped base mesh, everything later is a sparse matrix times its `vertices` (V, 3).

    `shapes` are the 52 facial actions as offsets (V, 3); `eyes` is keyed "l" and "r".
    """

    mesh: ObjMesh
    vertices: NDArray[np.float64]
    groups: dict[str, NDArray[np.int64]]
    shapes: dict[str, NDArray[np.float64]]
    eyes: dict[str, Eyeball]


def make_person(archive: MakeHumanArchive) -> Person:
    """Shape the base mesh and fit the eyeballs."""
    mesh = archive.base_mesh()
    count = len(mesh.vertices)
    traits = np.zeros((count, 3))
    for name, weight in _trait_targets():
        if archive.has_target(name):
            traits += weight * archive.target(name, count)
    vertices = mesh.vertices + traits
    for name, weight in DETAILS.items():
        if archive.has_target(name):
            vertices += weight * archive.target(name, count)
    groups = archive.vertex_groups()
    eyes = {side: fit_sphere(vertices[groups[f"helper-{side}-eye"]]) for side in "lr"}
    return Person(mesh, vertices, groups, archive.face_units(count), eyes)


def _trait_targets() -> Iterator[tuple[str, float]]:
    """Yield (target, weight) in MakeHuman's naming; the order fixes the last bits of the sum."""
    for ancestry, share in ANCESTRY.items():
        yield f"macrodetails/{ancestry}-female-young", share
    for weight, share in WEIGHT.items():
        yield f"macrodetails/universal-{_BUILD}-{weight}", share
        for proportions, part in PROPORTIONS.items():
            yield f"macrodetails/proportions/{_BUILD}-{weight}-{proportions}", share * part


def fit_sphere(points: NDArray[np.float64]) -> Eyeball:
    """Fit a sphere to points (N, 3) by least squares: |p|^2 = 2 p.c + (r^2 - |c|^2) is linear in c and the bracket."""
    system = np.c_[2 * points, np.ones(len(points))]
    solution = np.linalg.lstsq(system, (points**2).sum(1), rcond=None)[0]
    pivot = solution[:3]
    return Eyeball(pivot, float(np.sqrt(solution[3] + (pivot**2).sum())))
