"""viewer.picture_file: a file takes its name only when it is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpu_core.errors import MienError
from viewer.picture_file import replacing_by_name


def test_a_file_made_by_name_replaces_the_old_one(tmp_path: Path) -> None:
    out = tmp_path / "clip.mp4"
    out.write_bytes(b"old")
    with replacing_by_name(out) as part:
        assert not part.exists()
        part.write_bytes(b"new")
        assert out.read_bytes() == b"old"
    assert out.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [out]


def fail_half_way(out: Path, error: type[BaseException]) -> None:
    with replacing_by_name(out) as part:
        part.write_bytes(b"half")
        raise error


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_a_failure_leaves_the_old_one_and_nothing_else(tmp_path: Path, error: type[BaseException]) -> None:
    out = tmp_path / "clip.mp4"
    out.write_bytes(b"old")
    with pytest.raises(error):
        fail_half_way(out, error)
    assert out.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("name", ["folder", "missing/clip.mp4"])
def test_where_nothing_can_be_written_is_said_before_anything_is_made(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(MienError, match=r"folder, not a file|cannot write to"), replacing_by_name(tmp_path / name):
        pytest.fail("it went on")
