"""A face's name for menus comes from its file's JSON alone, and from the file's own name where that says nothing."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest

from gpu_core.assets import shipped_faces
from gpu_core.gltf.title import face_title
from tests.faces import head_writer, pack_glb


def saved(folder: Path, data: bytes) -> Path:
    path = folder / "bella donna.glb"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("name", "title"), [("Mien default face", "Default face"), ("Anna", "Anna"), ("Mien ", "Bella donna")]
)
def test_a_face_of_ours_says_its_name(tmp_path: Path, name: str, title: str) -> None:
    writer = head_writer()
    writer.json["scenes"][0]["extras"]["mien"]["name"] = name
    assert face_title(saved(tmp_path, writer.glb())) == title


def test_only_the_json_is_read(tmp_path: Path) -> None:
    whole = head_writer().glb()
    (length,) = struct.unpack_from("<I", whole, 12)
    path = saved(tmp_path, whole[: 20 + length])
    assert face_title(path) != "Bella donna"


@pytest.mark.parametrize(
    "data",
    [
        b"", b"glTF", b"no face at all, but long enough", head_writer(own=False).glb(),
        *(pack_glb(text, b"") for text in (
            b"{", b"[]", b'{"asset": {"version": "2.0"}, "scenes": 1}', b'{"asset": {"version": "2.0"}, "scene": []}',
            b'{"asset": {"version": "2.0"}, "scene": 5, "scenes": [{}]}',
            b'{"asset": {"version": "2.0"}, "scenes": [{"extras": {"mien": {"name": 3}}}]}',
        )),
    ],
)  # fmt: skip
def test_everything_else_is_called_as_its_file(tmp_path: Path, data: Any) -> None:
    assert face_title(saved(tmp_path, data)) == "Bella donna"
    assert face_title(tmp_path / "nobody.glb") == "Nobody"


def test_shipped_faces_have_titles_of_their_own() -> None:
    titles = [face_title(path) for path in shipped_faces().values()]
    assert titles[0] == "Default face"
    assert len(set(titles)) == len(titles)
    assert not any("Mien" in title for title in titles)
