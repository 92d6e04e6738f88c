"""viewer.panels.streams: many faces with mouse and keys, on a supervisor that does what it is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.viewer.fake_streams import FakeSupervisor, a_plan, live
from viewer.panels.streams import NOTHING, WIDE_PX, StreamsPanel
from viewer.streaming.desk import StreamDesk
from viewer.streaming.planning import Planning
from viewer.streams.overload import Advice
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display
TITLES = {"talk": "Talk", "range": "Range of motion"}


@pytest.fixture
def supervisor() -> FakeSupervisor:
    return FakeSupervisor()


@pytest.fixture
def planning(model: ViewerModel) -> Iterator[Planning]:
    planning = Planning(lambda _form: None, lambda *_: a_plan(), model)
    yield planning
    planning.close()


@pytest.fixture
def panel(model: ViewerModel, supervisor: FakeSupervisor, planning: Planning, qtbot: QtBot) -> Iterator[StreamsPanel]:
    desk = StreamDesk(model, lambda _wish, _judgement: supervisor, planning.plan_of)
    panel = StreamsPanel(desk, planning, TITLES)
    qtbot.addWidget(panel)
    panel.resize(1272, 190)
    panel.show()
    yield panel
    desk.close()


def click(qtbot: QtBot, panel: StreamsPanel) -> None:
    qtbot.mouseClick(panel.button, Qt.MouseButton.LeftButton)


def test_a_click_starts_and_another_stops(panel: StreamsPanel, supervisor: FakeSupervisor, qtbot: QtBot) -> None:
    assert panel.empty.text() == NOTHING
    assert "end when it closes" in panel.button.toolTip()
    supervisor.now = (live(1), live(2))
    click(qtbot, panel)
    qtbot.waitUntil(lambda: panel.line.text() == "2 of 2 live, 50 faces/s, 91 % CPU", timeout=5000)
    assert panel.button.text() == "Stop"
    assert not panel.form.isVisible()
    assert len(panel.grid.cards) == 2
    assert not panel.empty.isVisible()
    click(qtbot, panel)
    qtbot.waitUntil(lambda: panel.button.text() == "Start", timeout=5000)
    assert panel.form.isVisible()
    assert [card.text.state for card in panel.grid.cards if card.text] == ["ended", "ended"]


def test_return_in_the_target_starts_and_no_secret_is_seen(
    panel: StreamsPanel, supervisor: FakeSupervisor, qtbot: QtBot
) -> None:
    qtbot.keyClicks(panel.form.to, "rtmp://ann:geheim@host/live/face-{n}")
    qtbot.keyClick(panel.form.to, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: supervisor.calls == ["start"], timeout=5000)
    assert panel._desk.wish.to == "rtmp://ann:geheim@host/live/face-{n}"
    assert "geheim" not in panel.form.to.text() + panel.line.toolTip() + panel._desk._model.message.text


def test_what_cannot_begin_says_why_before(panel: StreamsPanel, qtbot: QtBot) -> None:
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow, timeout=3000)
    panel.form.to.setFocus()
    qtbot.keyClicks(panel.form.to, "rtmp://host/live/face")
    qtbot.keyClick(panel.form.to, Qt.Key.Key_Tab)
    assert "{n}" in panel.reason.text()
    assert panel.reason.property("state") == "error"
    assert not panel.button.isEnabled()
    panel.form.faces.setValue(1)
    assert not panel.reason.isVisible()
    assert panel.button.isEnabled()


def test_who_would_be_refused_is_said_before(panel: StreamsPanel, planning: Planning, qtbot: QtBot) -> None:
    panel.form.faces.setValue(8)
    assert not panel.reason.isVisible()  # nothing is known yet
    planning.measure()
    qtbot.waitUntil(panel.reason.isVisible, timeout=5000)
    assert panel.reason.text().startswith("Streams 4 to 8 would be refused: this machine holds 3 streams")
    assert panel.reason.property("state") == "warning"
    assert panel.button.isEnabled()
    panel.form.way.when_full.setCurrentIndex(1)
    assert "all go slower" in panel.reason.text()


def test_a_start_that_fails_says_why_until_something_else_is_asked(
    panel: StreamsPanel, supervisor: FakeSupervisor, qtbot: QtBot
) -> None:
    supervisor.refuses = "nothing answers at 127.0.0.1:1935; is the server up?"
    click(qtbot, panel)
    qtbot.waitUntil(lambda: panel.reason.text() == "N" + supervisor.refuses[1:], timeout=5000)
    assert panel.reason.property("state") == "error"
    assert panel.button.isEnabled()
    panel.form.faces.setValue(3)
    assert not panel.reason.isVisible()


def test_a_machine_that_does_not_keep_up_is_said(panel: StreamsPanel, supervisor: FakeSupervisor, qtbot: QtBot) -> None:
    supervisor.now = (live(1),)
    click(qtbot, panel)
    qtbot.waitUntil(lambda: bool(panel.grid.cards), timeout=5000)
    assert not panel.reason.isVisible()
    supervisor.advice = Advice(0.6, "this machine is too busy: all streams go at 15 fps")
    panel._desk.poll()
    assert panel.reason.text() == "This machine is too busy: all streams go at 15 fps"
    supervisor.advice = Advice()
    panel._desk.poll()
    assert not panel.reason.isVisible()


def test_one_stream_is_begun_anew_by_its_card(panel: StreamsPanel, supervisor: FakeSupervisor, qtbot: QtBot) -> None:
    supervisor.now = (live(1), live(2))
    click(qtbot, panel)
    qtbot.waitUntil(lambda: len(panel.grid.cards) == 2, timeout=5000)
    qtbot.mouseClick(panel.grid.cards[1].button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ("restart", 2) in supervisor.calls, timeout=5000)


@pytest.mark.parametrize("width", [344, WIDE_PX - 1, WIDE_PX, 1272])
def test_nothing_is_cut_off_at_any_width(
    panel: StreamsPanel, supervisor: FakeSupervisor, planning: Planning, qtbot: QtBot, width: int
) -> None:
    panel.form.fold.setChecked(True)
    planning.measure()
    qtbot.waitUntil(lambda: planning.plan is not None, timeout=5000)
    panel.resize(width, 260)
    qtbot.wait(20)
    assert panel.width() == width
    assert panel.area.widget().width() <= panel.area.viewport().width()
    beside = panel.plan.x() > panel.form.geometry().right()
    assert beside is (width >= WIDE_PX)
    supervisor.now = tuple(live(number) for number in range(1, 9))
    click(qtbot, panel)
    qtbot.waitUntil(lambda: len(panel.grid.cards) == 8, timeout=5000)
    qtbot.wait(20)
    assert panel.area.widget().width() <= panel.area.viewport().width()
    assert all(card.geometry().right() < panel.grid.width() for card in panel.grid.cards)


def test_while_nobody_looks_nothing_is_drawn(panel: StreamsPanel, supervisor: FakeSupervisor, qtbot: QtBot) -> None:
    panel.hide()
    supervisor.now = (live(1),)
    panel.toggle()
    qtbot.waitUntil(lambda: panel._desk.statuses == supervisor.now, timeout=5000)
    assert not panel.grid.cards
    panel.show()
    assert len(panel.grid.cards) == 1
