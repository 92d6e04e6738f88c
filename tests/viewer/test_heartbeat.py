"""viewer.heartbeat: what keeps the event loop waiting is seen, whether it works or sleeps."""

from __future__ import annotations

import time

import pytest
from pytestqt.qtbot import QtBot

from viewer.heartbeat import BEAT_MS, Heartbeat, stalls

pytestmark = pytest.mark.display


def test_a_loop_that_is_kept_waiting_is_seen(qtbot: QtBot) -> None:
    heartbeat = Heartbeat()
    heartbeat.start()
    qtbot.wait(60)
    time.sleep(0.15)
    end_s = time.thread_time() + 0.03
    while time.thread_time() < end_s:
        pass
    qtbot.wait(30)
    found = heartbeat.stop()
    beats = found["count"]
    assert beats >= 4
    assert found["worst"] >= 175 - BEAT_MS
    assert found["worked_worst"] >= 30
    assert found["p50"] < found["worst"]
    qtbot.wait(30)
    assert len(heartbeat.late_ms) == beats, "it has stopped"
    heartbeat.start()
    assert heartbeat.late_ms == heartbeat.worked_ms == []
    heartbeat.stop()


def test_figures_of_stalls() -> None:
    found = stalls([0.0] * 99 + [80.0], [2.0] * 100)
    assert (found["count"], found["stalled"], found["p50"], found["worst"]) == (100, 1, 0.0, 80.0)
    assert 0.0 < found["p99"] < 80.0
    assert found["worked_p99"] == 2.0
    assert stalls([], [])["p50"] != stalls([], [])["p50"], "not a number where there was no beat"
