"""Eyeballs: an inner ball with a slightly dished iris disc, and the clear cornea around it (path tracer only)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from face_recipe.materials import MATERIAL_ID
from face_recipe.part import Part, fixed_part
from face_recipe.person import Eyeball, Person

LIMBUS = np.radians(27.0)  # half angle of the iris seen from the eye's centre
_INNER = 0.985  # radius of the inner ball, the lids slide on 1
_CORNEA = 0.992


def truth_eyes(person: Person) -> list[Part]:
    """Build both eyes as the path tracer sees them: closed inner ball and cornea, 40 segments."""
    inner_rings = np.r_[np.linspace(0, LIMBUS, 9), np.linspace(LIMBUS, np.pi, 22)[1:]]
    cornea_rings = np.r_[np.linspace(0, LIMBUS * 1.25, 12), np.linspace(LIMBUS * 1.25, np.pi * 0.75, 14)[1:]]
    parts = []
    for side in "lr":
        eye = person.eyes[side]
        parts.append(_ball(person, f"eye_{side}_inner", "eye", _inner_ball(eye, inner_rings, 40)))
        parts.append(_ball(person, f"eye_{side}_cornea", "cornea", _cornea(eye, cornea_rings, 40)))
    return parts


def light_eyes(person: Person) -> list[Part]:
    """Build the front of the inner balls for the rasteriser: 24 segments, 12 rings up to 100 degrees from the gaze."""
    rings = np.r_[np.linspace(0, LIMBUS, 5), np.linspace(LIMBUS, np.radians(100), 9)[1:]]
    named = {side: _inner_ball(person.eyes[side], rings, 24) for side in "lr"}
    return [_ball(person, f"eye_{side}_inner", "eye", shape) for side, shape in named.items()]


def _ball(person: Person, name: str, material: str, shape: tuple[NDArray, NDArray, NDArray]) -> Part:
    points, faces, uvs = shape
    return fixed_part(name, person, points, faces, uvs[faces], np.full(len(faces), MATERIAL_ID[material]))


def _inner_ball(eye: Eyeball, rings: NDArray, segments: int) -> tuple[NDArray, NDArray, NDArray]:
    """Return points, faces and UVs per point; inside the limbus the ball is flattened to the iris disc."""
    directions, angle, uvs = _directions(rings, segments)
    points = directions * (eye.radius * _INNER)
    iris = angle < LIMBUS
    disc = np.cos(LIMBUS) * eye.radius * _INNER - 0.004 * (1 - (angle / LIMBUS) ** 2)
    points[iris, 2] = disc[iris]
    return points + eye.pivot, _grid(len(rings), segments), uvs


def _cornea(eye: Eyeball, rings: NDArray, segments: int) -> tuple[NDArray, NDArray, NDArray]:
    """Return points, faces and UVs per point of a ball with a bulge over the iris."""
    directions, angle, uvs = _directions(rings, segments)
    bulge = np.clip(1 - (angle / (LIMBUS * 1.2)) ** 2, 0, 1) ** 1.5
    points = directions * (eye.radius * _CORNEA)
    points[:, 2] += eye.radius * 0.10 * bulge
    return points + eye.pivot, _grid(len(rings), segments), uvs


def _directions(rings: NDArray, segments: int) -> tuple[NDArray, NDArray, NDArray]:
    """Return unit directions (R * S, 3) around +Z, their angles to it, and azimuthal equidistant UVs."""
    angle = np.repeat(rings, segments)
    around = np.tile(2 * np.pi * np.arange(segments) / segments, len(rings))
    directions = np.stack([np.sin(angle) * np.cos(around), np.sin(angle) * np.sin(around), np.cos(angle)], axis=1)
    reach = 0.5 * angle / np.pi
    return directions, angle, np.stack([0.5 + reach * np.cos(around), 0.5 + reach * np.sin(around)], axis=1)


def _grid(rings: int, segments: int) -> NDArray[np.int64]:
    """Return the quads between neighbouring rings, counter-clockwise seen from outside."""
    ring, segment = np.divmod(np.arange((rings - 1) * segments), segments)
    after = (segment + 1) % segments
    corners = [ring * segments + segment, (ring + 1) * segments + segment]
    return np.stack([*corners, (ring + 1) * segments + after, ring * segments + after], axis=1)
