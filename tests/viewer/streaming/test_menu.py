"""viewer.streaming.menu and room in the whole window: shortcuts, the dock's height, closing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
    press(qtbot, cockpit, Qt.Key.Key_G)
    qtbot.waitUntil(lambda: room(cockpit).desk.phase == "running", timeout=5000)
    assert room(cockpit).planning.why_not == RUNNING
    press(qtbot, cockpit, Qt.Key.Key_G)
    qtbot.waitUntil(lambda: room(cockpit).desk.phase == "idle", timeout=5000)
    assert not room(cockpit).planning.why_not
    assert supervisor.calls == ["start", "stop"]


def test_the_window_takes_its_streams_along(cockpit: Cockpit, supervisor: FakeSupervisor, qtbot: QtBot) -> None:
    room(cockpit).toggle()
    qtbot.waitUntil(lambda: room(cockpit).desk.phase == "running", timeout=5000)
    cockpit.window.close()
    assert supervisor.calls == ["start", "stop"]


def test_what_is_opened_in_the_window_can_be_streamed(cockpit: Cockpit, tmp_path: Path) -> None:
    take = tmp_path / "take.csv"
    take.touch()
    cockpit.desk.takes.opened.emit(str(take), "A take")
    panel: Any = cockpit.window.docks["Streams"].widget()
    assert panel.form.source.findText("A take") > 0


def test_whether_there_is_mps_is_asked_once_somebody_looks(cockpit: Cockpit, qtbot: QtBot, monkeypatch: Any) -> None:
    asked: list[int] = []

    def why() -> str:
        asked.append(1)
        return "There is no NVIDIA driver on this machine"

    monkeypatch.setattr("viewer.streaming.room.why_no_mps", why)
    panel: Any = cockpit.window.docks["Streams"].widget()
    panel._was_shown = False
    cockpit.window.set_layout("artist")
    show_streams(cockpit.window)
    qtbot.waitUntil(lambda: panel.form.way.why_not.text() == "There is no NVIDIA driver on this machine", timeout=5000)
    cockpit.window.docks["Streams"].hide()
    show_streams(cockpit.window)
    assert asked == [1]
