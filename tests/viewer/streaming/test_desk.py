"""viewer.streaming.desk: streams start and stop beside the window, and never outlive it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gpu_core.errors import MienError
from gpu_core.path_state import PathState
from tests.viewer.fake_streams import FakeSupervisor, a_plan, live
from viewer.engine_info import EngineInfo
from viewer.streaming.desk import StreamDesk
from viewer.streaming.wish import StreamWish
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display
WISH = StreamWish(2, to="rtmp://127.0.0.1/live/{n}")


@pytest.fixture
def supervisor() -> FakeSupervisor:
    return FakeSupervisor()


@pytest.fixture
def desk(model: ViewerModel, supervisor: FakeSupervisor) -> Iterator[StreamDesk]:
    desk = StreamDesk(model, lambda _wish, _judgement: supervisor, lambda _form: None)
    yield desk
    supervisor.gate.set()
    desk.close()


def begin(desk: StreamDesk, qtbot: QtBot) -> None:
    desk.start(WISH)
    qtbot.waitUntil(lambda: desk.phase == "running", timeout=5000)


def test_streams_start_and_stop_on_other_threads(desk: StreamDesk, supervisor: FakeSupervisor, qtbot: QtBot) -> None:
    supervisor.gate.clear()
    desk.start(WISH)
    assert desk.phase == "starting"
    desk.start(StreamWish(5))  # one after the other
    assert desk.wish == WISH
    supervisor.gate.set()
    qtbot.waitUntil(lambda: desk.phase == "running", timeout=5000)
    supervisor.gate.clear()
    desk.stop()
    desk.stop()
    assert desk.phase == "stopping"
    supervisor.gate.set()
    qtbot.waitUntil(lambda: desk.phase == "idle", timeout=5000)
    assert supervisor.calls == ["start", "stop"]
    assert threading.current_thread().name not in supervisor.threads


def test_it_asks_how_they_go_as_long_as_there_are_any(
    desk: StreamDesk, supervisor: FakeSupervisor, qtbot: QtBot
) -> None:
    begin(desk, qtbot)
    supervisor.now = (live(1), live(2))
    with qtbot.waitSignal(desk.told, timeout=5000):
        pass
    assert desk.statuses == supervisor.now
    desk.stop()
    qtbot.waitUntil(lambda: desk.phase == "idle", timeout=5000)
    assert [status.state for status in desk.statuses] == ["ended", "ended"]
    assert not desk._timer.isActive()


def test_nothing_is_told_twice(desk: StreamDesk, supervisor: FakeSupervisor, qtbot: QtBot) -> None:
    begin(desk, qtbot)
    supervisor.now = (live(1),)
    desk.poll()
    with qtbot.assertNotEmitted(desk.told):
        desk.poll()


def test_what_somebody_should_know_of_them_is_said(
    model: ViewerModel, desk: StreamDesk, supervisor: FakeSupervisor, qtbot: QtBot
) -> None:
    supervisor.notes = ("a.csv: 60 frames a second are assumed",)
    begin(desk, qtbot)
    assert model.message.text == supervisor.notes[0]


def test_stop_while_they_start_waits_for_the_start(desk: StreamDesk, supervisor: FakeSupervisor, qtbot: QtBot) -> None:
    supervisor.gate.clear()
    desk.start(WISH)
    desk.stop()
    supervisor.gate.set()
    qtbot.waitUntil(lambda: desk.phase == "idle", timeout=5000)
    assert supervisor.calls == ["start", "stop"]


def test_one_stream_is_begun_anew(desk: StreamDesk, supervisor: FakeSupervisor, qtbot: QtBot) -> None:
    desk.restart(1)
    begin(desk, qtbot)
    desk.restart(2)
    qtbot.waitUntil(lambda: ("restart", 2) in supervisor.calls, timeout=5000)
    assert supervisor.calls == ["start", ("restart", 2)]


def test_a_start_that_fails_says_why_and_leaves_nothing(
    model: ViewerModel, desk: StreamDesk, supervisor: FakeSupervisor, qtbot: QtBot
) -> None:
    supervisor.refuses = "nothing answers at 127.0.0.1:1935"
    desk.start(WISH)
    qtbot.waitUntil(lambda: desk.phase == "idle", timeout=5000)
    assert desk.problem == model.message.text == supervisor.refuses
    assert supervisor.calls == ["start", "stop"]


def test_a_supervisor_that_cannot_be_had_says_why(model: ViewerModel, qtbot: QtBot) -> None:
    def refuse(*_: object) -> FakeSupervisor:
        raise MienError("the disk is full")

    desk = StreamDesk(model, refuse, lambda _form: None)
    desk.start(WISH)
    qtbot.waitUntil(lambda: desk.phase == "idle", timeout=5000)
    assert desk.problem == "the disk is full"
    desk.close()


def test_what_cannot_be_is_not_even_tried(desk: StreamDesk, supervisor: FakeSupervisor) -> None:
    desk.start(StreamWish(2, to="rtmp://127.0.0.1/live/x"))
    assert desk.phase == "idle"
    assert "{n}" in desk.problem
    assert not supervisor.calls


def test_streams_that_are_refused_are_shown_beside_the_others(model: ViewerModel, qtbot: QtBot) -> None:
    supervisor = FakeSupervisor()
    desk = StreamDesk(model, lambda _wish, _judgement: supervisor, lambda _form: a_plan())
    desk.start(StreamWish(3, way="workers"))
    qtbot.waitUntil(lambda: desk.phase == "running", timeout=5000)
    supervisor.now = (live(1), live(2))
    desk.poll()
    assert [status.state for status in desk.statuses] == ["live", "live", "refused"]
    desk.close()


def test_when_all_are_over_the_supervisor_goes_and_their_words_stay(
    model: ViewerModel, desk: StreamDesk, supervisor: FakeSupervisor, qtbot: QtBot
) -> None:
    begin(desk, qtbot)
    supervisor.now = (live(1, state="failed", note="given up"), live(2, state="ended"))
    qtbot.waitUntil(lambda: desk.phase == "idle", timeout=5000)
    assert supervisor.calls == ["start", "stop"]
    assert len(desk.statuses) == 2
    assert model.message.text == "All streams have ended"


@pytest.mark.parametrize("phase", ["idle", "starting", "running", "stopping"])
def test_the_window_takes_them_along_whatever_they_are_doing(
    desk: StreamDesk, supervisor: FakeSupervisor, qtbot: QtBot, phase: str
) -> None:
    if phase == "starting":
        desk.start(WISH)
    elif phase != "idle":
        begin(desk, qtbot)
    if phase == "stopping":
        desk.stop()
    desk.close()
    desk.close()
    assert phase == "idle" or supervisor.calls[-1] == "stop"


def test_another_engine_is_another_judgement(model: ViewerModel, desk: StreamDesk, qtbot: QtBot) -> None:
    info = EngineInfo("Anna", (), False, PathState("host", "", "swift"), {}, (), face_file=Path("anna.glb"))
    with qtbot.waitSignal(desk.changed, timeout=3000):
        model.set_engine(info)
    kind = desk.judge(WISH).kind
    assert kind is not None
    assert kind.face == Path("anna.glb")
