"""viewer.streaming.room in the whole window: what is wired, and the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from tests.viewer.fake_streams import FakeSupervisor
from viewer.cockpit import Cockpit
from viewer.streaming.menu import show_streams
from viewer.streaming.remembered import remembered

pytestmark = pytest.mark.display


@pytest.fixture
def supervisor(cockpit: Cockpit, monkeypatch: pytest.MonkeyPatch) -> FakeSupervisor:
    supervisor = FakeSupervisor()
    monkeypatch.setattr(cockpit.desk.streaming.desk, "_open", lambda _wish, _judgement: supervisor)
    return supervisor


def test_the_window_takes_its_streams_along(cockpit: Cockpit, supervisor: FakeSupervisor, qtbot: QtBot) -> None:
    cockpit.desk.streaming.toggle()
    qtbot.waitUntil(lambda: cockpit.desk.streaming.desk.phase == "running", timeout=5000)
    cockpit.window.close()
    assert supervisor.calls == ["start", "stop"]


def test_what_is_opened_in_the_window_can_be_streamed(cockpit: Cockpit) -> None:
    cockpit.desk.takes.opened.emit("/takes/a.csv", "A take")
    cockpit.desk.speech.spoken.emit("speech", "Speech: Hello")
    panel: Any = cockpit.window.docks["Streams"].widget()
    assert all(panel.form.source.findText(text) > 0 for text in ("Timeline", "A take", "Speech: Hello"))


def test_the_form_is_kept_for_the_next_time(cockpit: Cockpit, tmp_path: Path) -> None:
    streaming, memory = cockpit.desk.streaming, QSettings(str(tmp_path / "a.ini"), QSettings.Format.IniFormat)
    streaming._memory = memory
    panel: Any = cockpit.window.docks["Streams"].widget()
    panel.form.faces.setValue(7)
    assert remembered(memory).faces == 7


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
