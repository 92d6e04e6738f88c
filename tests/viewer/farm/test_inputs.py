"""viewer.farm.inputs: a face and a generator travel with all that belongs to them, and arrive the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gpu_core.errors import MienError
from gpu_core.neural.model import load_model
from tests.networks import save_network, save_quantised
from viewer.farm import inputs
from viewer.farm.inputs import shipped_face, shipped_generator


def test_nothing_asked_for_is_nothing_shipped() -> None:
    assert shipped_face(None) is None
    assert shipped_generator(None) is None


def test_a_generator_arrives_with_its_card_and_its_variants(tmp_path: Path) -> None:
    original = save_network(tmp_path)
    save_quantised(original)
    (tmp_path / "tinyother.onnx").touch()
    (tmp_path / "note.txt").touch()
    shipped = shipped_generator(original)
    assert shipped is not None
    assert [name for name, _ in shipped.files] == ["tiny.onnx", "tiny.int8.json", "tiny.int8.onnx", "tiny.json"]
    there = shipped.unpack(tmp_path / "node")
    assert load_model(there).sha256 == load_model(original).sha256
    assert load_model(there).variant("int8") is not None
    assert shipped.unpack(tmp_path / "node") == there


def gltf(folder: Path, *uris: object) -> Path:
    path = folder / "face.gltf"
    path.write_text(json.dumps({"buffers": [{"uri": uri} for uri in uris], "images": [{}, {"uri": "skin 1.png"}]}))
    return path


def test_a_gltf_arrives_with_the_files_that_it_names(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "a b.bin").write_bytes(b"1")
    (tmp_path / "skin 1.png").write_bytes(b"2")
    uris = ["parts/a%20b.bin", "data:;base64,AA==", "https://elsewhere/x", 7, "parts/a%20b.bin"]
    shipped = shipped_face(gltf(tmp_path, *uris))
    assert shipped is not None
    there = shipped.unpack(tmp_path / "node")
    assert (there.parent / "parts" / "a b.bin").read_bytes() == b"1"
    assert (there.parent / "skin 1.png").read_bytes() == b"2"


@pytest.mark.parametrize("uri", ["../secret", "/etc/passwd", "parts/../../secret", "%2e%2e/secret"])
def test_a_face_takes_no_files_from_elsewhere(tmp_path: Path, uri: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "secret").touch()
    with pytest.raises(MienError, match="outside of its folder"):
        shipped_face(gltf(home, uri))


@pytest.mark.parametrize("text", ["", "[]", '{"buffers": 7}', '{"buffers": [7]}'])
def test_a_broken_gltf_is_left_to_who_loads_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "face.gltf"
    path.write_text(text)
    shipped = shipped_face(path)
    assert shipped is not None
    assert shipped.files == (("face.gltf", text.encode()),)


def test_what_is_missing_or_too_large_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MienError, match=r"face\.glb: cannot be read: No such file"):
        shipped_face(tmp_path / "face.glb")
    monkeypatch.setattr(inputs, "MOST_BYTES", 10)
    (tmp_path / "face.glb").write_bytes(bytes(11))
    with pytest.raises(MienError, match="is larger than"):
        shipped_face(tmp_path / "face.glb")


def test_the_hash_is_of_names_and_contents(tmp_path: Path) -> None:
    path = tmp_path / "a.glb"
    hashes = set()
    for data in (b"1", b"2"):
        path.write_bytes(data)
        shipped = shipped_face(path)
        assert shipped is not None
        hashes.add(shipped.sha256)
    assert len(hashes) == 2
