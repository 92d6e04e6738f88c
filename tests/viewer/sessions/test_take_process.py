"""viewer.sessions.take_process: what the window has read and written for it."""

from __future__ import annotations

import io
import pickle
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gpu_core.assets import shipped_faces
from gpu_core.expression import NEUTRAL
from tests.viewer.sessions.recording_process import face, picture
from viewer.performance.keyframes import Key, Track
from viewer.performance.preset_file import write_presets
from viewer.performance.timeline import Timeline
from viewer.performance.timeline_file import read_timeline, write_timeline
from viewer.sessions.packed_take import PackedTimeline
from viewer.sessions.recorder import Recorder
from viewer.sessions.recording import RecordingForm
from viewer.sessions.take import open_take, save_take
from viewer.sessions.take_process import PRESETS, main

JAW = Timeline.of([Track("jawOpen", (Key(0.0, 0.0), Key(1.0, 0.9)))], duration_s=1.0, title="jaw")


def ask(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> Any:
    """The answer to a question."""
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=out))
    assert main([str(argument) for argument in arguments]) == 0
    return pickle.loads(out.getvalue())


def test_a_csv_is_a_take_and_becomes_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "a take 说.csv"
    save_take(open_take("talk"), path)
    take = ask(monkeypatch, "read", path)
    assert take.at(1.0) == open_take(path).at(1.0)
    keys = ask(monkeypatch, "keys", path)
    assert isinstance(keys, PackedTimeline)
    timeline = keys.frame.with_tracks(keys.unpacked())
    assert timeline.at(1.0)["jawOpen"] == pytest.approx(take.at(1.0)["jawOpen"], abs=0.006)


def test_a_timeline_is_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write_timeline(JAW, tmp_path / "jaw.json")
    read = ask(monkeypatch, "read", tmp_path / "jaw.json")
    assert read.frame.with_tracks(read.unpacked()) == JAW


def test_a_gltf_that_moves_is_a_take_and_a_face_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    save_take(open_take("talk"), tmp_path / "talk.glb")
    assert ask(monkeypatch, "read", tmp_path / "talk.glb").seconds > 1.0
    assert ask(monkeypatch, "read", next(iter(shipped_faces().values()))) is None
    (tmp_path / "broken.glb").write_bytes(b"glTF")
    assert ask(monkeypatch, "read", tmp_path / "broken.glb") is None, "who opens faces says what is wrong"


def test_presets_are_told_from_takes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_presets([], tmp_path / "faces.json")
    assert ask(monkeypatch, "read", tmp_path / "faces.json") == PRESETS
    (tmp_path / "other.json").write_text('{"mien": "sheep"}')
    assert main(["read", str(tmp_path / "other.json")]) == 2
    assert "no timeline" in capsys.readouterr().err


def test_a_session_becomes_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with Recorder(tmp_path / "s.1", RecordingForm(25.0, name=""), 32) as session:
        for number in range(5):
            session.add(picture(number, 32), NEUTRAL.with_weights({"jawOpen": number / 5}), number / 25)
    keys = ask(monkeypatch, "keys", tmp_path / "s.1")
    assert keys.frame.title == "s.1"
    assert keys.frame.with_tracks(keys.unpacked()).at(0.08)["jawOpen"] == pytest.approx(0.4, abs=0.006)
    assert face(0) is not None


def test_saving(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write_timeline(JAW, tmp_path / "jaw.json")
    ask(monkeypatch, "save", tmp_path / "jaw.json", tmp_path / "jaw.csv")
    assert open_take(tmp_path / "jaw.csv").at(0.5)["jawOpen"] == pytest.approx(JAW.at(0.5)["jawOpen"], abs=1e-6)
    ask(monkeypatch, "save", tmp_path / "jaw.csv", tmp_path / "again.json")
    assert read_timeline(tmp_path / "again.json").track("jawOpen").keys


def test_what_is_wrong_is_a_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("what,is,this\n1,2,3\n")
    assert main(["read", str(tmp_path / "x.csv")]) == 2
    assert main(["keys", str(tmp_path)]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert "x.csv:1" in first
    assert "session" in second
