"""What years and a razor leave on the skin: folds and lines, spots, and the shadow of a beard."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from face_recipe.hair import smoothstep
from face_recipe.landmarks import Landmarks
from face_recipe.noise import layered_noise, value_noise

Mask = NDArray[np.float32]


def wrinkles(at: NDArray, marks: Landmarks, front: Mask) -> Mask:
    """Return lines and folds (S, S), 0 (none) to about 1 (deep), a little different on the two sides of the face."""
    wander = np.stack([layered_noise(at, 4, 2, seed) for seed in (301, 305)], axis=-1) * 0.018
    x, y = at[..., 0] + wander[..., 0], at[..., 1] + wander[..., 1]
    visible = (front > 0.05) & (np.abs(x) < 0.75) & (y > 5.4) & (y < 7.5)
    folded = np.stack([np.abs(x[visible]), y[visible]], axis=-1)
    depth = np.zeros(len(folded))
    for points, width, strength in _lines(marks):
        depth = np.maximum(depth, strength * _stroke(folded, np.array(points), width))
    broken = 0.75 + 0.35 * layered_noise(at, 7, 2, 310)
    mask = np.zeros(front.shape, np.float32)
    mask[visible] = depth
    return (mask * broken * front).clip(0, 1).astype(np.float32)


def _lines(marks: Landmarks) -> list[tuple[list[tuple[float, float]], float, float]]:
    """Return (points (x, y), width, depth) of the lines of one half of the face, drawn by eye; decimetres."""
    eye_x, eye_y, lip_y, nose_y = marks.eye_x, marks.eye_y, marks.lip_y, float(marks.nose_tip[1])
    lines = [
        ([(eye_x - 0.14, eye_y - 0.10), (eye_x, eye_y - 0.155), (eye_x + 0.15, eye_y - 0.11)], 0.010, 0.55),
        ([(eye_x - 0.16, eye_y - 0.15), (eye_x - 0.02, eye_y - 0.225), (eye_x + 0.12, eye_y - 0.20)], 0.009, 0.40),
        ([(0.055, eye_y + 0.14), (0.050, eye_y + 0.24), (0.062, eye_y + 0.32)], 0.009, 0.55),  # frown
        ([(0.165, nose_y), (0.235, nose_y - 0.11), (0.285, lip_y + 0.04), (0.29, lip_y - 0.05)], 0.016, 1.0),
        ([(0.265, lip_y - 0.03), (0.275, lip_y - 0.14), (0.25, lip_y - 0.22)], 0.011, 0.50),  # below the corners
        ([(0.0, lip_y - 0.20), (0.07, lip_y - 0.205), (0.13, lip_y - 0.225)], 0.012, 0.45),  # over the chin
    ]
    lines += [([(0.0, y), (0.2, y + 0.01), (0.45, y + 0.06)], 0.013, 0.5) for y in (5.78, 5.64)]  # neck
    for height, depth in ((0.46, 0.55), (0.56, 0.75), (0.66, 0.60), (0.75, 0.35)):  # forehead
        y = eye_y + height
        lines.append(([(0.0, y + 0.015), (0.16, y), (0.36, y + 0.03), (0.50, y - 0.03)], 0.010, depth))
    corner = eye_x + 0.20
    for rise in (0.075, 0.025, -0.03, -0.085):  # crow's feet
        y = eye_y + 0.005
        lines.append(([(corner, y), (corner + 0.07, y + rise * 0.5), (corner + 0.15, y + rise)], 0.007, 0.6))
    return lines


def _stroke(at: NDArray, points: NDArray, width: float) -> NDArray:
    """Return a soft line through points (P, 2) at places (N, 2), fading at its ends."""
    t = np.linspace(0, 1, 120)
    knots = np.linspace(0, 1, len(points))
    path = np.stack([np.interp(t, knots, points[:, k]) for k in (0, 1)], axis=-1)
    distance, nearest = cKDTree(path).query(at, distance_upper_bound=4 * width)
    along = t[np.minimum(nearest, len(t) - 1)]
    starts_at_middle = points[0, 0] == 0.0  # such a line goes on across the face
    ends = smoothstep(1 - along, 0.0, 0.35) * (1.0 if starts_at_middle else smoothstep(along, 0.0, 0.2))
    return np.exp(-((np.minimum(distance, 9.0) / width) ** 2)) * ends


def beard(at: NDArray, marks: Landmarks, front: Mask) -> Mask:
    """Return where a beard would grow (S, S), 0..1: moustache, chin, jaw, up to the ears."""
    x, y, z = np.abs(at[..., 0]), at[..., 1], at[..., 2]
    lip_y, nose_y = marks.lip_y, float(marks.nose_tip[1])
    upper_edge = [nose_y - 0.1, nose_y - 0.1, lip_y + 0.17, lip_y + 0.06, lip_y + 0.1, lip_y + 0.3, 6.55, 6.7]
    edge = np.interp(x, [0, 0.10, 0.20, 0.30, 0.42, 0.55, 0.64, 0.72], upper_edge)
    ragged = 0.03 * layered_noise(at, 9, 2, 320)
    below = 1 - smoothstep(y + ragged, edge - 0.05, edge + 0.05)
    above_neck = smoothstep(y + 0.25 * z + ragged, 5.95, 6.15)
    in_front_of_ear = smoothstep(z, 0.42, 0.56)
    lips = 1 - smoothstep(marks.lip_mask, 0.05, 0.3)
    under_lip = np.exp(-((x / 0.05) ** 2) - ((y - (lip_y - 0.115)) / 0.05) ** 2)
    gap = np.exp(-(((x - 0.14) / 0.06) ** 2) - ((y - (lip_y - 0.11)) / 0.04) ** 2)
    return (below * above_neck * in_front_of_ear * lips * (1 - 0.6 * gap + 0.2 * under_lip)).clip(0, 1) * marks.on_head


def stubble(at: NDArray, area: Mask) -> Mask:
    """Return the single dark hairs (S, S), 0..1, within the beard's area."""
    dots = smoothstep(value_noise(at * np.array([150, 95, 120]), 330), 0.15, 0.75)
    return (area * dots * (0.6 + 0.4 * layered_noise(at, 12, 2, 335))).clip(0, 1)
