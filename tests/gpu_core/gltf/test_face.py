"""Loading faces: what is in them, what strangers' files look like, and one clear line for everything broken."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from gpu_core.errors import AssetError
from gpu_core.expression import ARKIT_SHAPES, NEUTRAL
from gpu_core.face import FaceAsset
from gpu_core.gltf.face import load_face
from gpu_core.rig import Poser
from tests.faces import PIVOTS, RADIUS, GlbWriter, head_glb, head_writer, save_head

OWN, FOREIGN = head_glb(), head_glb(own=False)
Edit = Callable[[dict[str, Any]], object]


def loaded(folder: Path, data: bytes, name: str = "head.glb") -> FaceAsset:
    path = folder / name
    path.write_bytes(data)
    return load_face(path)


def edited(folder: Path, edit: Edit, **options: Any) -> FaceAsset:
    writer = head_writer(**options)
    edit(writer.json)
    return loaded(folder, writer.glb())


def test_our_own_face(tmp_path: Path) -> None:
    face = loaded(tmp_path, OWN)
    assert (face.name, face.is_foreign, face.missing) == ("Test head", False, ())
    assert [part.name for part in face.parts] == ["head.skin", "eye_left.eye", "eye_right.eye"]
    assert sum(part.count for part in face.parts) == len(face.triangles)
    assert face.sha256 == hashlib.sha256(OWN).hexdigest()
    for eye, pivot in zip(face.rig.eyes, PIVOTS.values(), strict=True):
        assert eye.pivot == pytest.approx(pivot)
        assert eye.radius == pytest.approx(RADIUS)
        away = np.linalg.norm(face.vertices[eye.first : eye.last] - np.array(pivot), axis=1)
        assert away == pytest.approx(RADIUS, abs=1e-5)
    assert face.rig.neck.pivot == pytest.approx((0, 5.75, 0.15))
    assert (face.rig.neck.low, face.rig.neck.high) == pytest.approx((5.0, 6.35))
    assert face.rig.lid_clearance == pytest.approx(0.004)
    assert not np.isin(face.moved, range(face.rig.eyes[0].first, face.rig.eyes[1].last)).any()


def test_arrays_have_the_promised_types(tmp_path: Path) -> None:
    face = loaded(tmp_path, OWN)
    count, moved = len(face.vertices), len(face.moved)
    assert face.normals.shape == face.colours.shape == (count, 3)
    assert face.uvs.shape == (count, 2)
    assert face.deltas.shape == face.normal_deltas.shape == (52, moved, 3)
    assert face.triangles.max() < count
    assert (face.triangles.dtype, face.moved.dtype) == (np.uint32, np.int64)
    for array in (face.vertices, face.normals, face.uvs, face.colours, face.deltas, face.normal_deltas):
        assert array.dtype == np.float32
    assert np.linalg.norm(face.normals, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert np.abs(face.deltas).max(axis=(0, 2)).min() > 1e-6


def test_strands(tmp_path: Path) -> None:
    lash, other, hair = loaded(tmp_path, OWN).strands
    assert (lash.name, lash.eye, lash.facing, lash.points.shape) == ("lash_left_upper", 0, "camera", (2, 5, 3))
    assert (other.eye, hair.eye, hair.facing, hair.deltas) == (1, -1, "surface", None)
    assert lash.deltas is not None
    assert lash.deltas[0, 0, 0] == pytest.approx((0, -0.17, 0), abs=1e-6)
    assert hair.half_width == pytest.approx(0.004)
    assert hair.colour.shape == (6, 3)


def test_pictures_and_materials(tmp_path: Path) -> None:
    face = loaded(tmp_path, OWN)
    skin, eye = face.materials
    (picture,) = face.textures
    assert (skin.texture, eye.texture, skin.specular, skin.shininess) == (0, None, 0.2, 30.0)
    assert picture.shape == (4, 4, 4)
    assert picture[0, 0].tolist() == [255, 0, 0, 255]  # top row first
    assert skin.colour == (0.8, 0.6, 0.5)


def test_rough_strangers_shine_less_than_smooth_ones(tmp_path: Path) -> None:
    shine = []
    for roughness in (0.2, 0.55, 1.0):

        def set_roughness(json: dict[str, Any], value: float = roughness) -> None:
            json["materials"][0]["pbrMetallicRoughness"]["roughnessFactor"] = value

        skin = edited(tmp_path, set_roughness, own=False).materials[0]
        shine.append((skin.shininess, skin.specular))
    assert shine == sorted(shine, reverse=True)
    assert shine[1] == pytest.approx((19.9, 0.139), rel=0.01)


def test_a_stranger_is_moved_into_the_frame(tmp_path: Path) -> None:
    def enlarge(json: dict[str, Any]) -> None:
        json["nodes"].append({"children": json["scenes"][0]["nodes"], "scale": [7, 7, 7], "translation": [3, 4, 5]})
        json["scenes"][0]["nodes"] = [len(json["nodes"]) - 1]

    plain, large = loaded(tmp_path, FOREIGN), edited(tmp_path, enlarge, own=False)
    assert plain.is_foreign
    assert plain.rig.eyes == plain.strands == ()
    size = np.abs(plain.deltas).max(axis=(0, 2))
    face = plain.vertices[plain.moved[size > 0.05 * size.max()]]
    assert (face.max(axis=0) + face.min(axis=0)) / 2 == pytest.approx((0, 6.37, 0.99), abs=0.02)
    assert np.ptp(face[:, 1]) == pytest.approx(1.68, abs=0.02)
    assert np.abs(large.vertices - plain.vertices).max() < 1e-4
    assert np.abs(large.deltas - plain.deltas).max() < 1e-4


@pytest.mark.parametrize("options", [{"sparse": False}, {"names": lambda n: f"blendShape1.{n.replace('Left', '_L')}"}])
def test_the_same_face_written_in_another_way(tmp_path: Path, options: dict[str, Any]) -> None:
    first, second = loaded(tmp_path, OWN), loaded(tmp_path, head_glb(**options))
    assert np.array_equal(first.deltas, second.deltas)
    assert np.array_equal(first.moved, second.moved)


def test_shapes_go_by_name_and_missing_ones_are_listed(tmp_path: Path) -> None:
    whole, part = loaded(tmp_path, OWN), loaded(tmp_path, head_glb(shapes=("tongueOut", "jawOpen"), own=False))
    assert len(part.missing) == 50
    assert "jawOpen" not in part.missing
    assert part.deltas[17].any()
    assert not part.deltas[0].any()
    ratio = np.abs(part.deltas[17]).max() / np.abs(whole.deltas[17]).max()
    assert np.abs(part.deltas[51]).max() / np.abs(whole.deltas[51]).max() == pytest.approx(ratio, rel=1e-4)


def test_normals_are_made_where_there_are_none(tmp_path: Path) -> None:
    face = loaded(tmp_path, head_glb(normals=False))
    skull = np.flatnonzero((face.vertices[:, 1] > 6.6) & (face.vertices[:, 1] < 7.4))[:100]
    away = face.vertices[skull] - np.array((0, 6.6, 0.1))
    assert ((face.normals[skull] * away).sum(axis=1) > 0.8 * np.linalg.norm(away, axis=1)).all()
    ends = face.normals[: 31 * 25].reshape(31, 25, 3)
    assert np.abs(ends[:, 0] - ends[:, -1]).max() < 1e-6  # no line at the texture's seam


def test_normal_deltas_of_the_file_are_taken(tmp_path: Path) -> None:
    writer = head_writer()
    (primitive,) = writer.json["meshes"][0]["primitives"]
    count = writer.json["accessors"][primitive["attributes"]["POSITION"]]["count"]
    primitive["targets"][17]["NORMAL"] = writer.array(np.full((count, 3), 0.25, np.float32))
    face = loaded(tmp_path, writer.glb())
    moved = face.deltas[17].any(axis=1)
    assert face.normal_deltas[17, moved] == pytest.approx(0.25)
    assert not face.normal_deltas[17, ~moved].any()
    assert face.normal_deltas[18].any()


def triangle_writer(mode: int, indices: list[int] | None) -> GlbWriter:
    """A quad of four vertices under a foreign head's node."""
    writer = head_writer(own=False)
    points = np.array([[0, 0.6, 0.2], [0.1, 0.6, 0.2], [0, 0.7, 0.2], [0.1, 0.7, 0.2]], np.float32)
    primitive = {"attributes": {"POSITION": writer.array(points)}, "mode": mode}
    if indices is not None:
        primitive["indices"] = writer.array(np.array(indices, np.uint8))
    mesh = writer.put("meshes", {"primitives": [primitive]})
    writer.json["scenes"][0]["nodes"].append(writer.put("nodes", {"name": "quad", "mesh": mesh}))
    return writer


