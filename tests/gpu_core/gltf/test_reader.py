"""glTF's binary side: accessors of every kind, containers, and what is wrong with broken ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gpu_core.errors import AssetError
from gpu_core.gltf.reader import GltfReader, number, numbers, whole
from tests.faces import GlbWriter, pack_glb

RANDOM = np.random.default_rng(3)


def opened(folder: Path, writer: GlbWriter) -> GltfReader:
    path = folder / "x.glb"
    path.write_bytes(writer.glb())
    return GltfReader(path)


def test_floats_come_back_as_written(tmp_path: Path) -> None:
    writer, values = GlbWriter(), RANDOM.normal(size=(7, 3)).astype(np.float32)
    writer.view(b"abc")  # the next view begins at an odd place
    index = writer.array(values)
    assert np.array_equal(opened(tmp_path, writer).floats(index, (3,)), values)


@pytest.mark.parametrize("kind", ["uint8", "uint16", "uint32"])
def test_indices_of_every_width(tmp_path: Path, kind: str) -> None:
    writer = GlbWriter()
    index = writer.array(np.array([0, 5, 200], kind))
    read = opened(tmp_path, writer).integers(index)
    assert read.tolist() == [0, 5, 200]
    assert read.dtype == np.int64


@pytest.mark.parametrize(
    ("kind", "stored", "expected"),
    [("uint8", [0, 51, 255], [0, 0.2, 1]), ("uint16", [0, 13107, 65535], [0, 0.2, 1]),
     ("int8", [-128, -127, 127], [-1, -1, 1]), ("int16", [-32768, 0, 32767], [-1, 0, 1])],
)  # fmt: skip
def test_normalised_integers(tmp_path: Path, kind: str, stored: list[int], expected: list[float]) -> None:
    writer = GlbWriter()
    index = writer.array(np.array([stored], kind), normalized=True)
    plain = writer.array(np.array([stored], kind))
    reader = opened(tmp_path, writer)
    assert reader.floats(index, (3,))[0] == pytest.approx(expected, abs=1e-6)
    assert reader.floats(plain, (3,))[0].tolist() == stored


def test_strided_and_offset_elements(tmp_path: Path) -> None:
    writer, table = GlbWriter(), np.arange(40, dtype=np.float32).reshape(5, 8)
    view = writer.view(table.tobytes(), byteStride=32)
    index = writer.put("accessors", {
        "bufferView": view, "byteOffset": 12, "componentType": 5126, "count": 5, "type": "VEC3",
    })  # fmt: skip
    assert np.array_equal(opened(tmp_path, writer).floats(index, (3,)), table[:, 3:6])


@pytest.mark.parametrize("has_base", [False, True])
def test_sparse_elements_replace_those_of_the_base(tmp_path: Path, has_base: bool) -> None:
    writer = GlbWriter()
    base = np.ones((6, 3), np.float32) if has_base else np.zeros((6, 3), np.float32)
    wanted = base.copy()
    wanted[[1, 4]] = [[1, 2, 3], [4, 5, 6]]
    changes = np.where(wanted != base, wanted, 0)
    changes[1] = wanted[1]
    index = writer.sparse(changes.astype(np.float32))
    if has_base:
        writer.json["accessors"][index]["bufferView"] = writer.view(base.tobytes())
    assert np.array_equal(opened(tmp_path, writer).floats(index, (3,)), wanted)


def test_an_accessor_without_data_is_zero(tmp_path: Path) -> None:
    writer = GlbWriter()
    index = writer.put("accessors", {"componentType": 5126, "count": 4, "type": "VEC2"})
    assert opened(tmp_path, writer).floats(index, (2,)).tolist() == [[0, 0]] * 4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"count": 8}, "reaches beyond its buffer view"),
        ({"byteOffset": 4}, "reaches beyond its buffer view"),
        ({"count": -1}, "count should be a whole number"),
        ({"count": "7"}, "count should be a whole number"),
        ({"count": 2_000_000_000}, "at most 12,000,000"),
        ({"componentType": 5124}, "unknown component type 5124"),
        ({"type": "MAT4"}, "unsuitable type 'MAT4'"),
        ({"type": "VEC2"}, "2 components, not 3"),
        ({"bufferView": 9}, r"bufferViews\[9\]"),
        ({"sparse": {"count": 99, "indices": {}, "values": {}}}, "replaces more elements"),
        ({"sparse": 5}, "sparse should be a dict"),
    ],
)
def test_a_broken_accessor_is_named(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    writer = GlbWriter()
    index = writer.array(np.zeros((7, 3), np.float32))
    writer.json["accessors"][index].update(change)
    reader = opened(tmp_path, writer)
    with pytest.raises(AssetError, match=message):
        reader.floats(index, (3,))


def test_a_sparse_index_out_of_range(tmp_path: Path) -> None:
    writer = GlbWriter()
    index = writer.sparse(np.eye(3, dtype=np.float32))
    writer.json["accessors"][index]["count"] = 3
    writer.blob[0] = 200
    with pytest.raises(AssetError, match="sparse accessor's index is out of range"):
        opened(tmp_path, writer).floats(index, (3,))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_none(tmp_path: Path, value: float) -> None:
    writer = GlbWriter()
    index = writer.array(np.full((2, 3), value, np.float32))
    with pytest.raises(AssetError, match="not finite"):
        opened(tmp_path, writer).floats(index, (3,))


def test_a_view_beyond_its_buffer(tmp_path: Path) -> None:
    writer = GlbWriter()
    view = writer.view(b"1234")
    writer.json["bufferViews"][view]["byteLength"] = 400
    with pytest.raises(AssetError, match="truncated or damaged"):
        opened(tmp_path, writer).view(view)


def test_buffers_beside_and_inside_the_text(tmp_path: Path) -> None:
    writer = GlbWriter()
    index = writer.array(np.array([3, 1, 2], np.uint16))
    (tmp_path / "some data.bin").write_bytes(bytes(writer.blob))
    for uri in ("some%20data.bin", None):
        path = tmp_path / "x.gltf"
        path.write_bytes(writer.gltf(uri))
        assert GltfReader(path).integers(index).tolist() == [3, 1, 2]


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("gone.bin", "file gone.bin is not in"),
        ("https://example.org/a.bin", "only local files"),
        ("data:application/octet-stream;base64,@@@@", "broken data URI"),
        ("data:,abc", "broken data URI"),
        ("a\0b", "cannot be read|is not in"),
        (5, "uri should be a str"),
        ("short.bin", "should hold 6 bytes but has 2"),
    ],
)
def test_a_buffer_that_cannot_be_had(tmp_path: Path, uri: Any, message: str) -> None:
    writer = GlbWriter()
    index = writer.array(np.array([3, 1, 2], np.uint16))
    (tmp_path / "short.bin").write_bytes(b"12")
    path = tmp_path / "x.gltf"
    path.write_bytes(writer.gltf(uri))
    reader = GltfReader(path)
    with pytest.raises(AssetError, match=message):
        reader.integers(index)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no glTF 2.0 file"),
        (b"\x89PNG\r\n", "no glTF 2.0 file"),
        (b"glTF\2\0\0\0", "truncated within its header"),
        (b"[" * 100_000, "no glTF 2.0 file"),
        (b"[1, 2]", "no glTF"),
        (b"{}", "no glTF"),
        (b'{"asset": 3}', "asset should be a dict"),
        (b'{"asset": {"version": "1.0"}}', "version '1.0'"),
        (pack_glb(b"{nonsense", b""), "no glTF 2.0 file"),
        (pack_glb(b'{"asset": {"version": "2.0"}}', b"1234")[:-6], "is truncated"),
        (pack_glb(b"{}", b"")[:4] + b"\1" + pack_glb(b"{}", b"")[5:], "version 1"),
        (pack_glb(b"{}", b"")[:16] + b"XXXX" + pack_glb(b"{}", b"")[20:], "no JSON chunk"),
        (pack_glb(b"{}", b"")[:12] + b"\xff\0\0\0" + pack_glb(b"{}", b"")[16:], "reaches beyond the file"),
    ],
)
def test_a_broken_container_is_named(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "x.glb"
    path.write_bytes(data)
    with pytest.raises(AssetError, match=message):
        GltfReader(path)


def test_a_folder_and_nothing_are_no_files(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.glb"):
        with pytest.raises(AssetError, match="is not in"):
            GltfReader(path)


def test_a_file_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpu_core.gltf.container.MAX_FILE_BYTES", 10)
    path = tmp_path / "x.glb"
    path.write_bytes(b"x" * 11)
    with pytest.raises(AssetError, match="at most"):
        GltfReader(path)


@pytest.mark.parametrize("value", [None, "1", [1], True, -1, 1.5])
def test_whole_numbers(value: Any) -> None:
    with pytest.raises(AssetError, match="key should be a whole number"):
        whole({"key": value}, "key")
    assert whole({}, "key", 4) == 4


@pytest.mark.parametrize("value", [None, 3, [1], [1, "2"], [1, float("nan")]])
def test_lists_of_numbers(value: Any) -> None:
    with pytest.raises(AssetError, match="key should be 2 numbers"):
        numbers({"key": value}, "key", (0.0, 0.0))
    assert number({"key": 3}, "key", 0.0) == 3.0
