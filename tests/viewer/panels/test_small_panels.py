"""The path badge, the performances and the recording panel."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gpu_core.path_state import PathState
from viewer.engine_info import EngineInfo
from viewer.filming.filming_choice import FilmingChoice
from viewer.filming.filming_dialog import FilmingDialog
from viewer.panels.path_badge import PathBadge
from viewer.panels.performances import PerformancesPanel
from viewer.panels.recording import RecordingPanel
from viewer.sessions.disk_room import DiskRoom
from viewer.sessions.recording import Recording
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display
TITLES = {"talk": "Talk", "range": "Range"}


def test_the_badge_names_the_path_and_why(model: ViewerModel, qtbot: QtBot) -> None:
    badge = PathBadge(model)
    qtbot.addWidget(badge)
    model.set_engine(EngineInfo("anna", (), False, PathState("host", "no NVIDIA driver", "numpy"), {}, ()))
    assert "host" in badge.badge.text()
    assert badge.reason.text() == "No NVIDIA driver"
    assert badge.warnings.isHidden()


def test_the_badge_grows_with_its_warnings(model: ViewerModel, qtbot: QtBot) -> None:
    badge = PathBadge(model)
    qtbot.addWidget(badge)
    badge.resize(260, 80)
    badge.show()
    before = badge.height()
    warning = "the generator was trained on another face: its picture may be off"
    model.set_engine(EngineInfo("bella", (), True, PathState("render only", "no generator", "numpy"), {}, (warning,)))
    assert not badge.warnings.isHidden()
    assert badge.height() > before
    assert badge.warnings.property("state") == "warning"


def test_a_performance_is_chosen_and_played(model: ViewerModel, qtbot: QtBot) -> None:
    panel = PerformancesPanel(model, TITLES)
    qtbot.addWidget(panel)
    panel.choice.setCurrentIndex(1)
    panel.choice.activated.emit(1)
    assert model.playback.name == "range"
    qtbot.mouseClick(panel.play, Qt.MouseButton.LeftButton)
    assert model.playback.playing
    assert "Pause" in panel.play.toolTip()


def test_the_clock_follows_the_position(model: ViewerModel, qtbot: QtBot) -> None:
    panel = PerformancesPanel(model, TITLES)
    qtbot.addWidget(panel)
    model.set_playback(replace(model.playback, name="talk", position_s=62.5, duration_s=90.0))
    assert panel.clock.text() == "01:02.5 / 01:30.0"
    assert panel.position.value() == 6250


def test_scrubbing_stops_and_moves(model: ViewerModel, qtbot: QtBot) -> None:
    panel = PerformancesPanel(model, TITLES)
    qtbot.addWidget(panel)
    model.set_playback(replace(model.playback, name="talk", playing=True, duration_s=10.0))
    panel.position.sliderMoved.emit(250)
    assert (model.playback.playing, model.playback.position_s) == (False, 2.5)


def test_the_record_button_asks_and_shows(model: ViewerModel, qtbot: QtBot) -> None:
    panel = RecordingPanel(model, FilmingChoice())
    qtbot.addWidget(panel)
    with qtbot.waitSignal(panel.toggled, timeout=1000):
        qtbot.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    model.set_recording(Recording(True, str(Path.home() / "Videos" / "a"), 250, 10.0))
    assert panel.button.text() == "Stop"
    assert panel.time.text() == "00:10.0 · 250 f"
    assert panel.where.text() == str(Path("~/Videos/a"))
    assert panel.folder.isHidden()
    model.set_recording(replace(model.recording, dropped=3, record_ms=0.42, encode_ms=2.5))
    assert panel.where.text() == "Costs 0.4 ms a frame, 2.5 ms beside it; 3 dropped"
    model.set_recording(replace(model.recording, running=False))
    assert panel.where.text() == f"{Path('~/Videos/a')} · 3 dropped"
    assert panel.button.text() == "Record"
    assert not panel.folder.isHidden()


def test_the_recording_panel_says_what_is_missing_and_what_is_left(model: ViewerModel, qtbot: QtBot) -> None:
    choice = FilmingChoice()
    panel = RecordingPanel(model, choice)
    qtbot.addWidget(panel)
    assert "H.264, 25 fps" in panel.where.text()
    choice.choose(codec="png", fps=60.0)
    assert "PNG pictures, 60 fps" in panel.where.text()
    room = DiskRoom(200_000_000_000, 400_000.0)
    going = Recording(True, "/a", 250, 10.0, record_ms=0.42, encode_ms=2.5, room=room, encoder="x264", skipped=7)
    model.set_recording(going)
    assert panel.where.text() == "Costs 0.4 ms a frame, 2.5 ms beside it; room for 6 days"
    assert panel.where.property("state") == ""
    assert not panel.more.isEnabled()
    tip = panel.where.toolTip()
    assert "Encoded by x264" in tip
    assert "7 pictures came between" in tip
    assert "dropped" not in tip
    model.set_recording(replace(going, room=DiskRoom(120_000_000, 400_000.0), dropped=3, lost_rows=2))
    assert panel.where.text() == "The disk is nearly full: 5 min left; 3 dropped; 2 rows lost"
    assert panel.where.property("state") == "warning"
    assert "encoding was behind" in panel.where.toolTip()


def test_the_next_recording_is_asked_about(model: ViewerModel, qtbot: QtBot) -> None:
    choice = FilmingChoice()
    panel = RecordingPanel(model, choice)
    qtbot.addWidget(panel)
    panel.show()
    qtbot.mouseClick(panel.more, Qt.MouseButton.LeftButton)
    (dialog,) = panel.findChildren(FilmingDialog)
    assert dialog.isVisible()
    dialog.reject()
    choice.close()