@pytest.mark.parametrize(
    ("mode", "indices", "expected"),
    [
        (4, [0, 1, 3, 0, 3, 2], [[0, 1, 3], [0, 3, 2]]),
        (4, None, [[0, 1, 2]]),
        (5, [0, 1, 2, 3], [[0, 1, 2], [2, 1, 3]]),
        (6, [0, 1, 3, 2], [[0, 1, 3], [0, 3, 2]]),
    ],
)
def test_ways_to_say_triangles(tmp_path: Path, mode: int, indices: list[int] | None, expected: list[list[int]]) -> None:
    face = loaded(tmp_path, triangle_writer(mode, indices).glb())
    part = face.parts[-1]
    assert part.name == "quad"
    first = len(face.vertices) - 4
    assert (face.triangles[part.first : part.first + part.count].astype(int) - first).tolist() == expected


def test_nodes_place_their_meshes_and_skins_do_not(tmp_path: Path) -> None:
    def node(extra: dict[str, Any]) -> np.ndarray:
        writer = triangle_writer(4, None)
        writer.json["nodes"][-1].update(extra)
        return loaded(tmp_path, writer.glb()).vertices[-4:]

    plain = node({})
    half = np.sqrt(0.5)
    turned = node({"rotation": [0, 0, half, half], "translation": [0.65, 0, 0]})
    matrix = node({"matrix": [0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1, 0, 0.65, 0, 0, 1]})
    assert np.abs(turned - matrix).max() < 1e-5
    assert turned[1] - turned[0] == pytest.approx([0, np.ptp(plain[:, 0]), 0], abs=1e-4)
    assert np.array_equal(node({"translation": [9, 9, 9], "skin": 0}), plain)


