"""A person: MakeHuman's base mesh shaped by a phenotype, and where the eyes are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from face_recipe.makehuman import MakeHumanArchive, ObjMesh
from face_recipe.phenotype import Body, Phenotype

_HEAD_FROM = 5.9  # decimetres: the default face's head is above this height


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

    phenotype: Phenotype
    mesh: ObjMesh
    vertices: NDArray[np.float64]
    groups: dict[str, NDArray[np.int64]]
    shapes: dict[str, NDArray[np.float64]]
    eyes: dict[str, Eyeball]


def make_person(archive: MakeHumanArchive, phenotype: Phenotype) -> Person:
    """Shape the base mesh and fit the eyeballs."""
    mesh = archive.base_mesh()
    count = len(mesh.vertices)
    vertices = _shaped(archive, mesh, phenotype.body)
    groups, shapes = archive.vertex_groups(), archive.face_units(count)
    for name, weight in phenotype.body.rest.items():
        vertices += weight * shapes[name]
    eyes = {side: fit_sphere(vertices[groups[f"helper-{side}-eye"]]) for side in "lr"}
    return Person(phenotype, mesh, vertices, groups, shapes, eyes)


def placed_like(person: Person, default: Person) -> Person:
    """Return the person scaled and moved so that the head lies over the default face's, least squares.

    Camera, neck, collar and hair are drawn for the default face's place; bodies of another height follow.
    """
    head = (default.vertices[:, 1] > _HEAD_FROM) & (np.abs(default.vertices[:, 0]) < 1.0)
    ours, theirs = person.vertices[head], default.vertices[head]
    scale = np.sqrt(((theirs - theirs.mean(axis=0)) ** 2).sum() / ((ours - ours.mean(axis=0)) ** 2).sum())
    shift = (theirs.mean(axis=0) - scale * ours.mean(axis=0)) * [0, 1, 1]
    eyes = {side: Eyeball(eye.pivot * scale + shift, eye.radius * scale) for side, eye in person.eyes.items()}
    shapes = {name: offsets * scale for name, offsets in person.shapes.items()}
    return replace(person, vertices=person.vertices * scale + shift, eyes=eyes, shapes=shapes)


def _shaped(archive: MakeHumanArchive, mesh: ObjMesh, body: Body) -> NDArray[np.float64]:
    """Return the base mesh's vertices (V, 3) with all traits and details."""
    count = len(mesh.vertices)
    traits = np.zeros((count, 3))
    for name, weight in _trait_targets(body):
        if archive.has_target(name):
            traits += weight * archive.target(name, count)
    vertices = mesh.vertices + traits
    for name, weight in body.details.items():
        if archive.has_target(name):
            vertices += weight * archive.target(name, count)
    return vertices


def _trait_targets(body: Body) -> Iterator[tuple[str, float]]:
    """Yield (target, weight) in MakeHuman's naming; the order fixes the last bits of the sum."""
    for age, portion in body.ages.items():
        for ancestry, share in body.ancestry.items():
            yield f"macrodetails/{ancestry}-{body.sex}-{age}", portion * share
        build = f"{body.sex}-{age}-averagemuscle"
        for weight, share in body.weight.items():
            yield f"macrodetails/universal-{build}-{weight}", portion * share
            for proportions, part in body.proportions.items():
                yield f"macrodetails/proportions/{build}-{weight}-{proportions}", portion * (share * part)


def fit_sphere(points: NDArray[np.float64]) -> Eyeball:
    """Fit a sphere to points (N, 3) by least squares: |p|^2 = 2 p.c + (r^2 - |c|^2) is linear in c and the bracket."""
    system = np.c_[2 * points, np.ones(len(points))]
    solution = np.linalg.lstsq(system, (points**2).sum(1), rcond=None)[0]
    pivot = solution[:3]
    return Eyeball(pivot, float(np.sqrt(solution[3] + (pivot**2).sum())))
