"""viewer.engine_thread on a fake engine: newest wins, every frame comes back, errors are told and survived."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from gpu_core.errors import GLError, InferenceError
from gpu_core.expression import NEUTRAL
from gpu_core.settings import Frame, FrameRequest
from viewer.engine_thread import EngineThread
from viewer.failures import PAUSE_AFTER

pytestmark = pytest.mark.display


def asking(jaw: float) -> FrameRequest:
    return FrameRequest((NEUTRAL.with_weights({"jawOpen": jaw}),))


class Screen:
    """Shows the newest frame and gives the one before back, as the viewport does."""

    def __init__(self, thread: EngineThread) -> None:
        self.frames: list[Frame] = []
        self._thread = thread

    def show(self, frame: Frame, _dropped: int) -> None:
        if self.frames:
            self._thread.give_back(self.frames[-1], None)
        self.frames.append(frame)

    @property
    def jaws(self) -> list[float]:
        return [frame.request.expressions[0]["jawOpen"] for frame in self.frames]


@pytest.fixture
def thread(qapp: Any, engines: Any) -> Iterator[EngineThread]:
    thread = EngineThread(engines)
    yield thread
    assert thread.stop()


@pytest.fixture
def screen(thread: EngineThread, qtbot: QtBot) -> Screen:
    screen = Screen(thread)
    # pytest's own objects are no QObjects: without a queued connection they would be called on the engine thread.
    from PySide6.QtCore import Qt

    thread.frame_ready.connect(screen.show, Qt.ConnectionType.QueuedConnection)
    with qtbot.waitSignal(thread.opened, timeout=10_000):
        thread.start()
    return screen


def test_it_says_what_it_opened(thread: EngineThread, qtbot: QtBot) -> None:
    with qtbot.waitSignal(thread.opened, timeout=10_000) as opened:
        thread.start()
    assert opened.args is not None
    assert opened.args[0].face == "ellipse"
    assert opened.args[0].path == "fake"


def test_a_request_becomes_a_frame(thread: EngineThread, screen: Screen, qtbot: QtBot) -> None:
    thread.request(asking(0.5))
    qtbot.waitUntil(lambda: screen.jaws == [0.5], timeout=5000)


def test_a_batch_of_which_nobody_hears_comes_all_the_same(
    thread: EngineThread, screen: Screen, engines: Any, qtbot: QtBot
) -> None:
    """CUDA calls no host function after an error in its context: nothing wakes the thread."""
    engines.last.on_ready(lambda: None)
    engines.last._delay_s = 0.05
    thread.request(asking(0.5))
    qtbot.waitUntil(lambda: screen.jaws == [0.5], timeout=5000)


def test_equal_requests_need_one_frame(thread: EngineThread, screen: Screen, engines: Any, qtbot: QtBot) -> None:
    for _ in range(3):
        thread.request(asking(0.5))
        qtbot.wait(20)
    qtbot.waitUntil(lambda: len(screen.frames) == 1, timeout=5000)
    qtbot.wait(50)
    assert len(engines.last.submitted) == 1


def test_the_newest_of_many_requests_is_always_drawn(qtbot: QtBot, engines: Any, thread: EngineThread) -> None:
    engines.options = {"delay_s": 0.02}
    screen = Screen(thread)
    from PySide6.QtCore import Qt

    thread.frame_ready.connect(screen.show, Qt.ConnectionType.QueuedConnection)
    thread.start()
    for step in range(101):
        thread.request(asking(step / 100))
        qtbot.wait(1)
    qtbot.waitUntil(lambda: bool(screen.jaws) and screen.jaws[-1] == 1.0, timeout=10_000)
    assert screen.jaws == sorted(screen.jaws)
    assert len(screen.frames) < 101, "some were dropped: the generator is slower than the hand"


@pytest.mark.parametrize(("by_hand", "deepest"), [(True, 1), (False, 2)])
def test_a_hand_gets_the_engine_to_itself_and_a_performance_fills_the_pipeline(
    qtbot: QtBot, engines: Any, thread: EngineThread, by_hand: bool, deepest: int
) -> None:
    engines.options = {"delay_s": 0.05}
    screen, depths = Screen(thread), []
    from PySide6.QtCore import Qt

    thread.frame_ready.connect(screen.show, Qt.ConnectionType.QueuedConnection)
    with qtbot.waitSignal(thread.opened, timeout=10_000):
        thread.start()
    submit = engines.last.submit

    def noted(request: FrameRequest) -> None:
        submit(request)
        depths.append(engines.last.in_flight)

    engines.last.submit = noted
    for step in range(41):
        thread.request(replace(asking(step / 40), by_hand=by_hand))
        qtbot.wait(5)
    qtbot.waitUntil(lambda: bool(screen.jaws) and screen.jaws[-1] == 1.0, timeout=10_000)
    assert max(depths) == deepest


def test_frames_come_back_to_the_engine(thread: EngineThread, screen: Screen, engines: Any, qtbot: QtBot) -> None:
    for step in range(1, 12):
        thread.request(asking(step / 20))
        qtbot.waitUntil(lambda step=step: len(screen.frames) == step, timeout=5000)
    qtbot.waitUntil(lambda: len(engines.last.recycled) == 10, timeout=5000)


def test_draw_all_drops_nothing(thread: EngineThread, screen: Screen, qtbot: QtBot) -> None:
    wanted = [step / 30 for step in range(30)]
    tapped: list[float] = []

    def tap(_engine: Any, frame: Frame) -> int:
        tapped.append(frame.request.expressions[0]["jawOpen"])
        return 100

    with qtbot.waitSignal(thread.all_drawn, timeout=10_000):
        thread.request(asking(0.99))
        thread.draw_all((asking(jaw) for jaw in wanted), tap)
    assert tapped == wanted
    filmed = {
        frame.traffic.recorded_bytes for frame in screen.frames if frame.request.expressions[0]["jawOpen"] != 0.99
    }
    assert filmed == {100}, "what the tap copied is counted on its own"
    qtbot.waitUntil(lambda: sorted(set(screen.jaws)) == sorted({*wanted, 0.99}), timeout=5000)


def test_draw_all_drops_nothing_although_a_still_is_saved_meanwhile(
    thread: EngineThread, screen: Screen, engines: Any, qtbot: QtBot
) -> None:
    wanted = [step / 10 for step in range(10)]
    tapped: list[float] = []
    taken: list[int] = []

    def tap(_engine: Any, frame: Frame) -> int:
        tapped.append(frame.request.expressions[0]["jawOpen"])
        if len(tapped) == 4:
            thread.run_job(drain)
        return 0

    def drain(engine: Any) -> None:
        taken.append(engine.in_flight)
        while engine.in_flight:
            for frame in engine.collect(wait=True):
                engine.recycle(frame)

    engines.last._delay_s = 0.1
    with qtbot.waitSignal(thread.all_drawn, timeout=10_000):
        thread.draw_all((asking(jaw) for jaw in wanted), tap)
    assert taken[0] > 0, "something was in flight"
    assert tapped == wanted


def test_a_failing_change_keeps_the_old_face(
    thread: EngineThread, screen: Screen, engines: Any, qtbot: QtBot, tmp_path: Path
) -> None:
    with qtbot.waitSignal(thread.trouble, timeout=5000) as trouble:
        thread.change(lambda engine: engine.load_face(tmp_path / "nobody.glb"))
    assert trouble.args is not None
    assert "nobody.glb" in trouble.args[0]
    assert engines.last.face.name == "ellipse"
    thread.request(asking(0.3))
    qtbot.waitUntil(lambda: screen.jaws == [0.3], timeout=5000)


def test_a_job_with_a_fault_is_told_and_the_face_goes_on(
    thread: EngineThread, screen: Screen, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    def job(_engine: Any) -> None:
        raise RuntimeError("too many batches in flight")

    with qtbot.waitSignal(thread.trouble, timeout=5000) as trouble, caplog.at_level(logging.ERROR):
        thread.run_job(job)
    assert trouble.args == ["RuntimeError: too many batches in flight"]
    assert "a job failed" in caplog.text
    thread.request(asking(0.3))
    qtbot.waitUntil(lambda: screen.jaws == [0.3], timeout=5000)


@pytest.mark.parametrize("refused", [False, True])
def test_a_job_that_takes_what_is_in_flight_leaves_no_old_picture(
    thread: EngineThread, screen: Screen, engines: Any, qtbot: QtBot, refused: bool
) -> None:
    """A still that is saved, or a change, finishes and recycles the batches under way."""

    def drain(engine: Any) -> None:
        while engine.in_flight:
            for frame in engine.collect(wait=True):
                engine.recycle(frame)
        if refused:
            raise GLError("no")

    engines.last._delay_s = 0.3
    thread.request(asking(0.5))
    qtbot.waitUntil(lambda: engines.last.in_flight == 1, timeout=5000)
    thread.run_job(drain)
    qtbot.waitUntil(lambda: screen.jaws == [0.5], timeout=5000)


def test_another_face_is_told_and_drawn_at_once(
    thread: EngineThread, screen: Screen, qtbot: QtBot, tmp_path: Path
) -> None:
    thread.request(asking(0.3))
    qtbot.waitUntil(lambda: len(screen.frames) == 1, timeout=5000)
    (tmp_path / "bella.glb").touch()
    with qtbot.waitSignal(thread.opened, timeout=5000) as opened:
        thread.change(lambda engine: engine.load_face(tmp_path / "bella.glb"))
    assert opened.args is not None
    assert (opened.args[0].face, opened.args[0].is_foreign) == ("bella", True)
    qtbot.waitUntil(lambda: screen.jaws == [0.3, 0.3], timeout=5000)


def test_equal_failures_are_told_once_and_then_pause(
    thread: EngineThread, screen: Screen, engines: Any, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    engines.last.fail_with = InferenceError("the network fell over")
    told: list[str] = []
    from PySide6.QtCore import Qt

    thread.trouble.connect(told.append, Qt.ConnectionType.QueuedConnection)
    with (
        caplog.at_level(logging.CRITICAL, "viewer.engine_thread"),
        qtbot.waitSignal(thread.paused, timeout=5000) as paused,
    ):
        for step in range(PAUSE_AFTER):
            thread.request(asking(step / 10 + 0.1))
            qtbot.wait(20)
    assert paused.args is not None
    assert "the network fell over" in paused.args[0]
    assert told == ["the network fell over"]
    engines.last.fail_with = None
    thread.request(asking(0.9))
    qtbot.wait(50)
    assert screen.frames == [], "it pauses"
    thread.resume()
    qtbot.waitUntil(lambda: screen.jaws == [0.9], timeout=5000)


def test_a_broken_tap_is_dropped_and_told(thread: EngineThread, screen: Screen, qtbot: QtBot) -> None:
    def tap(_engine: Any, _frame: Frame) -> int:
        raise InferenceError("the disk is full")

    thread.set_tap(tap)
    with qtbot.waitSignal(thread.trouble, timeout=5000):
        thread.request(asking(0.4))
    thread.request(asking(0.5))
    qtbot.waitUntil(lambda: screen.jaws == [0.4, 0.5], timeout=5000)


def test_a_frame_that_cannot_be_read_goes_back_to_the_engine(qapp: Any, engines: Any, qtbot: QtBot) -> None:
    def refuse(*_: object) -> None:
        raise GLError("this cannot be read")

    thread = EngineThread(engines, reads_back=True)
    with qtbot.waitSignal(thread.opened, timeout=10_000):
        thread.start()
    engines.last.read = refuse
    with qtbot.waitSignal(thread.trouble, timeout=5000) as trouble:
        thread.request(asking(0.5))
    assert trouble.args == ["this cannot be read"]
    qtbot.waitUntil(lambda: engines.last.recycled == [0], timeout=5000)
    assert thread.stop()


def test_an_engine_that_cannot_be_opened_says_why(qapp: Any, qtbot: QtBot) -> None:
    def refuse() -> Any:
        raise GLError("no OpenGL here")

    thread = EngineThread(refuse)
    with qtbot.waitSignal(thread.failed, timeout=10_000) as failed:
        thread.start()
    assert failed.args == ["no OpenGL here"]
    assert thread.stop()


def test_stopping_closes_the_engine_and_may_be_repeated(thread: EngineThread, screen: Screen, engines: Any) -> None:
    thread.request(asking(0.5))
    assert thread.stop()
    assert engines.last.closed
    assert thread.stop()


def test_an_engine_that_does_not_end_in_time_is_told(
    thread: EngineThread, screen: Screen, caplog: pytest.LogCaptureFixture
) -> None:
    go_on = threading.Event()

    def take_long(_engine: object) -> None:
        go_on.wait(30)

    thread.run_job(take_long)
    assert not thread.stop(20)
    go_on.set()
    assert "the engine has not ended within 0.02 s" in caplog.text
    assert thread.stop()
