"""viewer.streaming.planning: plans are found again, measured beside the window, given up."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gpu_core.errors import MienError
from tests.viewer.fake_streams import a_plan
from viewer.push.values import VideoForm
from viewer.streaming.planning import Planning, Tell, kind_of
from viewer.streams.plan import Plan
from viewer.streams.values import StreamForm
from viewer.takes.errands import Errand

pytestmark = pytest.mark.display
FORM = StreamForm()


def nothing(_form: StreamForm) -> Plan | None:
    return None


@pytest.fixture
def planned(qapp: QApplication) -> object:
    made: list[Planning] = []

    def make(
        find: Callable[[StreamForm], Plan | None], measure: Callable[[StreamForm, Errand, Tell], Plan]
    ) -> Planning:
        made.append(Planning(find, measure))
        return made[-1]

    yield make
    for planning in made:
        planning.close()


def test_what_was_measured_before_is_found_once_for_each_kind(planned: Callable[..., Planning], qtbot: QtBot) -> None:
    asked: list[StreamForm] = []

    def find(form: StreamForm) -> Plan | None:
        asked.append(form)
        return a_plan() if form.size == 512 else None

    planning = planned(find, lambda *_: a_plan())
    planning.consider(FORM)
    qtbot.waitUntil(lambda: planning.plan == a_plan(), timeout=5000)
    assert (
        planning.plan_of(StreamForm(7, "range", "rtmp://h/x", video=VideoForm(15.0), threads=2, epoch_s=3.0))
        == a_plan()
    )
    planning.consider(StreamForm(size=256))
    assert planning.plan is None
    planning.consider(FORM)
    qtbot.waitUntil(lambda: len(asked) == 2, timeout=5000)
    assert asked == [kind_of(FORM), kind_of(StreamForm(size=256))]


def test_measuring_tells_how_far_it_is_and_then_the_plan(planned: Callable[..., Planning], qtbot: QtBot) -> None:
    go, told = threading.Event(), []

    def measure(_form: StreamForm, _errand: Errand, tell: Tell) -> Plan:
        tell(0.25, "2 faces in one batch")
        assert go.wait(10)
        return a_plan()

    planning = planned(nothing, measure)
    planning.changed.connect(lambda: told.append((planning.share, planning.doing)))
    planning.measure()
    assert not planning.is_measuring  # of what?
    planning.consider(FORM)
    planning.measure()
    planning.measure()
    qtbot.waitUntil(lambda: (0.25, "2 faces in one batch") in told, timeout=5000)
    go.set()
    qtbot.waitUntil(lambda: planning.plan == a_plan(), timeout=5000)
    assert not planning.is_measuring
    assert not planning.doing


def test_it_can_be_given_up_and_begun_again(planned: Callable[..., Planning], qtbot: QtBot) -> None:
    go = threading.Event()

    def measure(_form: StreamForm, errand: Errand, _tell: Tell) -> Plan:
        assert go.wait(10)
        if errand.is_cancelled:
            raise MienError("interrupted")
        return a_plan()

    planning = planned(nothing, measure)
    planning.consider(FORM)
    planning.measure()
    planning.cancel()
    assert not planning.is_measuring
    planning.measure()
    go.set()
    qtbot.waitUntil(lambda: planning.plan is not None, timeout=5000)
    assert not planning.has_failed


def test_a_failure_is_said_and_what_was_known_stays(planned: Callable[..., Planning], qtbot: QtBot) -> None:
    def fail(*_: object) -> Plan:
        raise MienError("mien: no OpenGL here")

    planning = planned(lambda _form: a_plan(), fail)
    planning.consider(FORM)
    qtbot.waitUntil(lambda: planning.plan is not None, timeout=5000)
    planning.measure()
    qtbot.waitUntil(lambda: planning.has_failed, timeout=5000)
    assert planning.doing == "no OpenGL here"
    assert planning.plan == a_plan()


def test_nothing_is_measured_while_streams_run(planned: Callable[..., Planning]) -> None:
    planning = planned(nothing, lambda *_: a_plan())
    planning.consider(FORM)
    planning.forbid("While streams run, nothing can be measured.")
    planning.measure()
    assert not planning.is_measuring
