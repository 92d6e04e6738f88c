"""viewer.sessions.disk_room: what is free, in words, and how long it lasts."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.sessions import disk_room
from viewer.sessions.disk_room import UNKNOWN, DiskRoom, bytes_in, free_bytes, span, typical_rate
from viewer.sessions.layout import CODECS


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (5, "5 s"),
        (119, "119 s"),
        (600, "10 min"),
        (7200, "2 h"),
        (3.6e5, "4 days"),
        (1e12, "years"),
        (math.inf, "years"),
    ],
)
def test_spans_are_told_as_people_plan(seconds: float, words: str) -> None:
    assert span(seconds) == words


def test_sentences() -> None:
    assert UNKNOWN.sentence() == ""
    assert not UNKNOWN.is_low
    assert DiskRoom(212_000_000_000).sentence() == "212 GB free"
    assert DiskRoom(300_000_000, 1_000_000.0).sentence() == "300 MB free, about 5 min"
    assert DiskRoom(300_000_000, 1_000_000.0).is_low
    assert DiskRoom(300_000_000).left_s == math.inf
    assert not DiskRoom(300_000_000, 100_000.0).is_low


@given(st.integers(-1, 2**63), st.floats(0, 1e12))
def test_no_figures_upset_it(free: int, rate: float) -> None:
    room = DiskRoom(free, rate)
    assert room.left_s >= 0
    assert isinstance(room.sentence(), str)


def test_a_folder_that_is_not_there_yet_has_the_room_of_its_disk(tmp_path: Path) -> None:
    assert free_bytes(tmp_path / "a" / "b") == pytest.approx(free_bytes(tmp_path), rel=0.1)
    assert free_bytes(tmp_path) > 0


def test_a_disk_that_does_not_answer_is_not_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(disk_room.shutil, "disk_usage", refuse)
    assert free_bytes(tmp_path) == -1


def test_files_are_counted_and_folders_are_not(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(100))
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "b").write_bytes(bytes(1000))
    os.symlink("a", tmp_path / "link")
    assert bytes_in(tmp_path) == 100


def test_every_codec_has_a_rate() -> None:
    assert all(typical_rate(codec, 30.0, 512) > 0 for codec in CODECS)
    assert typical_rate("h264", 60.0, 1024) == 8 * typical_rate("h264", 30.0, 512)
