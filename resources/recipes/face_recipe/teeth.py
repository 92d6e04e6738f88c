"""Teeth and gums: two arches of rounded blocks, carried by the base mesh's hidden teeth helpers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from face_recipe.materials import MATERIAL_ID
from face_recipe.part import Part, doubled
from face_recipe.person import Person


@dataclass(frozen=True)
class Detail:
    """How teeth are built: points around a tooth, heights of its rings (0 gum, 1 edge), gum steps and sides.

    The truth's upper teeth are wound inside out, which a path tracer does not mind and which must stay; `outward` turns
    them for a rasteriser that culls back faces.
    """

    around: int
    heights: NDArray[np.float64]
    gum_steps: int
    gum_sides: int
    outward: bool


FINE = Detail(around=20, heights=np.arange(7) / 6, gum_steps=40, gum_sides=10, outward=False)
LIGHT = Detail(around=10, heights=np.array([0.0, 0.4, 0.85, 1.0]), gum_steps=20, gum_sides=6, outward=True)


@dataclass(frozen=True)
class Arch:
    """One row of teeth: z = front - depth * (x / half_width)^2.3, decimetres; sizes from the middle to one side."""

    upper: bool
    half_width: float
    front: float
    depth: float
    root_y: float
    widths: NDArray[np.float64]
    heights: NDArray[np.float64]

    def z(self, x: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Return how far in front the arch runs at |x|."""
        return np.asarray(self.front - self.depth * (x / self.half_width) ** 2.3)


def teeth_part(person: Person, which: str, detail: Detail) -> Part:
    """Build the "upper" or "lower" teeth with their gum."""
    helper = person.groups[f"helper-{which}-teeth"]
    arch = _arch(person.vertices[helper], person.phenotype.teeth_width, upper=which == "upper")
    teeth, tooth_faces = _joined(_row_of_teeth(arch, detail))
    if arch.upper and detail.outward:
        tooth_faces = tooth_faces[:, [2, 1, 0, 3]]
    gum, gum_faces = _gum(arch, detail)
    points = np.vstack([teeth, gum])
    faces = np.vstack([tooth_faces, gum_faces + len(teeth)])
    materials = np.repeat([MATERIAL_ID["teeth"], MATERIAL_ID["gum"]], [len(tooth_faces), len(gum_faces)])
    weights = _carried_by(person, helper, points)
    uvs = doubled(np.full((len(faces), 4, 2), 0.5))
    return Part(f"teeth_{which}", weights, points - weights @ person.vertices, faces, uvs, materials)


def _arch(helper: NDArray[np.float64], width: float, *, upper: bool) -> Arch:
    """Fit the arch into the helper's bounds; the sizes are those of adult teeth, adjusted by eye."""
    low, high = helper[:, 1].min(), helper[:, 1].max()
    half_width = np.abs(helper[:, 0]).max() * width
    front = helper[:, 2].max() - (0.066 if upper else 0.088)
    root_y = low + 0.046 if upper else high - 0.125
    if upper:
        widths, heights = [0.087, 0.068, 0.077, 0.07, 0.067, 0.095, 0.09], [0.108, 0.094, 0.100]
    else:
        widths, heights = [0.056, 0.060, 0.068, 0.07, 0.07, 0.1, 0.095], [0.088, 0.09, 0.098]
    heights += [0.085, 0.078, 0.07, 0.065]
    depth = front - helper[:, 2].min()
    return Arch(upper, half_width, front, depth, root_y, np.array(widths), np.array(heights))


def _row_of_teeth(arch: Arch, detail: Detail) -> list[tuple[NDArray, NDArray]]:
    """Place the teeth along the arch by arc length, middle first, left and right in turn."""
    xs = np.linspace(0, arch.half_width, 400)
    zs = arch.z(xs)
    length = np.r_[0, np.cumsum(np.hypot(np.diff(xs), np.diff(zs)))]
    widths = arch.widths * min(1, length[-1] / arch.widths.sum())
    teeth = []
    for middle, width, height in zip(np.cumsum(widths) - widths / 2, widths, arch.heights, strict=True):
        x, ahead_x = np.interp([middle, middle + 0.01], length, xs)
        z, ahead_z = np.interp([middle, middle + 0.01], length, zs)
        turn = np.arctan2(z - ahead_z, ahead_x - x)
        shape = _tooth(width * 1.04, height, detail, upper=arch.upper)
        for side in (1, -1):
            teeth.append((_placed(shape, turn * side, np.array([x * side, arch.root_y, z])), _tooth_faces(detail)))
    return teeth


