"""Smooth normals and their differences under displacement."""

from __future__ import annotations

import numpy as np

from gpu_core.gltf.normals import NormalField, normalised, weld
from tests.faces import ball, lathe

RANDOM = np.random.default_rng(7)


def test_equal_places_are_welded_and_others_are_not() -> None:
    points = np.array([[0, 0, 1], [1, 0, 0], [0, 0, 1], [-0.0, 0, 1], [0, 1, 1e-7]], np.float32)
    places = weld(points)
    assert places[0] == places[2] == places[3]
    assert len({places[0], places[1], places[4]}) == 3


def test_a_sphere_has_radial_normals_across_its_seam() -> None:
    points, triangles = ball()
    field = NormalField(points.astype(np.float32).round(6), triangles)
    inner = np.abs(points[:, 1]) < 0.99  # vertices at the poles are welded, but their triangles are not even
    assert np.abs(field.normals - points)[inner].max() < 0.1  # a coarse sphere: 30 degrees between its meridians
    rows = field.normals.reshape(9, 13, 3)
    assert np.array_equal(rows[:, 0], rows[:, -1])


def test_differences_are_those_of_a_whole_new_mesh() -> None:
    points, _, triangles = lathe()
    points = points.astype(np.float32)
    at_a_seam = np.flatnonzero(np.isin(np.arange(len(points)) % 25, (0, 24, 1, 2)))
    moves = RANDOM.normal(scale=0.02, size=(31, 4, 3)).astype(np.float32)
    moves[:, 3] = moves[:, 0]  # both sides of the seam move together, or the welds would open
    moved = points.copy()
    moved[at_a_seam] += moves.reshape(-1, 3)
    field = NormalField(points, triangles)
    expected = NormalField(moved, triangles).normals - field.normals
    assert np.abs(field.differences(at_a_seam, moves.reshape(-1, 3)) - expected[at_a_seam]).max() < 1e-5


def test_what_has_no_direction_points_forward() -> None:
    assert normalised(np.array([[0.0, 0.0, 0.0], [0.0, 3.0, 4.0]])).tolist() == [[0, 0, 1], [0, 0.6, 0.8]]
    lonely = NormalField(np.zeros((3, 3), np.float32), np.array([[0, 1, 2]]))
    assert lonely.normals.tolist() == [[0, 0, 1]] * 3
