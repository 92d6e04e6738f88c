"""viewer.recording_measuring: spans take turns, each recording is ended, and pairs say what is lost."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from pytestqt.qtbot import QtBot

from viewer import recording_measuring
from viewer.recording_measuring import RecordingSpans, told

if TYPE_CHECKING:
    from viewer.cockpit import Cockpit

pytestmark = pytest.mark.display


def test_spans_take_turns_and_leave_nothing(cockpit: Cockpit, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording_measuring, "PAIRS", 2)
    monkeypatch.setattr(recording_measuring, "SETTLE_MS", 100)
    steps = iter(range(1, 100_000))

    def move() -> None:
        cockpit.model.edit_weights({"jawOpen": next(steps) % 999 / 1000})

    def clocks() -> tuple[float, float, float]:
        shown = cockpit.model.shown
        return (shown.index if shown is not None else 0), time.perf_counter(), time.process_time()

    figures: list[dict[str, Any]] = []
    running: list[bool] = []
    cockpit.model.recording_changed.connect(lambda recording: running.append(recording.running))
    spans = RecordingSpans(cockpit.filming, 0.2, clocks, figures.append)
    spans.begin()

    def ended() -> bool:
        move()
        return bool(figures)

    qtbot.waitUntil(ended, timeout=20_000)
    assert figures[0]["fps_on"] > 0
    assert figures[0]["fps_off"] > 0
    assert running.count(False) == 2
    assert not spans._folder.exists()


def test_pairs_say_what_is_lost() -> None:
    found = told({False: [(30.0, 50.0), (20.0, 60.0), (10.0, 70.0)], True: [(27.0, 55.0), (19.0, 66.0), (8.0, 77.0)]})
    assert found["loss_percent"] == pytest.approx(10.0)
    assert (found["fps_off"], found["core_ms_on"]) == (20.0, 66.0)
