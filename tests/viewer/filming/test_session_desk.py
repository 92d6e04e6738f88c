"""viewer.filming.session_desk: sessions are checked and compared beside the window; the newest wins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QTableWidgetItem
from pytestqt.qtbot import QtBot

from gpu_core.settings import EngineSettings, StageTime
from tests.frame_records import record
from tests.viewer.sessions.recording_process import face, picture
from viewer.filming.session_desk import SessionDesk, Timings
from viewer.filming.timings_dialog import TimingsDialog
from viewer.performance.builtin import BUILTIN
from viewer.playable import Playable
from viewer.sessions.recorder import Recorder
from viewer.sessions.recording import RecordingForm
from viewer.sessions.session import open_session
from viewer.sessions.session_performance import SessionPerformance
from viewer.sessions.stages import recorded_stages
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display
FRAMES = 40


class Thread:
    """Runs jobs at once, with an engine that says of itself what a session wants to know."""

    def __init__(self) -> None:
        self.asked = 0

    def run_job(self, job: Any) -> None:
        self.asked += 1
        generator = SimpleNamespace(name="swift", sha256="2", precision="int8")
        job(
            SimpleNamespace(
                path_name="host", description={"engine": "OpenVINO", "gl_renderer": "GL"}, settings=EngineSettings(),
                face=SimpleNamespace(name="anna", sha256="1"), generator=generator,
            )
        )  # fmt: skip


def write_session(folder: Path, infer_ms: float = 20.0) -> Path:
    about = {"face": {"name": "anna", "sha256": "1"}, "generator": {"name": "fine", "sha256": "3"}}
    about |= {"engine": {"path": "host", "engine": "OpenVINO", "gl_renderer": "GL"}}
    with Recorder(folder, RecordingForm(25.0, name="", about=about), 32) as session:
        for number in range(FRAMES):
            stages = (StageTime("infer", 10**9, infer_ms + number % 3 / 10),)
            told = record(number, stages=stages, steady=number > 0)
            session.add(picture(number % 2, 32), face(number), number / 25, told)
    return folder


@pytest.fixture
def desk(model: ViewerModel, qtbot: QtBot) -> Iterator[SessionDesk]:
    playable = Playable(BUILTIN)
    desk = SessionDesk(model, Thread(), playable)
    desk.playable = playable
    yield desk
    desk.close()
    playable.close()


def opened(desk: SessionDesk, folder: Path, qtbot: QtBot) -> None:
    performance = SessionPerformance(folder)
    desk.playable.add(performance)
    with qtbot.waitSignal(desk.noted, timeout=5000):
        desk.note(performance.key, performance.title)


def test_what_was_recorded_is_set_beside_what_runs_now(
    desk: SessionDesk, model: ViewerModel, qtbot: QtBot, tmp_path: Path
) -> None:
    opened(desk, write_session(tmp_path / "会 话"), qtbot)
    for number in range(FRAMES):
        stages = (StageTime("infer", 10**9, 20.8 + number % 3 / 10),)
        model.history.add(record(number, stages=stages))
    with qtbot.waitSignal(desk.compared, timeout=5000) as told:
        desk.compare()
    assert told.args is not None
    timings: Timings = told.args[0]
    assert (timings.title, timings.frames) == ("会 话", FRAMES)
    (shift,) = [one for one in timings.shifts if one.stage == "infer"]
    assert (shift.verdict, round(shift.difference, 2)) == ("slower", 0.8)
    assert "generator: recorded with fine, replayed with swift" in timings.changes
    with qtbot.waitSignal(desk.compared, timeout=5000):
        desk.compare()
    assert desk._thread.asked == 1, "the engine is asked once what it is"
    model.path_changed.emit(None)
    with qtbot.waitSignal(desk.compared, timeout=5000):
        desk.compare()
    assert desk._thread.asked == 2


def test_frames_from_before_do_not_count(desk: SessionDesk, model: ViewerModel, qtbot: QtBot, tmp_path: Path) -> None:
    for number in range(5):
        model.history.add(record(number, stages=(StageTime("infer", 10**9, 5.0),)))
    model.shown = SimpleNamespace(index=4, request=model.request)
    opened(desk, write_session(tmp_path / "a"), qtbot)
    with qtbot.waitSignal(desk.compared, timeout=5000) as told:
        desk.compare()
    assert told.args is not None
    assert (told.args[0].frames, told.args[0].shifts) == (0, ())


def test_the_dialog_shows_it(desk: SessionDesk, model: ViewerModel, qtbot: QtBot, tmp_path: Path) -> None:
    opened(desk, write_session(tmp_path / "a"), qtbot)
    for number in range(FRAMES):
        model.history.add(record(number, stages=(StageTime("infer", 10**9, 19.2 + number % 3 / 10),)))
    dialog = TimingsDialog(desk)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.table.rowCount() == 1, timeout=5000)
    cells = [dialog.table.item(0, column) for column in range(4)]
    texts = [item.text() for item in cells if isinstance(item, QTableWidgetItem)]
    assert texts[0] == "infer"
    assert texts[1].startswith("20.10")
    assert texts[3] == "infer 0.8 ms faster"
    assert "recorded with fine" in dialog.changes.text()


def test_the_newest_wins_and_what_is_no_session_is_none(desk: SessionDesk, qtbot: QtBot, tmp_path: Path) -> None:
    opened(desk, write_session(tmp_path / "a"), qtbot)
    opened(desk, write_session(tmp_path / "b"), qtbot)
    desk.note("talk", "Talk")
    desk.note("nothing", "Nothing")
    assert desk.session is not None
    assert desk.session.folder.name == "b"


def test_nothing_is_compared_without_a_session(desk: SessionDesk) -> None:
    desk.compare()
    assert desk._thread.asked == 0


def test_sessions_are_checked_in_a_line(desk: SessionDesk, model: ViewerModel, qtbot: QtBot, tmp_path: Path) -> None:
    folder = write_session(tmp_path / "a")
    desk.check(folder)
    qtbot.waitUntil(lambda: model.message.text == "a is whole", timeout=5000)
    (folder / "contact_sheet.png").unlink()
    (folder / "trace.json").unlink()
    desk.check(folder)
    qtbot.waitUntil(lambda: model.message.level == "warning", timeout=5000)
    assert "is missing" in model.message.text
    assert "1 more" in model.message.text
    desk.check(tmp_path / "nowhere")
    qtbot.waitUntil(lambda: "no folder" in model.message.text, timeout=5000)


def test_steady_frames_alone_count_and_no_more_than_are_wanted(tmp_path: Path) -> None:
    session = open_session(write_session(tmp_path / "a"))
    assert len(recorded_stages(session)["infer"]) == FRAMES - 1
    assert 9 <= len(recorded_stages(session, most=10)["infer"]) <= 20
