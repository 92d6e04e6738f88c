"""viewer.farm.shipped_form: a stream's form arrives with its files, and begins at the same moment on another clock."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpu_core.errors import MienError
from viewer.farm.shipped_form import shipped
from viewer.streams.values import StreamForm


def test_a_form_arrives_with_its_files(tmp_path: Path) -> None:
    face, take = tmp_path / "face.glb", tmp_path / "take.csv"
    face.write_bytes(b"face")
    take.write_bytes(b"take")
    form = StreamForm(3, source=str(take), face=face, to="rtmp://host/live/3", threads=2)
    sent = shipped(form)
    face.unlink()
    take.unlink()
    there = sent.placed(tmp_path / "node", 1)
    assert (there.number, there.to, there.threads, there.epoch_s) == (3, "rtmp://host/live/3", 1, 0.0)
    assert there.face is not None
    assert there.face.read_bytes() == b"face"
    assert Path(there.source).read_bytes() == b"take"


def test_a_performance_goes_by_its_name(tmp_path: Path) -> None:
    there = shipped(StreamForm()).placed(tmp_path, 1)
    assert (there.source, there.face, there.generator) == ("talk", None, None)
    assert list(tmp_path.iterdir()) == []


def test_all_streams_begin_at_one_moment_whatever_a_machines_clock_counts_from(tmp_path: Path) -> None:
    sent = shipped(StreamForm(epoch_s=100.0), wall=lambda: 1_000_005.0, monotonic=lambda: 105.0)
    there = sent.placed(tmp_path, 1, wall=lambda: 1_000_007.0, monotonic=lambda: 57.0)
    assert there.epoch_s == pytest.approx(50.0)


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(MienError, match="cannot be read"):
        shipped(StreamForm(source=str(tmp_path / "no.csv")))
