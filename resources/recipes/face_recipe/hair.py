"""Hair: strands that grow from the scalp, are combed from a side parting and fall over skin and shirt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from face_recipe.materials import MATERIAL_ID
from face_recipe.mesh import TriangleMesh, smooth_normals
from face_recipe.phenotype import AZIMUTH, HairStyle

STRANDS = 26000
GUIDES = 900
POINTS = 22
_STEPS = 33
_STEP_LENGTH = 0.135  # decimetres
_PARTING_X = 0.16


@dataclass(frozen=True, eq=False)
class Hair:
    """Strands (26000, K, 3) for a path tracer; guides (G, K, 3) among them, with their height over the skin."""

    strands: NDArray[np.float32]
    guides: NDArray[np.float32]
    guide_layer: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Obstacle:
    """What hair lies on: points (N, 3) with normals, and their lookup."""

    points: NDArray[np.float32]
    normals: NDArray[np.float32]
    tree: cKDTree


def smoothstep(x: NDArray, low: float, high: float) -> NDArray:
    """Rise from 0 at `low` to 1 at `high` with level ends."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def above_hairline(points: NDArray, style: HairStyle) -> NDArray:
    """Return the height of points (..., 3) over the hairline: positive on the scalp."""
    azimuth = np.degrees(np.arctan2(np.abs(points[..., 0]), points[..., 2] - 0.25))
    return points[..., 1] - np.interp(azimuth, AZIMUTH, style.hairline)


def on_ear(points: NDArray, style: HairStyle) -> NDArray[np.bool_]:
    """Tell which points (..., 3) lie on the ears or beside them."""
    x, y, z = np.abs(points[..., 0]), points[..., 1], points[..., 2]
    outwards, below, in_front = style.ear
    return (x > outwards) & (y < below) & (z > in_front) & (z < 0.9)


def grow_hair(mesh: TriangleMesh, style: HairStyle) -> Hair:
    """Grow all strands on the path tracer's mesh. One generator, one order of calls: the truth depends on both."""
    rng = np.random.default_rng(3)
    normals = smooth_normals(mesh.vertices, mesh.triangles, mesh.weld)
    roots, root_normals = scatter_roots(mesh, normals, style, rng)
    count = len(roots)
    layer = 0.02 + 0.12 * rng.beta(1.3, 1.7, count)
    end_y = 5.52 + rng.normal(0, 0.06, count)
    paths = _fall(roots, root_normals, layer, hair_obstacle(mesh, normals))
    strands = _trimmed(paths, end_y)

    chosen = rng.choice(count, GUIDES, replace=False)
    styled = clumped(strands, roots, chosen, rng, wave=0.020, frizz=0.035)
    return Hair(styled.astype(np.float32), strands[chosen], layer[chosen])


def scatter_roots(
    mesh: TriangleMesh, normals: NDArray, style: HairStyle, rng: np.random.Generator
) -> tuple[NDArray, NDArray]:
    """Scatter STRANDS roots evenly over the scalp behind a slightly ragged hairline; points and normals (N, 3)."""
    triangles = _scalp(mesh, style)
    corner = mesh.vertices[triangles]
    area = np.linalg.norm(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1) / 2
    attempts = int(STRANDS * 1.25)
    picked = triangles[rng.choice(len(triangles), attempts, p=area / area.sum())]
    u = rng.uniform(size=(attempts, 2))
    root = np.sqrt(u[:, 0])
    share = np.stack([1 - root, root * (1 - u[:, 1]), root * u[:, 1]], axis=1)[..., None]
    points, at_points = (mesh.vertices[picked] * share).sum(axis=1), (normals[picked] * share).sum(axis=1)
    inside = above_hairline(points, style) + rng.normal(0, 0.025, attempts) > 0
    return points[inside][:STRANDS], at_points[inside][:STRANDS]


def _scalp(mesh: TriangleMesh, style: HairStyle) -> NDArray[np.int32]:
    """Return the skin triangles (T, 3) behind the hairline, without the ears."""
    _, _, first, last = mesh.ranges["skin"]
    skin = mesh.triangles[first:last][mesh.materials[first:last] == MATERIAL_ID["skin"]]
    centre = mesh.vertices[skin].mean(axis=1)
    return skin[(above_hairline(centre, style) > -0.02) & ~on_ear(centre, style)]


def hair_obstacle(mesh: TriangleMesh, normals: NDArray) -> Obstacle:
    _, _, first, last = mesh.ranges["skin"]
    outer = mesh.triangles[first:last][mesh.materials[first:last] != MATERIAL_ID["mouth"]]
    _, _, first, last = mesh.ranges["shirt"]
    used = np.unique(np.r_[outer.ravel(), mesh.triangles[first:last].ravel()])
    return Obstacle(mesh.vertices[used], normals[used], cKDTree(mesh.vertices[used]))


