"""viewer.tracing: a trace of the window, begun and ended by the menu or the command line."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gpu_core.errors import MienError
from gpu_core.nvml import GpuSample
from gpu_core.settings import StageTime
from gpu_core.telemetry import UtilisationSample
from tests.chrome_trace import check, of_phase, read_trace, spans_by_track
from viewer.cockpit import Cockpit
from viewer.tracing import readings
from viewer.view_values import ViewMode

pytestmark = pytest.mark.display


def show_frames(cockpit: Cockpit, qtbot: QtBot, count: int) -> None:
    for step in range(count):
        cockpit.model.edit_weights({"jawOpen": 0.1 + 0.8 * step / count})
        qtbot.waitUntil(lambda: cockpit.model.outstanding == 0, timeout=5000)


def test_what_is_shown_stands_in_the_trace(cockpit: Cockpit, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "new" / "trace.json"
    cockpit.tracing.start(path)
    assert cockpit.model.trace == str(path)
    show_frames(cockpit, qtbot, 3)
    cockpit.utilisation.sample()
    cockpit.model.set_mode(ViewMode.RENDER)
    qtbot.waitUntil(lambda: cockpit.model.outstanding == 0, timeout=5000)
    cockpit.tracing.stop()
    cockpit.tracing.stop()
    events = read_trace(path)
    check(events)
    assert spans_by_track(events)["window"] == ["show"] * 4
    assert len(of_phase(events, "f")) == 4
    assert "CPU %" in {counter["name"] for counter in of_phase(events, "C")}
    assert (
        cockpit.model.message.text == f"Trace of 4 frames: {path} · open it at ui.perfetto.dev or in chrome://tracing"
    )
    assert cockpit.model.trace == ""


def test_what_a_gpu_tells_late_reaches_the_trace(cockpit: Cockpit, qtbot: QtBot, tmp_path: Path) -> None:
    cockpit.tracing.start(tmp_path / "trace.json")
    show_frames(cockpit, qtbot, 1)
    newest = cockpit.model.history.records()[-1]
    cockpit.model.note_late_stages(
        [(newest.index, (StageTime("infer", newest.submitted_ns or newest.finished_ns, 1.5, "gpu"),))]
    )
    cockpit.tracing.stop()
    assert spans_by_track(read_trace(tmp_path / "trace.json"))["GPU stream 1"] == ["infer"]


def test_what_was_done_beside_a_frame_stands_there_once(cockpit: Cockpit, qtbot: QtBot, tmp_path: Path) -> None:
    cockpit.tracing.start(tmp_path / "trace.json")
    show_frames(cockpit, qtbot, 1)
    newest = cockpit.model.history.records()[-1]
    for index in (newest.index, newest.index + 1):  # the one on the screen, and one that is yet to come
        cockpit.model.note_work_beside([(index, StageTime("encode", time.perf_counter_ns() - 9_000_000, 1.5))])
        time.sleep(0.01)
    cockpit.model.edit_weights({"jawOpen": 0.05})
    qtbot.waitUntil(lambda: cockpit.model.outstanding == 0, timeout=5000)
    assert [stage.name for stage in cockpit.model.history.records()[-1].stages].count("encode") == 1
    cockpit.tracing.stop()
    events = read_trace(tmp_path / "trace.json")
    check(events)
    assert spans_by_track(events)["encoder"] == ["encode", "encode"]
    assert "encoder 2" not in spans_by_track(events)


def test_another_path_is_marked(cockpit: Cockpit, tmp_path: Path) -> None:
    cockpit.tracing.start(tmp_path / "trace.json")
    assert cockpit.model.engine is not None
    cockpit.model.set_path(replace(cockpit.model.engine.state, engine="slide rule"))
    cockpit.tracing.stop()
    (mark,) = of_phase(read_trace(tmp_path / "trace.json"), "i")
    assert mark["name"].endswith(": slide rule")


def test_the_menu_begins_and_ends_a_trace_among_the_sessions(
    cockpit: Cockpit, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.tracing.sessions_folder", lambda: tmp_path / "Mien")
    actions = {action.text(): action for menu in cockpit.window.menuBar().actions() for action in menu.menu().actions()}
    action = actions["Record a trace"]
    action.trigger()
    assert action.text() == "End the trace"
    show_frames(cockpit, qtbot, 1)
    action.trigger()
    assert action.text() == "Record a trace"
    (path,) = (tmp_path / "Mien").glob("trace_20*.json")
    check(read_trace(path))


def test_a_trace_is_complete_when_the_window_is_closed(cockpit: Cockpit, tmp_path: Path) -> None:
    cockpit.tracing.start(tmp_path / "trace.json")
    cockpit.window.close()
    read_trace(tmp_path / "trace.json")


def test_a_disk_that_fills_ends_the_trace_with_a_word_and_the_window_goes_on(cockpit: Cockpit, qtbot: QtBot) -> None:
    cockpit.tracing.start(Path("/dev/full"))
    show_frames(cockpit, qtbot, 1)
    assert cockpit.model.trace == ""
    assert cockpit.model.message.text.startswith("the trace /dev/full ends early: No space left on device")
    assert cockpit.model.message.level == "error"
    show_frames(cockpit, qtbot, 2)


def test_a_place_that_cannot_be_written_is_one_line(
    cockpit: Cockpit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(MienError, match="cannot be written: Is a directory"):
        cockpit.tracing.start(tmp_path)
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("viewer.tracing.sessions_folder", lambda: tmp_path / "file")
    cockpit.toggle_trace()
    assert "cannot be written" in cockpit.model.message.text
    assert cockpit.model.trace == ""


def test_what_a_gpu_does_not_tell_is_no_reading() -> None:
    sample = UtilisationSample(1, 150.0, 80.0, 512.0, GpuSample(busy_percent=97.0, performance_state=2))
    assert readings(sample) == {
        "CPU %": {"machine": 80.0}, "Mien, % of a core": {"process": 150.0}, "memory MB": {"Mien": 512.0},
        "GPU busy percent": {"GPU": 97.0}, "GPU performance state": {"GPU": 2.0},
    }  # fmt: skip
