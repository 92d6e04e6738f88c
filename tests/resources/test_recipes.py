"""The pure pieces of the face recipe. Those that need SciPy run where the recipes' dependencies are installed."""

from __future__ import annotations

import numpy as np
import pytest
from face_recipe.fingerprint import TOLERANCE, differences, fingerprint, fingerprint_faults
from face_recipe.makehuman import ObjMesh, parse_obj, parse_target
from face_recipe.noise import value_noise
from face_recipe.person import Eyeball, Person, placed_like
from face_recipe.phenotype import AZIMUTH, PEOPLE, WOMAN, Phenotype

from gpu_core.expression import ARKIT_SHAPES

CUBE = np.array([[0, 3, 2, 1], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]])
CORNERS = np.array([[x, y, z] for z in (-1.0, 1.0) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))])


def some_geometry() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    deltas = rng.normal(0, 0.1, (52, 40, 3)).astype(np.float32)
    return {"verts": rng.normal(0, 1, (40, 3)).astype(np.float32), "deltas": deltas, "names": np.array(["jawOpen"])}


def test_target_lines_land_on_their_vertices() -> None:
    offsets = parse_target("# a comment\n\n2 .5 -1 0.25\n0 1 0 0\n", 4)
    assert offsets.tolist() == [[1, 0, 0], [0, 0, 0], [0.5, -1, 0.25], [0, 0, 0]]


def test_obj_counts_from_one_and_keeps_groups() -> None:
    corners = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nvt 0 0\nvt 1 1\n"
    mesh = parse_obj(corners + "g body\nf 1/1 2/2 3/1 4/2\ng helper\nf 4/1 3/1 2/1 1/1\n")
    assert mesh.faces.tolist() == [[0, 1, 2, 3], [3, 2, 1, 0]]
    assert mesh.face_uvs.tolist() == [[0, 1, 0, 1], [0, 0, 0, 0]]
    assert mesh.face_groups.tolist() == ["body", "helper"]


def test_fingerprint_accepts_its_own_geometry() -> None:
    geometry = some_geometry()
    assert fingerprint_faults(geometry, fingerprint(geometry)) == []


@pytest.mark.parametrize("name", ["verts", "deltas"])
def test_fingerprint_catches_what_moved(name: str) -> None:
    geometry = some_geometry()
    expected = fingerprint(geometry)
    geometry[name] = geometry[name] + 2 * TOLERANCE
    (fault,) = fingerprint_faults(geometry, expected)
    assert fault.startswith(name)


def test_fingerprint_of_few_vertices_catches_a_single_one() -> None:
    geometry = some_geometry()
    expected = fingerprint(geometry)
    geometry["verts"][7, 1] += 2 * TOLERANCE
    assert len(fingerprint_faults(geometry, expected)) == 1


def test_fingerprint_catches_a_missing_array() -> None:
    geometry = some_geometry()
    expected = fingerprint(geometry)
    del geometry["deltas"]
    assert "shape" in fingerprint_faults(geometry, expected)[0]


def test_differences_are_infinite_where_nothing_compares() -> None:
    theirs = {"verts": np.zeros((2, 3)), "names": np.array(["a"]), "mat": np.zeros(2)}
    ours = {"verts": np.zeros((3, 3)), "names": np.array(["b"]), "mat": np.full(2, 0.5)}
    assert differences(ours, theirs) == {"verts": np.inf, "names": np.inf, "mat": 0.5}


def test_noise_is_smooth_and_within_bounds() -> None:
    line = np.stack([np.linspace(0, 20, 2001), np.zeros(2001), np.zeros(2001)], axis=-1)
    noise = value_noise(line, seed=4)
    assert np.abs(noise).max() <= 1
    assert np.ptp(noise) > 0.5
    assert np.abs(np.diff(noise)).max() < 0.04


@pytest.mark.parametrize("phenotype", PEOPLE.values(), ids=PEOPLE.keys())
def test_people_are_blends_that_add_up(phenotype: Phenotype) -> None:
    body = phenotype.body
    for shares in (body.ages, body.ancestry, body.weight, body.proportions):
        assert sum(shares.values()) == pytest.approx(1)
    assert set(body.rest) <= set(ARKIT_SHAPES)
    assert not [name for name in body.details if "*" in name]
    brow = phenotype.brow
    assert len(brow.x) == len(brow.y) == len(brow.width) == len(brow.slope)
    assert len(phenotype.hair.hairline) == len(AZIMUTH)


def test_another_body_is_laid_over_the_default_head() -> None:
    mesh = ObjMesh(*(np.zeros((0, 3)) for _ in range(5)))
    points = np.random.default_rng(0).normal((0, 6.6, 0.3), 0.3, (200, 3))
    default = Person(WOMAN, mesh, points, {}, {}, {"l": Eyeball(points[0], 0.12)})
    taller = points * 1.25 + [0, 0.4, -0.1]
    person = Person(WOMAN, mesh, taller, {}, {"jawOpen": np.ones((200, 3))}, {"l": Eyeball(taller[0], 0.15)})
    placed = placed_like(person, default)
    assert np.allclose(placed.vertices[:, 1:], points[:, 1:], atol=1e-9)
    assert placed.eyes["l"].radius == pytest.approx(0.12)
    assert np.allclose(placed.shapes["jawOpen"], 0.8)


class TestCatmullClark:
    @pytest.fixture(autouse=True)
    def cube(self) -> None:
        pytest.importorskip("scipy", reason="SciPy belongs to the recipes' dependencies")
        from face_recipe.subdivision import catmull_clark

        self.matrix, self.faces, self.uvs = catmull_clark(CUBE, np.zeros((6, 4, 2)), 8)

    def test_counts(self) -> None:
        assert self.matrix.shape == (8 + 6 + 12, 8)
        assert self.faces.shape == (24, 4)
        assert self.uvs.shape == (24, 4, 2)
        assert np.unique(self.faces).tolist() == list(range(26))

    def test_every_new_vertex_is_an_average(self) -> None:
        assert np.allclose(self.matrix.sum(axis=1), 1)
        assert self.matrix.toarray().min() >= 0

    def test_a_cube_becomes_rounder_by_the_known_amount(self) -> None:
        points = self.matrix @ CORNERS
        assert np.allclose(np.abs(points[:8]), 5 / 9)
        assert np.allclose(np.abs(points[8:14]).sum(axis=1), 1)
        assert np.allclose(np.sort(np.abs(points[14:]), axis=1), [0, 0.75, 0.75])

    def test_faces_keep_looking_outwards(self) -> None:
        corner = (self.matrix @ CORNERS)[self.faces]
        normal = np.cross(corner[:, 2] - corner[:, 0], corner[:, 3] - corner[:, 1])
        assert ((normal * corner.mean(axis=1)).sum(axis=1) > 0).all()

    def test_an_open_border_stays_a_curve_of_its_own(self) -> None:
        from face_recipe.subdivision import catmull_clark

        strip = np.array([[0, 1, 4, 3], [1, 2, 5, 4]])
        matrix, _, _ = catmull_clark(strip, np.zeros((2, 4, 2)), 6)
        assert matrix[1].toarray().ravel().tolist() == [0.125, 0.75, 0.125, 0, 0, 0]