def _fall(roots: NDArray, normals: NDArray, layer: NDArray, obstacle: Obstacle) -> NDArray:
    """Let strands grow step by step under combing and gravity; returns paths (N, _STEPS + 1, 3)."""
    rng = np.random.default_rng(1)
    side = np.where(roots[:, 0] > _PARTING_X + rng.normal(0, 0.018, len(roots)), 1.0, -1.0)
    direction = _combed(roots, normals, side)
    path = [roots.copy()]
    here = roots + normals * 0.004
    for step in range(1, _STEPS + 1):
        direction = direction + _pull(here, side, step) + rng.normal(0, 0.012, here.shape)
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        there = lifted(here + direction * _STEP_LENGTH, layer * np.clip(step / 3, 0.15, 1), obstacle)
        direction = there - here
        direction /= np.linalg.norm(direction, axis=1, keepdims=True) + 1e-9
        path.append(there.copy())
        here = there
    return np.stack(path, axis=1)


def _combed(roots: NDArray, normals: NDArray, side: NDArray) -> NDArray:
    """Return first directions (N, 3): away from the parting in front, down and back behind the crown."""
    back = smoothstep(-roots[:, 2], -0.55, 0.45)
    top = smoothstep(roots[:, 1], 7.0, 7.7)
    x = side * (0.95 - 0.6 * back)
    y = 0.05 + 0.22 * top * (1 - back) - 0.9 * back * (1 - top)
    z = -0.50 * (1 - back) - 0.45 * (1 - top) * (1 - back) - 0.40 * back * top
    direction = np.stack([x, y, z], axis=1)
    off_skin = (direction * normals).sum(axis=1) - 0.28 * top - 0.05
    direction -= normals * off_skin[:, None]
    return direction / np.linalg.norm(direction, axis=1, keepdims=True)


def _pull(points: NDArray, side: NDArray, step: int) -> NDArray:
    """Return what bends the strands at points (N, 3): gravity, the comb at the forehead, and the set of the cut."""
    x, y, z = points.T
    outwards = np.sign(x)
    forehead = smoothstep(z, 0.30, 0.9) * smoothstep(-y, -7.25, -6.9)
    under_jaw = smoothstep(-y, -6.4, -5.9) * smoothstep(np.abs(x), 0.55, 0.8)
    comb = np.zeros_like(points)
    comb[:, 0] = side * 0.35 * forehead - outwards * 0.22 * under_jaw
    comb[:, 2] = -1.5 * forehead
    too_wide = np.clip(np.abs(x) - 0.86, 0, 0.5) * 1.5 * smoothstep(-y, -7.2, -6.4)
    too_far_back = np.clip(-0.62 - z, 0, 0.6) * 2.0 * smoothstep(-y, -7.5, -6.8)
    gravity = np.array([0, -1, 0]) * (0.20 + 0.20 * min(step / 6, 1.0))
    return gravity + comb * 0.30 + np.stack([-outwards * too_wide, np.zeros_like(x), too_far_back], axis=1)


def lifted(points: NDArray, layer: NDArray, obstacle: Obstacle) -> NDArray:
    """Keep points (N, 3) at least `layer` above skin and shirt, where these are near."""
    distance, nearest = obstacle.tree.query(points, k=3)
    share = 1 / (distance + 1e-3) ** 2
    share /= share.sum(axis=1, keepdims=True)
    normal = (obstacle.normals[nearest] * share[..., None]).sum(axis=1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9
    surface = (obstacle.points[nearest] * share[..., None]).sum(axis=1)
    height = ((points - surface) * normal).sum(axis=1)
    lift = np.clip(layer - height, 0, None) * (distance[:, 0] < 0.45)
    return points + normal * lift[:, None]


def _trimmed(paths: NDArray, end_y: NDArray) -> NDArray[np.float32]:
    """Cut each path where it first falls below its end_y (not shorter than 0.5) and space POINTS points evenly."""
    segments = np.linalg.norm(np.diff(paths, axis=1), axis=2)
    length = np.c_[np.zeros(len(paths)), np.cumsum(segments, axis=1)]
    strands = np.empty((len(paths), POINTS, 3), np.float32)
    for i, path in enumerate(paths):
        below = np.flatnonzero(path[:, 1] < end_y[i])
        end = max(length[i, below[0] if len(below) else -1], 0.5)
        place = np.linspace(0, end, POINTS)
        for axis in range(3):
            strands[i, :, axis] = np.interp(place, length[i], path[:, axis])
    return strands


def clumped(
    strands: NDArray, roots: NDArray, chosen: NDArray, rng: np.random.Generator, *, wave: float, frizz: float
) -> NDArray:
    """Draw strands (N, K, 3) towards the `chosen` (G,) one nearest at the root, wave them, and let a few hairs fly."""
    count = len(strands)
    guide_of = cKDTree(roots[chosen]).query(roots)[1]
    guides = strands[chosen][guide_of]
    t = np.linspace(0, 1, strands.shape[1])[None, :, None]
    tightness = (0.55 * rng.beta(2, 2, count))[:, None, None] * smoothstep(t, 0.1, 1.0)
    styled = guides + (strands - guides) * (1 - tightness)
    phase = rng.uniform(0, 6.28, len(chosen))[guide_of][:, None]
    t = t[..., 0]
    styled[..., 0] += wave * np.sin(t * 9 + phase) * t
    styled[..., 2] += wave * np.cos(t * 8 + phase * 1.7) * t
    flying = rng.uniform(size=count) < 0.03
    loose = rng.normal(0, frizz, (flying.sum(), 1, 3)) * t[..., None] ** 1.3
    styled[flying] += loose.astype(np.float32)
    return styled
