"""viewer.streaming.plan_view: the sentence, the table, the plot and the button."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pyqtgraph as pg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.viewer.fake_streams import a_plan
from viewer.streaming.plan_view import UNMEASURED, PlanView
from viewer.streaming.planning import Planning, Tell
from viewer.streams.plan import Plan
from viewer.streams.values import StreamForm
from viewer.takes.errands import Errand

pytestmark = pytest.mark.display


class Scene:
    """A view, and a machine that is measured when `go` says so."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.fps = 25.0
        self.planning = Planning(lambda _form: None, self.measure)
        self.view = PlanView(self.planning, lambda: self.fps)

    def measure(self, _form: StreamForm, _errand: Errand, tell: Tell) -> Plan:
        tell(0.5, "Round 2 of 3")
        assert self.go.wait(10)
        return a_plan()


@pytest.fixture
def scene(qtbot: QtBot) -> Iterator[Scene]:
    scene = Scene()
    qtbot.addWidget(scene.view)
    scene.view.resize(288, 400)
    scene.view.show()
    scene.planning.consider(StreamForm())
    yield scene
    scene.go.set()
    scene.planning.close()


def texts(scene: Scene) -> list[str]:
    return [label.text() for label in scene.view.table.findChildren(QLabel)]


def test_before_it_says_what_would_fill_it(scene: Scene) -> None:
    assert scene.view.sentence.text() == UNMEASURED
    assert not scene.view.plot.isVisible()
    assert not scene.view.cancel.isVisible()


def test_measured_it_tells_what_the_machine_holds(scene: Scene, qtbot: QtBot) -> None:
    qtbot.mouseClick(scene.view.measure, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: scene.view.doing.text() == "Round 2 of 3", timeout=5000)
    assert scene.view.bar.value() == 500
    assert scene.view.cancel.isVisible()
    scene.go.set()
    qtbot.waitUntil(lambda: scene.view.sentence.text() != UNMEASURED, timeout=5000)
    assert scene.view.sentence.text() == "This machine holds 3 streams of 512x512 at 25 fps, as one batch."
    assert not scene.view.bar.isVisible()
    said = texts(scene)
    assert said[:1] == ["a process each"]
    rates = {way: [point.faces_per_s for point in a_plan().curve(way)] for way in ("workers", "batch")}
    assert {f"{rate:.0f}" for rate in (*rates["workers"], *rates["batch"])} | {"100"} <= set(said)  # % of one face
    curves = [item for item in scene.view.plot.getPlotItem().items if isinstance(item, pg.PlotCurveItem)]
    assert [list(curve.yData) for curve in curves] == [[25.0, 50.0, 100.0], rates["workers"], rates["batch"]]


def test_the_sentence_is_for_the_rate_that_is_thought_about(scene: Scene, qtbot: QtBot) -> None:
    scene.go.set()
    scene.planning.measure()
    qtbot.waitUntil(lambda: scene.planning.plan is not None, timeout=5000)
    scene.fps = 10.0
    scene.view.refresh()
    assert "at 10 fps" in scene.view.sentence.text()


def test_it_can_be_given_up(scene: Scene, qtbot: QtBot) -> None:
    scene.planning.measure()
    qtbot.mouseClick(scene.view.cancel, Qt.MouseButton.LeftButton)
    assert scene.view.measure.isVisible()
    assert scene.view.sentence.text() == UNMEASURED


def test_while_streams_run_it_says_why_it_cannot(scene: Scene) -> None:
    scene.planning.forbid("While streams run, nothing can be measured.")
    assert not scene.view.measure.isEnabled()
    assert scene.view.doing.text() == "While streams run, nothing can be measured."
