"""viewer.sessions.parquet: the same tables, bit by bit; without pyarrow a session is whole all the same."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from gpu_core.expression import NEUTRAL
from gpu_core.settings import StageTime
from tests.frame_records import record
from tests.viewer.sessions.recording_process import picture
from viewer.sessions import parquet
from viewer.sessions.checking import shortcomings
from viewer.sessions.recorder import Recorder
from viewer.sessions.recording import RecordingForm
from viewer.sessions.session import open_session


def write_session(folder: Path) -> Path:
    with Recorder(folder, RecordingForm(25.0, name=""), 32) as session:
        for number in range(12):
            face = None if number == 3 else NEUTRAL.with_weights({"jawOpen": math.sqrt(number) / 7})
            told = record(number, stages=(StageTime("infer", 10**15 + number, number / 3),))
            session.add(picture(number % 2, 32), face, number / 25, told)
    return folder


def test_tables_come_back_bit_by_bit(tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    folder = write_session(tmp_path / "会 话")
    assert shortcomings(folder) == []
    assert sorted(path.stem for path in folder.glob("*.parquet")) == ["index", "timings", "track", "utilisation"]
    track = pq.read_table(folder / "track.parquet").to_pydict()
    rows = list(open_session(folder).track())
    assert track["time_s"] == [row.time_s for row in rows]
    assert track["jawOpen"] == [None if row.expression is None else row.expression["jawOpen"] for row in rows]
    timings = pq.read_table(folder / "timings.parquet").to_pydict()
    assert timings["start_ns"][0] == 10**15
    assert "encode" in timings["stage"]
    assert pq.read_table(folder / "index.parquet").to_pydict()["state"] == [
        row.state for row in open_session(folder).index()
    ]


def test_what_cannot_be_converted_is_told_and_the_session_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_folder: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(parquet, "is_available", lambda: True)
    monkeypatch.setattr(parquet, "write_parquet", refuse)
    assert shortcomings(write_session(tmp_path / "a")) == []
    assert "no Parquet beside the CSV: No space left" in caplog.text


def test_without_pyarrow_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet.importlib.util, "find_spec", lambda _name: None)
    folder = write_session(tmp_path / "a")
    assert shortcomings(folder) == []
    assert not list(folder.glob("*.parquet"))
