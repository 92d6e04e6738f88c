"""What a file holds, by its first bytes."""

from __future__ import annotations

import tracemalloc
import zlib
from pathlib import Path

import pytest

from viewer.sessions.take import open_take
from viewer.sessions.take_kind import kind_of, refuse_ending
from viewer.sessions.timed_expression import TakeError


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.csv", b"Timecode,", "csv"), ("a", b"", "csv"), ("a.csv", b"glTF\2\0\0\0", "gltf"),
        ("a.txt", b'\xef\xbb\xbf \n{"asset"', "json"), ("a.gltf", b"{", "json"),
    ],
)  # fmt: skip
def test_kinds(tmp_path: Path, name: str, data: bytes, kind: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert kind_of(tmp_path / name) == kind


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.csv", b"\x89PNG\r\n", "a PNG picture, no take"),
        ("a.csv", b"PK\x03\x04", "a ZIP archive"),
        ("a.csv", b"\0\0\0\x18ftypmp42", "an MP4 video"),
        ("a.glb", b"Timecode,JawOpen\n", "no glTF, whatever its name says"),
        ("a.gltf", b"", "no glTF"),
        ("a.json", b"[1]", "no JSON object"),
    ],
)
def test_other_files(tmp_path: Path, name: str, data: bytes, why: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(TakeError, match=why):
        kind_of(tmp_path / name)


def test_a_bomb_of_a_picture_is_told_by_its_first_bytes(tmp_path: Path) -> None:
    squeezed = zlib.compress(bytes(50_000_000), 9)
    (tmp_path / "bomb.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + squeezed)
    tracemalloc.start()
    try:
        with pytest.raises(TakeError, match="a PNG picture"):
            open_take(tmp_path / "bomb.csv")
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_endings(tmp_path: Path) -> None:
    for name in ("a.csv", "a.GLB", "a.b.json"):
        refuse_ending(tmp_path / name)
    for name in ("a.gltf", "a.fbx", "a", ".csv"):
        with pytest.raises(TakeError, match=r"\.csv, \.glb, \.json"):
            refuse_ending(tmp_path / name)
