"""viewer.closing: every part is ended, and a window closes whatever one of them makes of that."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from viewer.closing import close_all
from viewer.cockpit import Cockpit
from viewer.voice.speech_work import SpeechWork


def refuse(*_: object) -> None:
    raise AttributeError("this part refuses")


def test_who_refuses_is_told_of_and_the_others_are_closed(failed_closings: list[logging.LogRecord]) -> None:
    closed: list[str] = []
    close_all(lambda: closed.append("first"), refuse, lambda: closed.append("last"))
    assert closed == ["first", "last"]
    assert [record.getMessage() for record in failed_closings] == ["refuse failed"]
    assert failed_closings[0].exc_info is not None
    failed_closings.clear()


@pytest.mark.display
def test_a_part_that_refuses_leaves_no_engine_running(
    engines: Any, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, failed_closings: list[logging.LogRecord]
) -> None:
    cockpit = Cockpit(engines, remembers=False)
    qtbot.addWidget(cockpit.window)
    cockpit.open()
    qtbot.waitUntil(lambda: cockpit.model.shown is not None, timeout=30_000)
    with monkeypatch.context() as patches:
        patches.setattr(SpeechWork, "close", refuse)
        assert cockpit.window.close()
    assert not cockpit.engine_thread.isRunning()
    assert engines.last.closed
    assert [record.getMessage() for record in failed_closings] == ["SpeechModel.close failed"]
    failed_closings.clear()
    cockpit.desk.speech.close()
    again = Cockpit(engines, remembers=False)  # this crashed
    qtbot.addWidget(again.window)
    again.window.close()