def _tooth(width: float, height: float, detail: Detail, *, upper: bool) -> NDArray[np.float64]:
    """Return the points of a tooth at the origin: rings of a super-ellipse that bulge, then thin towards the edge."""
    depth = 0.075
    f = np.repeat(detail.heights, detail.around)
    around = np.tile(2 * np.pi * np.arange(detail.around) / detail.around, len(detail.heights))
    half_width = width * 0.5 * (0.93 + 0.13 * np.sin(np.minimum(f, 0.85) / 0.85 * np.pi / 2) - 0.07 * (f > 0.95))
    half_depth = depth * 0.5 * (1 - 0.62 * f**1.3)
    x = _rounded(np.cos(around)) * half_width
    z = _rounded(np.sin(around)) * half_depth + depth * 0.12 * np.sin(f * np.pi)
    down = -1 if upper else 1
    return np.vstack([np.stack([x, down * height * f, z], axis=1), [[0, down * height * 1.03, 0]]])


def _rounded(wave: NDArray[np.float64]) -> NDArray[np.float64]:
    """Square a sine off: exponent 0.55 turns a circle into a rounded box."""
    return np.sign(wave) * np.abs(wave) ** 0.55


def _placed(points: NDArray[np.float64], turn: float, origin: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn points about +Y and move them."""
    cos, sin = np.cos(turn), np.sin(turn)
    x, y, z = points.T
    return np.stack([x * cos + z * sin, y, z * cos - x * sin], axis=1) + origin


def _tooth_faces(detail: Detail) -> NDArray[np.int64]:
    """Return the side quads and the triangles that close the edge."""
    count = detail.around
    sides = _tube_faces(len(detail.heights), count)
    here = (len(detail.heights) - 1) * count + np.arange(count)
    tip = np.full(count, len(detail.heights) * count)
    cap = np.stack([here, tip, np.roll(here, -1), np.full(count, -1)], axis=1)
    return np.vstack([sides, cap])


def _tube_faces(rings: int, sides: int) -> NDArray[np.int64]:
    ring, side = np.divmod(np.arange((rings - 1) * sides), sides)
    after = (side + 1) % sides
    here, there = ring * sides, (ring + 1) * sides
    return np.stack([here + side, there + side, there + after, here + after], axis=1)


def _gum(arch: Arch, detail: Detail) -> tuple[NDArray, NDArray]:
    """Return points and faces of a tube along the roots."""
    radius, step = 0.055, 0.01
    along = np.linspace(-1, 1, detail.gum_steps + 1)
    x = np.abs(along) * arch.half_width * 0.98
    slope = (arch.z(x + step) - arch.front + arch.depth * np.abs(along) ** 2.3) / step
    side = np.where(along >= 0, 1.0, -1.0)
    outwards = np.stack([-slope * side, np.zeros_like(x), np.ones_like(x)], axis=1)
    outwards /= np.linalg.norm(outwards, axis=1, keepdims=True)
    y = arch.root_y + (0.040 if arch.upper else -0.036)
    z = arch.front - arch.depth * np.abs(along) ** 2.3
    spine = np.stack([x * np.sign(along), np.full_like(x, y), z], axis=1)
    around = 2 * np.pi * np.arange(detail.gum_sides) / detail.gum_sides
    ring = outwards[:, None] * np.cos(around)[:, None] + np.array([0, 1, 0]) * np.sin(around)[:, None]
    points = spine[:, None] + ring * radius
    return points.reshape(-1, 3), _tube_faces(detail.gum_steps + 1, detail.gum_sides)


def _joined(shapes: list[tuple[NDArray, NDArray]]) -> tuple[NDArray, NDArray]:
    """Concatenate (points, faces) pairs; -1 stays -1."""
    starts = np.cumsum([0, *(len(points) for points, _ in shapes[:-1])])
    faces = [np.where(f < 0, -1, f + start) for (_, f), start in zip(shapes, starts, strict=True)]
    return np.vstack([points for points, _ in shapes]), np.vstack(faces)


def _carried_by(person: Person, helper: NDArray[np.int64], points: NDArray[np.float64]) -> sparse.csr_matrix:
    """Weigh the four nearest helper vertices by inverse distance: the jaw carries its teeth."""
    distance, nearest = cKDTree(person.vertices[helper]).query(points, k=4)
    share = 1 / (distance + 1e-3)
    share /= share.sum(axis=1, keepdims=True)
    where = (np.repeat(np.arange(len(points)), 4), helper[nearest].ravel())
    return sparse.csr_matrix((share.ravel(), where), shape=(len(points), len(person.vertices)))
