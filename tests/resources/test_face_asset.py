"""The committed faces keep the contract of resources/face/README.md."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pygltflib
import pytest
from numpy.typing import NDArray

from gpu_core.expression import ARKIT_SHAPES

FOLDER = Path(__file__).parents[2] / "resources" / "face"
LASHES = ("lash_left_upper", "lash_left_lower", "lash_right_upper", "lash_right_lower")
MORPHABLE = ("head", "teeth_upper", "teeth_lower", "tongue", *LASHES)
STILL = ("eye_left", "eye_right", "shirt", "hair")
MATERIALS = {"skin", "lid", "mouth", "torso", "tongue", "eye", "teeth", "gum", "shirt", "hair", "lash"}
DTYPES = {pygltflib.FLOAT: "<f4", pygltflib.UNSIGNED_INT: "<u4", pygltflib.UNSIGNED_SHORT: "<u2"}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}


@pytest.fixture(scope="module", params=["face.glb", "man.glb"])
def path(request: pytest.FixtureRequest) -> Path:
    return FOLDER / request.param


@pytest.fixture(scope="module")
def glb(path: Path) -> pygltflib.GLTF2:
    return pygltflib.GLTF2().load_binary(str(path))


def stored(glb: pygltflib.GLTF2, view_index: int, component: int, count: int) -> NDArray[Any]:
    view = glb.bufferViews[view_index]
    return np.frombuffer(glb.binary_blob(), DTYPES[component], count, view.byteOffset)


def values(glb: pygltflib.GLTF2, index: int) -> NDArray[Any]:
    """Return what an accessor stores: all of it, or the entries of a sparse one."""
    accessor = glb.accessors[index]
    width = WIDTHS[accessor.type]
    if accessor.sparse is None:
        return stored(glb, accessor.bufferView, accessor.componentType, accessor.count * width).reshape(-1, width)
    sparse = accessor.sparse
    where = stored(glb, sparse.indices.bufferView, sparse.indices.componentType, sparse.count)
    assert (np.diff(where.astype(int)) > 0).all()
    assert where[-1] < accessor.count
    return stored(glb, sparse.values.bufferView, accessor.componentType, sparse.count * width).reshape(-1, width)


def mesh_of(glb: pygltflib.GLTF2, name: str) -> pygltflib.Mesh:
    return next(glb.meshes[node.mesh] for node in glb.nodes if node.name == name)


def test_is_small_enough_to_ship(path: Path) -> None:
    assert path.stat().st_size <= 2.5e6


def test_header_tells_the_true_length(path: Path) -> None:
    magic, version, length = struct.unpack("<4sII", path.read_bytes()[:12])
    assert (magic, version, length) == (b"glTF", 2, path.stat().st_size)


def test_has_the_agreed_nodes_at_the_root(glb: pygltflib.GLTF2) -> None:
    assert {node.name for node in glb.nodes} == {*MORPHABLE, *STILL}
    assert sorted(glb.scenes[glb.scene].nodes) == list(range(len(glb.nodes)))


@pytest.mark.parametrize("name", MORPHABLE)
def test_morphable_meshes_have_the_52_shapes(glb: pygltflib.GLTF2, name: str) -> None:
    mesh = mesh_of(glb, name)
    assert set(mesh.extras["targetNames"]) == set(ARKIT_SHAPES)
    assert mesh.weights == [0.0] * 52
    assert all(len(primitive.targets) == 52 for primitive in mesh.primitives)


@pytest.mark.parametrize("name", STILL)
def test_other_meshes_have_no_targets(glb: pygltflib.GLTF2, name: str) -> None:
    assert all(not primitive.targets for primitive in mesh_of(glb, name).primitives)


def test_every_number_is_finite(glb: pygltflib.GLTF2) -> None:
    for index, accessor in enumerate(glb.accessors):
        assert np.isfinite(values(glb, index)).all(), accessor


def test_the_shapes_move_the_face_by_believable_amounts(glb: pygltflib.GLTF2) -> None:
    targets = mesh_of(glb, "head").primitives[0].targets
    reach = [np.abs(values(glb, target["POSITION"])).max() for target in targets]
    names = mesh_of(glb, "head").extras["targetNames"]
    quiet = {name for name, most in zip(names, reach, strict=True) if most < 1e-4}
    assert quiet <= {name for name in names if name.startswith("eyeLook")} | {"tongueOut"}
    assert max(reach) < 0.05


def test_keeps_the_triangle_budget(glb: pygltflib.GLTF2) -> None:
    surfaces = [p for mesh in glb.meshes for p in mesh.primitives if p.mode == pygltflib.TRIANGLES]
    assert sum(glb.accessors[p.indices].count for p in surfaces) // 3 <= 17_000


def test_indices_stay_within_their_vertices(glb: pygltflib.GLTF2) -> None:
    for mesh in glb.meshes:
        for primitive in mesh.primitives:
            assert values(glb, primitive.indices).max() < glb.accessors[primitive.attributes.POSITION].count


def test_normals_have_unit_length(glb: pygltflib.GLTF2) -> None:
    for name in ("head", "teeth_upper", "teeth_lower", "tongue", "eye_left", "eye_right", "shirt"):
        normals = values(glb, mesh_of(glb, name).primitives[0].attributes.NORMAL)
        assert np.allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-3), name


def test_eyes_lie_at_mirrored_pivots_and_have_their_radius(glb: pygltflib.GLTF2) -> None:
    nodes = {node.name: node for node in glb.nodes}
    left, right = nodes["eye_left"].translation, nodes["eye_right"].translation
    assert left[0] > 0
    assert np.allclose(left, [-right[0], *right[1:]], atol=1e-6)
    rig = glb.scenes[glb.scene].extras["mien"]["rig"]
    for side in ("left", "right"):
        assert rig["eyes"][side]["node"] == f"eye_{side}"
        points = values(glb, mesh_of(glb, f"eye_{side}").primitives[0].attributes.POSITION)
        assert np.linalg.norm(points, axis=1).max() == pytest.approx(rig["eyes"][side]["radius"], rel=0.03)


def test_rig_carries_the_numbers_of_posing(glb: pygltflib.GLTF2) -> None:
    mien = glb.scenes[glb.scene].extras["mien"]
    assert (mien["schema"], mien["licence"]) == (1, "CC0-1.0")
    assert mien["rig"]["lids"] == {"node": "head", "clearance": 0.0004}
    assert mien["rig"]["gaze_degrees"] == {"yaw": 25, "up": 18, "down": 20}
    assert mien["rig"]["neck"] == {"pivot": [0, 0.575, 0.015], "z_share": 0.35, "low": 0.5, "high": 0.635}


@pytest.mark.parametrize("name", ["hair", *LASHES])
def test_strands_are_lines_of_equal_length(glb: pygltflib.GLTF2, name: str) -> None:
    mesh = mesh_of(glb, name)
    (primitive,) = mesh.primitives
    length = mesh.extras["mien"]["strands"]["points"]
    count = glb.accessors[primitive.attributes.POSITION].count
    assert primitive.mode == pygltflib.LINES
    assert count % length == 0
    pairs = values(glb, primitive.indices).reshape(-1, 2).astype(int)
    assert (pairs[:, 1] == pairs[:, 0] + 1).all()
    assert len(pairs) == count // length * (length - 1)
    assert (values(glb, primitive.attributes._HALF_WIDTH) > 0).all()


def test_materials_say_how_mien_shades_them(glb: pygltflib.GLTF2) -> None:
    assert {material.name for material in glb.materials} == MATERIALS
    for material in glb.materials:
        assert {"specular", "shininess"} <= set(material.extras["mien"])
        assert material.pbrMetallicRoughness.metallicFactor == 0
