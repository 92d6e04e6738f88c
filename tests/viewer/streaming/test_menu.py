"""viewer.streaming.menu in the whole window: shortcuts, and the dock's height."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.viewer.fake_streams import FakeSupervisor, live
from viewer.cockpit import Cockpit
from viewer.streaming.menu import ROOM_PX, show_streams
from viewer.streaming.room import RUNNING, StreamRoom

pytestmark = pytest.mark.display
CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def supervisor(cockpit: Cockpit, monkeypatch: pytest.MonkeyPatch) -> FakeSupervisor:
    supervisor = FakeSupervisor()
    monkeypatch.setattr(cockpit.desk.streaming.desk, "_open", lambda _wish, _judgement: supervisor)
    return supervisor


def press(qtbot: QtBot, cockpit: Cockpit, key: Qt.Key) -> None:
    cockpit.window.activateWindow()
    qtbot.waitUntil(cockpit.window.isActiveWindow, timeout=3000)
    qtbot.keyClick(cockpit.viewport, key, CTRL_SHIFT)


def room(cockpit: Cockpit) -> StreamRoom:
    return cockpit.desk.streaming


def test_artists_do_not_see_it_and_engineers_have_a_tab(cockpit: Cockpit) -> None:
    window = cockpit.window
    window.set_layout("artist")
    assert window.docks["Streams"].isHidden()
    window.set_layout("engineer")
    assert not window.docks["Streams"].isHidden()
    assert window.docks["Recording"] in window.tabifiedDockWidgets(window.docks["Streams"])
    assert not window.docks["Recording"].visibleRegion().isEmpty()


@pytest.mark.parametrize("layout", ["artist", "engineer"])
def test_a_key_brings_it_to_the_front_with_room_to_see(cockpit: Cockpit, qtbot: QtBot, layout: str) -> None:
    cockpit.window.resize(1280, 800)
    cockpit.window.set_layout(layout)
    dock = cockpit.window.docks["Streams"]
    qtbot.wait(50)
    press(qtbot, cockpit, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: not dock.visibleRegion().isEmpty(), timeout=3000)
    qtbot.waitUntil(lambda: dock.height() > 180, timeout=3000)
    qtbot.wait(50)
    assert (cockpit.window.width(), cockpit.window.height()) == (1280, 800)
    assert cockpit.viewport.width() >= 640


def test_behind_another_tab_it_gives_the_height_back(cockpit: Cockpit, qtbot: QtBot) -> None:
    window = cockpit.window
    window.resize(1280, 800)
    window.set_layout("engineer")
    qtbot.wait(50)
    before = window.docks["Recording"].height()
    show_streams(window)
    qtbot.waitUntil(lambda: window.docks["Performance"].height() > ROOM_PX - 20, timeout=3000)
    window.docks["Recording"].raise_()
    qtbot.waitUntil(lambda: abs(window.docks["Recording"].height() - before) <= 4, timeout=3000)


def test_a_key_starts_and_stops(cockpit: Cockpit, supervisor: FakeSupervisor, qtbot: QtBot) -> None:
    supervisor.now = (live(1), live(2))
    cockpit.window.set_layout("artist")
    press(qtbot, cockpit, Qt.Key.Key_G)
    qtbot.waitUntil(lambda: room(cockpit).desk.phase == "running", timeout=5000)
    assert not cockpit.window.docks["Streams"].isHidden()  # what begins is seen
    assert room(cockpit).planning.why_not == RUNNING
    press(qtbot, cockpit, Qt.Key.Key_G)
    qtbot.waitUntil(lambda: room(cockpit).desk.phase == "idle", timeout=5000)
    assert not room(cockpit).planning.why_not
    assert supervisor.calls == ["start", "stop"]
