"""Sessions that are whole, older, newer, torn, foreign: each is known for what it is, and nothing is changed."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gpu_core.errors import MienError
from gpu_core.expression import NEUTRAL
from gpu_core.telemetry import open_sampler
from tests.viewer.sessions.recording_process import complaint_of, face, picture
from viewer.sessions.checking import shortcomings
from viewer.sessions.layout import SCHEMA, SessionError
from viewer.sessions.recorder import Recorder
from viewer.sessions.recording import RecordingForm
from viewer.sessions.recovering import lost_sessions, recover, recover_lost
from viewer.sessions.session import open_session
from viewer.sessions.session_performance import SessionPerformance
from viewer.sessions.writer_lock import WriterLock, is_held

SIZE, FPS = 32, 25.0


def recorded(folder: Path, frames: int = 20, **form: Any) -> Path:
    with Recorder(folder, RecordingForm(FPS, name="", **form), SIZE) as session:
        for number in range(frames):
            session.add(picture(number, SIZE), face(number), number / FPS)
    return folder


FILES = (
    "session.json", "video.mp4", "expressions.csv", "track.csv", "index.csv", "timings.csv", "utilisation.csv",
    "trace.json", "contact_sheet.png",
)  # fmt: skip


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(
        tmp_path_factory.mktemp("sessions") / "带 空格", open_sampler=open_sampler, about={"engine": {"x": 1}}
    )


@pytest.fixture
def session(kept: Path, tmp_path: Path) -> Path:
    """A whole session, to be spoiled."""
    return Path(shutil.copytree(kept, tmp_path / "a session 会话"))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def edit(folder: Path, **changes: Any) -> None:
    path = folder / "session.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_whole_session(session: Path) -> None:
    assert shortcomings(session) == []
    opened = open_session(session)
    assert (opened.state, opened.fps, opened.size, opened.codec, opened.is_lossless) == (
        "closed",
        25.0,
        32,
        "h264",
        False,
    )
    assert opened.told("engine", "x") == 1
    assert opened.told("engine", "y", "z") is None
    assert {path.name for path in session.iterdir()} == set(FILES)


def test_recovering_a_whole_session_changes_nothing(session: Path) -> None:
    before = contents(session)
    assert "20 video frames, 20 expressions" in recover(session)
    after = contents(session)
    del before[str(session / "session.json")], after[str(session / "session.json")]  # counts of what is not there
    assert after == before
    assert shortcomings(session) == []


@pytest.mark.parametrize("name", FILES[1:])
def test_what_is_missing_is_named(session: Path, name: str) -> None:
    (session / name).unlink()
    assert any(sentence == f"{name} is missing" for sentence in shortcomings(session))


@pytest.mark.parametrize(
    "name", ["expressions.csv", "track.csv", "index.csv", "timings.csv", "video.mp4", "trace.json"]
)
def test_what_is_torn_is_named_and_mended(session: Path, name: str) -> None:
    path = session / name
    os.truncate(path, path.stat().st_size * 2 // 3 if name == "video.mp4" else path.stat().st_size - 9)
    assert any(name in sentence for sentence in shortcomings(session)), shortcomings(session)
    if name in ("track.csv", "index.csv", "timings.csv", "trace.json"):  # what a writer can have left behind
        edit(session, state="recording")
        recover(session)
        assert shortcomings(session) == []


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"schema": SCHEMA + 1}, "recorded by a newer Mien"),
        ({"schema": "1"}, "schema '1' is none"),
        ({"schema": True}, "schema"),
        ({"kind": "other"}, "describes something else"),
        ({"state": "gone"}, "not described as a session's"),
        ({"state": ["closed"]}, "not described as a session's"),
        ({"video": None}, "not described as a session's"),
        ({"video": {"codec": "h264", "fps": float("nan"), "size": 32, "background": [0, 0, 0]}}, "not described"),
        ({"video": {"codec": "../x", "fps": 25, "size": 32, "background": [0, 0, 0]}}, "not described"),
        ({"video": {"codec": "h264", "fps": 25, "size": 32, "background": [0, 0, 256]}}, "no colour"),
    ],
)
def test_newer_and_foreign_ones_are_one_line_and_stay_as_they_are(
    session: Path, changes: dict[str, Any], complaint: str
) -> None:
    edit(session, **changes)
    before = contents(session)
    for do in (open_session, shortcomings, recover, SessionPerformance):
        with pytest.raises(SessionError, match=complaint) as raised:
            do(session)
        assert "\n" not in str(raised.value)
    assert contents(session) == before
    assert lost_sessions(session.parent) == []


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000, "\udcff", "{}", " " * 2_000_000])
def test_a_description_that_is_none(session: Path, text: str) -> None:
    (session / "session.json").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(SessionError, match=r"session\.json") as raised:
        open_session(session)
    assert "\n" not in str(raised.value)


def test_folders_without_a_session(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path, tmp_path / "nothing", tmp_path / "file"):
        with pytest.raises(SessionError):
            open_session(folder)
    assert lost_sessions(tmp_path / "nothing") == []


@settings(suppress_health_check=list(HealthCheck), max_examples=40, deadline=None)
@given(
    name=st.sampled_from(FILES),
    at=st.floats(0, 1), junk=st.binary(max_size=60), cut=st.booleans(), state=st.sampled_from(["closed", "recording"]),
)  # fmt: skip
def test_whatever_bytes_are_in_it_checking_and_recovering_answer(
    kept: Path, tmp_path: Path, name: str, at: float, junk: bytes, cut: bool, state: str
) -> None:
    folder = tmp_path / "spoiled"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(kept, folder)
    edit(folder, state=state)
    data = (folder / name).read_bytes()
    place = int(at * len(data))
    (folder / name).write_bytes(data[:place] + junk + (b"" if cut else data[place + len(junk) :]))
    for do in (shortcomings, recover, shortcomings):
        assert "\n" not in complaint_of(lambda do=do: do(folder))


def test_one_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    with Recorder(tmp_path, RecordingForm(FPS), SIZE) as session:
        session.add(picture(0, SIZE), face(0), 0.0)
        assert is_held(session.folder)
        assert shortcomings(session.folder) == ["it is being recorded right now"]
        with pytest.raises(SessionError, match="being recorded right now"):
            recover(session.folder)
        assert lost_sessions(tmp_path) == []
    assert not is_held(session.folder)


def test_a_lock_without_its_holder_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "writer.lock").write_text("1 0.0\n")
    assert not is_held(tmp_path)
    monkeypatch.setattr("viewer.sessions.writer_lock.fcntl", None)
    assert not is_held(tmp_path), "process 1 was not started then"
    lock = WriterLock(tmp_path)
    assert is_held(tmp_path)
    lock.release()
    assert not is_held(tmp_path)


def test_all_lost_sessions_are_recovered_at_once(session: Path, tmp_path: Path) -> None:
    edit(session, state="recording")
    other = Path(shutil.copytree(session, tmp_path / "b"))
    (other / "track.csv").write_text("nonsense")
    told = list(recover_lost(tmp_path))
    assert len(told) == 2
    assert "20 video frames" in told[0]
    assert "track.csv" in told[1]
    assert open_session(session).state == "stopped"


@pytest.mark.parametrize("name", ["taken", ""])
def test_a_folder_that_holds_something_is_not_recorded_into(tmp_path: Path, name: str) -> None:
    (tmp_path / "mine.txt").touch()
    form = RecordingForm(FPS, name="")
    with pytest.raises(MienError, match="there is something in it"):
        Recorder(tmp_path, form, SIZE)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_session_plays_as_a_performance_bit_by_bit(session: Path) -> None:
    played = SessionPerformance(session)
    assert played.title == session.name
    assert played.duration_s == pytest.approx(20 / FPS)
    assert [played.at(number / FPS) for number in range(20)] == [face(number) for number in range(20)]
    played.close()
    (session / "track.csv").write_text((session / "track.csv").read_text().replace("\n9,", "\nx,"))
    broken = SessionPerformance(session)
    assert {broken.at(number / FPS) for number in range(20)} <= {NEUTRAL, *map(face, range(20))}, "it goes on"
    assert "no whole number" in broken.problem
    broken.close()