def test_a_mirrored_part_keeps_its_outside(tmp_path: Path) -> None:
    writer = triangle_writer(4, None)
    writer.json["nodes"][-1]["scale"] = [-1, 1, 1]
    face = loaded(tmp_path, writer.glb())
    a, b, c = face.vertices[face.triangles[-1]]
    assert np.cross(b - a, c - a)[2] > 0
    assert face.normals[-4:, 2].min() > 0


def test_a_clear_cornea_is_left_out(tmp_path: Path) -> None:
    def clear(json: dict[str, Any]) -> None:
        json["materials"][1].update(alphaMode="BLEND")
        json["materials"][1]["pbrMetallicRoughness"]["baseColorFactor"] = [1, 1, 1, 0.1]

    assert [part.name for part in edited(tmp_path, clear, own=False).parts] == ["head.skin"]


def test_a_head_in_text_with_its_buffer_inside(tmp_path: Path) -> None:
    face = loaded(tmp_path, head_writer(own=False).gltf(), "text head.gltf")
    assert np.array_equal(face.vertices, loaded(tmp_path, FOREIGN).vertices)
    assert face.name == "text head"


def test_a_file_that_pygltflib_wrote(tmp_path: Path) -> None:
    """Another writer's idea of the format, so that ours is not only read by itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pygltflib = pytest.importorskip("pygltflib")
        save_head(tmp_path, own=False)
        pygltflib.GLTF2().load(str(tmp_path / "head.glb")).save(str(tmp_path / "again.glb"))
    face = load_face(tmp_path / "again.glb")
    assert np.array_equal(face.vertices, loaded(tmp_path, FOREIGN).vertices)
    assert face.missing == ()


def drop_names(json: dict[str, Any]) -> None:
    for mesh in json["meshes"]:
        mesh["extras"].pop("targetNames", None)


def drop_targets(json: dict[str, Any]) -> None:
    for mesh in json["meshes"]:
        for primitive in mesh["primitives"]:
            primitive.pop("targets", None)


def hide_triangles(json: dict[str, Any]) -> None:
    for mesh in json["meshes"][:3]:
        mesh["primitives"][0]["mode"] = 0


def primitive(json: dict[str, Any]) -> Any:
    return json["meshes"][0]["primitives"][0]


BROKEN: dict[str, tuple[Edit, str]] = {
    "no names": (drop_names, "morph targets without names"),
    "no targets": (drop_targets, "no morph targets; choose"),
    "points for triangles": (hide_triangles, "'head', which has no mesh|'eye_left', which has no mesh"),
    "draco": (
        lambda j: j.update(extensionsRequired=["KHR_draco_mesh_compression"]), "KHR_draco_mesh_compression, which"),
    "meshopt": (lambda j: j.update(extensionsRequired=["EXT_meshopt_compression"]), "EXT_meshopt_compression, which"),
    "basisu": (lambda j: j.update(extensionsRequired=["KHR_texture_basisu"]), "KHR_texture_basisu, which"),
    "a loop": (lambda j: j["nodes"][0].update(children=[0]), "more than once"),
    "a node nobody knows": (lambda j: j["scenes"][0]["nodes"].append(99), r"nodes\[99\]"),
    "a material nobody knows": (lambda j: primitive(j).update(material=99), r"materials\[99\]"),
    "fewer names than targets": (lambda j: j["meshes"][0]["extras"]["targetNames"].pop(), "names 51 morph targets"),
    "no positions": (lambda j: primitive(j)["attributes"].pop("POSITION"), r"accessors\[None\]"),
    "more uvs than vertices": (
        lambda j: primitive(j)["attributes"].update(TEXCOORD_0=primitive(j)["indices"]), "components, not 2"),
    "a target of another size": (
        lambda j: j["accessors"][primitive(j)["targets"][0]["POSITION"]].update(count=3), "another size|more elements"),
    "absurdly large": (lambda j: j["nodes"][0].update(scale=[1e30] * 3), "absurdly large"),
    "a newer rig": (lambda j: j["scenes"][0]["extras"]["mien"].update(schema=2), "rig version 2"),
    "a rig without an eye": (lambda j: j["nodes"][1].update(name="x"), "'eye_left', which has no mesh"),
    "no picture": (lambda j: j["images"][0].update(bufferView=1), "picture 0 cannot be read"),
    "strands that do not divide": (
        lambda j: j["meshes"][-1]["extras"]["mien"]["strands"].update(points=7), "no strands of 7"),
    "lists where objects belong": (lambda j: j.update(meshes=[[]] * 6), "should be a dict"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_broken_is_said_in_one_line(tmp_path: Path, case: str) -> None:
    edit, message = BROKEN[case]
    with pytest.raises(AssetError, match=message) as caught:
        edited(tmp_path, edit)
    text = str(caught.value)
    assert text.startswith("head.glb: ")
    assert "\n" not in text
    assert ";" in text or ":" in text.removeprefix("head.glb: ")  # what to do about it


def test_names_of_another_rig_are_shown(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="seen: viseme_0, viseme_1, viseme_2, viseme_3, viseme_4\\)"):
        loaded(tmp_path, head_glb(own=False, names=lambda name: f"viseme_{ARKIT_SHAPES.index(name)}"))


def test_a_scene_without_a_surface(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="move nothing"):
        edited(tmp_path, hide_triangles, own=False)


def test_an_index_out_of_range(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="triangle with vertex 9, but only 4"):
        loaded(tmp_path, triangle_writer(4, [0, 1, 9]).glb())


def test_too_many_vertices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpu_core.gltf.face.MAX_VERTICES", 1000)
    with pytest.raises(AssetError, match="vertices; reduce the mesh"):
        loaded(tmp_path, FOREIGN)


def test_a_picture_that_unpacks_to_gigabytes(tmp_path: Path) -> None:
    writer, stream = head_writer(), BytesIO()
    Image.new("1", (16000, 16000)).save(stream, "PNG")
    writer.json["images"][0] = {"bufferView": writer.view(stream.getvalue())}
    with pytest.raises(AssetError, match=r"picture 0 cannot be read|megapixels"):
        loaded(tmp_path, writer.glb())


def attempt(folder: Path, data: bytes) -> None:
    """Damaged files give a face that can be posed, or the one error: any other would come through here."""
    try:
        face = loaded(folder, data)
    except AssetError:
        return
    posed = Poser(face).pose(NEUTRAL.with_weights({"jawOpen": 1.0}).with_head(yaw=10.0))
    assert np.isfinite(posed.vertices).all()


FUZZ = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FUZZ
@given(cut=st.integers(0, len(OWN) - 1))
def test_every_truncation_is_an_error(tmp_path: Path, cut: int) -> None:
    with pytest.raises(AssetError):
        loaded(tmp_path, OWN[:cut])


@FUZZ
@given(flips=st.lists(st.tuples(st.integers(0, len(OWN) - 1), st.integers(0, 255)), min_size=1, max_size=12))
def test_flipped_bytes_never_raise_anything_else(tmp_path: Path, flips: list[tuple[int, int]]) -> None:
    data = bytearray(OWN)
    for place, value in flips:
        data[place] = value
    attempt(tmp_path, bytes(data))


@FUZZ
@given(place=st.integers(20, 20 + len(OWN) // 3), text=st.sampled_from([b"9", b"-", b"{}", b"null", b'"', b"[", b"e9"]))
def test_changed_json_never_raises_anything_else(tmp_path: Path, place: int, text: bytes) -> None:
    data = bytearray(OWN)
    data[place : place + len(text)] = text
    attempt(tmp_path, bytes(data))
