"""viewer.window and viewer.cockpit on a fake engine: shortcuts, layouts, commands, idling, closing."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDockWidget, QMenu, QTabBar
from pytestqt.qtbot import QtBot

from gpu_core.expression import NEUTRAL
from gpu_core.path_state import PathState
from tests.viewer.sessions.recording_process import picture
from viewer.about import TextDialog, report
from viewer.cockpit import Cockpit
from viewer.figures.spans import shares, spans_beside, unplaced
from viewer.files import open_file
from viewer.performance.builtin import BUILTIN
from viewer.sessions.checking import shortcomings
from viewer.sessions.recorder import Recorder
from viewer.sessions.recording import RecordingForm
from viewer.sessions.session import open_session
from viewer.sessions.video import VideoFile
from viewer.status_line import StatusLine, brief
from viewer.view_values import ViewMode

pytestmark = pytest.mark.display


def press(qtbot: QtBot, cockpit: Cockpit, key: Qt.Key, modifier: Any = Qt.KeyboardModifier.NoModifier) -> None:
    cockpit.window.activateWindow()
    cockpit.viewport.setFocus()
    qtbot.waitUntil(cockpit.window.isActiveWindow, timeout=3000)
    qtbot.keyClick(cockpit.viewport, key, modifier)


def test_numbers_change_the_view(cockpit: Cockpit, qtbot: QtBot) -> None:
    keys = (Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_1)
    modes = (ViewMode.RENDER, ViewMode.TEXTURE, ViewMode.ALL, ViewMode.GENERATED)
    for key, mode in zip(keys, modes, strict=True):
        press(qtbot, cockpit, key)
        assert cockpit.model.mode is mode


def test_space_plays_and_pauses(cockpit: Cockpit, qtbot: QtBot) -> None:
    press(qtbot, cockpit, Qt.Key.Key_Space)
    assert cockpit.model.playback.playing
    qtbot.waitUntil(lambda: cockpit.model.expression != NEUTRAL, timeout=5000)
    press(qtbot, cockpit, Qt.Key.Key_Space)
    assert not cockpit.model.playback.playing
    assert not cockpit.playback.is_ticking


def test_the_performance_ends_at_its_end_without_loop(cockpit: Cockpit, qtbot: QtBot) -> None:
    from dataclasses import replace

    end = cockpit.model.playback.duration_s
    cockpit.model.set_playback(replace(cockpit.model.playback, position_s=end - 0.1, loop=False))
    cockpit.model.set_playback(replace(cockpit.model.playback, playing=True))
    qtbot.waitUntil(lambda: not cockpit.model.playback.playing, timeout=5000)
    assert cockpit.model.playback.position_s == end
    assert not cockpit.playback.is_ticking


def test_scrubbing_poses_the_face(cockpit: Cockpit) -> None:
    from dataclasses import replace

    cockpit.model.set_playback(replace(cockpit.model.playback, position_s=2.0))
    assert cockpit.model.expression == BUILTIN["talk"].at(2.0).clamped()[0]


def test_the_two_layouts_show_different_tools(cockpit: Cockpit) -> None:
    docks = cockpit.window.docks
    cockpit.window.set_layout("artist")
    assert docks["Latency"].isHidden()
    assert not docks["Head and gaze"].isHidden()
    cockpit.window.set_layout("engineer")
    assert not docks["Latency"].isHidden()


def test_the_face_has_at_least_half_of_the_window(cockpit: Cockpit, qtbot: QtBot) -> None:
    cockpit.window.resize(1280, 800)
    for layout in ("engineer", "artist"):
        cockpit.window.set_layout(layout)
        qtbot.wait(50)
        assert cockpit.viewport.width() >= 640, layout


def test_nothing_needs_more_than_1280_by_800(cockpit: Cockpit, qtbot: QtBot) -> None:
    cockpit.window.resize(1280, 800)
    cockpit.window.set_layout("engineer")
    cockpit.review.step(-1)
    for layout in ("engineer", "artist"):
        cockpit.window.set_layout(layout)
        qtbot.wait(50)
        assert cockpit.window.minimumSizeHint().height() <= 800
        assert (cockpit.window.width(), cockpit.window.height()) == (1280, 800), layout


def test_a_layout_can_be_asked_for(engines: Any, qtbot: QtBot) -> None:
    cockpit = Cockpit(engines, remembers=False, layout="artist")
    qtbot.addWidget(cockpit.window)
    assert cockpit.window.layout_buttons["artist"].isChecked()
    assert cockpit.window.docks["Latency"].isHidden()
    cockpit.window.close()


def test_a_picked_frame_has_a_dock_as_long_as_it_is_picked(cockpit: Cockpit, qtbot: QtBot) -> None:
    dock = cockpit.window.docks["Frame"]
    assert dock.isHidden()
    height = cockpit.viewport.height()
    press(qtbot, cockpit, Qt.Key.Key_Comma)
    assert not dock.isHidden()
    assert cockpit.review.picked is not None
    qtbot.waitUntil(lambda: cockpit.viewport.height() < height, timeout=5000)
    cockpit.model.edit_weights({"jawOpen": 0.5})
    qtbot.waitUntil(lambda: cockpit.model.is_idle, timeout=5000)
    assert cockpit.review.is_paused, "the face goes on, the figures do not"
    press(qtbot, cockpit, Qt.Key.Key_P)
    assert dock.isHidden()
    assert not cockpit.review.is_paused
    qtbot.waitUntil(lambda: cockpit.viewport.height() == height, timeout=5000)


def test_keys_are_the_windows_until_somebody_clicks_a_field(cockpit: Cockpit) -> None:
    assert cockpit.window.focusWidget() is cockpit.viewport


def test_the_smallest_window_cuts_nothing_off(cockpit: Cockpit, qtbot: QtBot) -> None:
    window = cockpit.window
    window.resize(window.minimumSizeHint())
    qtbot.waitUntil(lambda: window.height() < 720, timeout=5000)
    assert window.width() <= 1024, "with a small screen and a task bar"
    assert window.height() <= 710, "with a small screen and a task bar"
    for title in ("Latency", "Utilisation", "Switches", "Path"):
        panel = window.docks[title].widget()
        assert panel.height() >= panel.minimumSizeHint().height(), title
        assert panel.width() >= panel.minimumSizeHint().width(), title
    assert all(box.width() > 70 for box in window.docks["Switches"].widget().boxes.values())


def test_an_artist_is_not_shown_the_frame(cockpit: Cockpit) -> None:
    cockpit.window.set_layout("artist")
    cockpit.review.step(-1)
    assert cockpit.window.docks["Frame"].isHidden()


def test_figures_are_copied_by_the_menu_and_a_deadline_is_chosen(cockpit: Cockpit, qtbot: QtBot) -> None:
    press(qtbot, cockpit, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert "clipboard" in cockpit.model.message.text
    assert "Mien: where the time goes" in QGuiApplication.clipboard().text()
    (menu,) = [menu for menu in cockpit.window.findChildren(QMenu) if menu.title() == "Deadline of a frame"]
    next(action for action in menu.actions() if "60" in action.text()).trigger()
    assert cockpit.review.target_fps == 60.0


def test_the_deadline_is_remembered(engines: Any, qtbot: QtBot, tmp_path: Path) -> None:
    ini, user = QSettings.Format.IniFormat, QSettings.Scope.UserScope
    before = Path(QSettings(ini, user, "Mien", "Mien").fileName()).parent.parent
    QSettings.setPath(ini, user, str(tmp_path))
    try:
        for checked, chosen in (("30", "none"), ("none", "60"), ("60", "60")):
            cockpit = Cockpit(engines)
            qtbot.addWidget(cockpit.window)
            (menu,) = [menu for menu in cockpit.window.findChildren(QMenu) if menu.title() == "Deadline of a frame"]
            assert next(action.text() for action in menu.actions() if action.isChecked()).startswith(checked)
            next(action for action in menu.actions() if action.text().startswith(chosen)).trigger()
            cockpit.window.close()
    finally:
        QSettings.setPath(ini, user, str(before))


def test_layouts_are_remembered(engines: Any, qtbot: QtBot, tmp_path: Path) -> None:
    memory = QSettings(str(tmp_path / "mien.ini"), QSettings.Format.IniFormat)
    for turn in range(2):
        cockpit = Cockpit(engines, remembers=False)
        cockpit.window._settings = memory
        cockpit.window._restore()
        qtbot.addWidget(cockpit.window)
        cockpit.window.show()
        if turn == 0:
            cockpit.window.set_layout("artist")
            cockpit.window.docks["Recording"].hide()
            cockpit.window.docks["Frame"].show()
        else:
            assert cockpit.window.layout_buttons["artist"].isChecked()
            assert cockpit.window.docks["Recording"].isHidden()
            assert cockpit.window.docks["Frame"].isHidden(), "no frame is picked"
        cockpit.window.close()


def test_a_frame_that_was_picked_when_the_window_closed_takes_no_room_in_the_next(
    engines: Any, qtbot: QtBot, tmp_path: Path
) -> None:
    memory = QSettings(str(tmp_path / "mien.ini"), QSettings.Format.IniFormat)
    heights = []
    for turn in range(2):
        cockpit = Cockpit(engines, remembers=False, layout="engineer")
        cockpit.window._settings = memory
        cockpit.window._restore()
        qtbot.addWidget(cockpit.window)
        cockpit.window.show()
        qtbot.waitExposed(cockpit.window)
        qtbot.wait(50)
        heights.append(cockpit.window.docks["Performance"].height())
        if turn == 0:
            cockpit.open("")
            qtbot.waitUntil(lambda cockpit=cockpit: len(cockpit.review.records) > 0, timeout=5000)
            cockpit.review.step(-1)
            qtbot.wait(50)
            cockpit.window.set_layout("artist")
            assert cockpit.window.docks["Frame"].isHidden()
            cockpit.window.set_layout("engineer")
            assert not cockpit.window.docks["Frame"].isHidden(), "it is still picked"
            qtbot.wait(50)
        cockpit.window.close()
    assert heights[1] == heights[0]


def test_docks_may_float_and_come_back(cockpit: Cockpit, qtbot: QtBot) -> None:
    for dock in cockpit.window.findChildren(QDockWidget):
        dock.setFloating(True)
    qtbot.wait(50)
    for dock in cockpit.window.findChildren(QDockWidget):
        dock.setFloating(False)
    cockpit.model.edit_weights({"jawOpen": 0.5})
    qtbot.waitUntil(lambda: cockpit.model.is_idle, timeout=5000)


def test_another_face_is_shown_with_its_warning(cockpit: Cockpit, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "bella.glb").touch()
    cockpit.open_face(tmp_path / "bella.glb")
    qtbot.waitUntil(lambda: "bella" in cockpit.window.windowTitle(), timeout=5000)
    assert cockpit.model.message.level == "warning"


def test_a_broken_face_is_one_line_and_the_old_one_stays(cockpit: Cockpit, qtbot: QtBot, tmp_path: Path) -> None:
    cockpit.open_face(tmp_path / "nobody.glb")
    qtbot.waitUntil(lambda: cockpit.model.message.level == "error", timeout=5000)
    assert "nobody.glb" in cockpit.model.message.text
    assert "ellipse" in cockpit.window.windowTitle()


def test_recording_what_is_shown(cockpit: Cockpit, qtbot: QtBot, tmp_path: Path) -> None:
    cockpit.filming.start(tmp_path)
    for step in range(1, 6):
        cockpit.model.edit_weights({"jawOpen": step / 10})
        qtbot.waitUntil(lambda: cockpit.model.is_idle, timeout=5000)
    with qtbot.waitSignal(cockpit.filming.ended, timeout=10_000) as ended:
        cockpit.filming.stop()
    assert ended.args is not None
    session = Path(ended.args[0].folder)
    assert session.parent == tmp_path
    assert shortcomings(session) == []
    stages = open_session(session).timings()
    assert {"infer", "show", "record", "encode"} <= set(stages)
    assert len(stages["record"]) == len(list(open_session(session).track())) >= 5
    assert not cockpit.model.recording.running
    told = cockpit.model.history.table()
    assert {"record", "encode"} <= set(told)
    recorded = [one for one in cockpit.model.history.records() if any(s.name == "encode" for s in one.stages)]
    assert recorded
    for one in recorded:
        assert "encode" not in shares(one)
        assert [span.track for span in spans_beside(one)] == ["encoder"]
        assert unplaced(one) == 0


def test_one_recording_follows_another_at_once(cockpit: Cockpit, qtbot: QtBot, tmp_path: Path) -> None:
    ended: list[str] = []
    cockpit.filming.ended.connect(lambda recording: ended.append(recording.folder))
    cockpit.filming.start(tmp_path)
    cockpit.model.edit_weights({"jawOpen": 0.3})
    qtbot.waitUntil(lambda: cockpit.model.recording.frames > 0, timeout=5000)
    cockpit.filming.stop()
    cockpit.filming.start(tmp_path / "second")
    qtbot.waitUntil(lambda: len(ended) == 1, timeout=10_000)
    assert cockpit.model.recording.running, "the end of the first is not the second's"
    cockpit.model.edit_weights({"jawOpen": 0.6})
    qtbot.waitUntil(lambda: cockpit.model.recording.frames > 0, timeout=5000)
    cockpit.filming.stop()
    qtbot.waitUntil(lambda: len(ended) == 2, timeout=10_000)
    assert not cockpit.model.recording.running
    assert [shortcomings(Path(folder)) for folder in ended] == [[], []]


def test_a_recording_is_what_was_chosen(cockpit: Cockpit, qtbot: QtBot, tmp_path: Path) -> None:
    cockpit.filming.choice.choose(codec="ffv1", fps=50.0, folder=tmp_path / "会 话")
    cockpit.toggle_recording()
    for step in range(1, 4):
        cockpit.model.edit_weights({"jawOpen": step / 10})
        qtbot.waitUntil(lambda: cockpit.model.is_idle, timeout=5000)
    with qtbot.waitSignal(cockpit.filming.ended, timeout=10_000):
        cockpit.toggle_recording()
    (session,) = map(open_session, (tmp_path / "会 话").iterdir())
    assert (session.codec, session.fps, session.told("video", "encoder")) == ("ffv1", 50.0, "FFV1")
    assert shortcomings(session.folder) == []
    assert cockpit.model.recording.encoder == "FFV1"


def test_a_recording_that_stops_while_nothing_moves_is_told(cockpit: Cockpit, qtbot: QtBot, tmp_path: Path) -> None:
    cockpit.filming.start(tmp_path)
    cockpit.model.edit_weights({"jawOpen": 0.5})
    qtbot.waitUntil(lambda: cockpit.model.recording.frames > 0, timeout=5000)
    frames = cockpit.model.recording.frames
    qtbot.waitUntil(lambda: cockpit.model.recording.frames > frames, timeout=5000)  # the picture stands, time does not
    assert cockpit.model.recording.room.free_bytes > 0
    shutil.rmtree(cockpit.model.recording.folder)
    qtbot.waitUntil(lambda: not cockpit.model.recording.running, timeout=10_000)
    assert "the folder was removed" in cockpit.model.message.text


def test_a_performance_is_recorded_frame_by_frame(cockpit: Cockpit, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(cockpit.filming.ended, timeout=20_000) as ended:
        cockpit.filming.film_performance(BUILTIN["talk"], tmp_path, seconds=1.0)
    assert ended.args is not None
    assert (ended.args[0].frames, ended.args[0].seconds) == (25, 1.0)


def test_a_recording_survives_the_closing_of_the_window(cockpit: Cockpit, qtbot: QtBot, tmp_path: Path) -> None:
    cockpit.filming.film_performance(BUILTIN["talk"], tmp_path)
    qtbot.waitUntil(lambda: cockpit.model.recording.frames > 3, timeout=10_000)
    cockpit.window.close()
    (session,) = tmp_path.iterdir()
    import av

    with av.open(str(session / "video.mp4")) as video:
        assert sum(1 for _ in video.decode(video=0)) > 3


def test_stopping_a_performance_leaves_what_was_filmed(cockpit: Cockpit, qtbot: QtBot, tmp_path: Path) -> None:
    cockpit.filming.film_performance(BUILTIN["talk"], tmp_path)
    qtbot.waitUntil(lambda: cockpit.model.recording.frames > 3, timeout=10_000)
    with qtbot.waitSignal(cockpit.filming.ended, timeout=10_000) as ended:
        cockpit.filming.stop()
    assert ended.args is not None
    assert 3 < ended.args[0].frames < 300
    cockpit.model.edit_weights({"jawOpen": 0.77})
    qtbot.waitUntil(lambda: cockpit.model.is_idle, timeout=5000)


def test_a_disk_that_refuses_is_one_line(cockpit: Cockpit, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cockpit.filming.start(tmp_path / "file")
    cockpit.model.edit_weights({"jawOpen": 0.5})
    qtbot.waitUntil(lambda: cockpit.model.message.level == "error", timeout=5000)
    assert not cockpit.model.recording.running


def test_an_idle_window_paints_nothing(cockpit: Cockpit, qtbot: QtBot) -> None:
    qtbot.wait(700)
    painted = cockpit.viewport.painted
    cpu_s, start_s = time.process_time(), time.perf_counter()
    qtbot.wait(1500)
    assert cockpit.viewport.painted == painted
    # Mostly the sampler's redraw once a second; the limit is generous because the machine may be busy.
    assert (time.process_time() - cpu_s) / (time.perf_counter() - start_s) < 0.10


def test_the_report_says_what_runs(cockpit: Cockpit) -> None:
    text = report(cockpit.model, cockpit.window.notes)
    assert "Path: fake (a test asked for it)" in text
    assert "first picture after" in text
    assert "tensorrt" in text
    assert "GPU:" not in text
    cockpit.model.set_path(PathState("cuda", "", "TensorRT fp16", "image", gpu="GPU-4d4d"))
    assert "GPU: GPU-4d4d" in report(cockpit.model)


def test_help_opens_and_names_every_key(cockpit: Cockpit, qtbot: QtBot) -> None:
    cockpit.window.show_keys()
    (dialog,) = cockpit.window.findChildren(TextDialog)
    assert "Space" in dialog.text.toPlainText()
    dialog.reject()


def test_no_key_is_given_twice(cockpit: Cockpit) -> None:
    """Picture and timeline may have the same key: each has it only while it has the keyboard."""
    actions = [
        action
        for menu in cockpit.window.menuBar().findChildren(QMenu)
        for action in menu.actions()
        if not action.shortcut().isEmpty()
    ]
    anywhere = (Qt.ShortcutContext.ApplicationShortcut, Qt.ShortcutContext.WindowShortcut)
    everywhere = [action.shortcut().toString() for action in actions if action.shortcutContext() in anywhere]
    in_places = {action.shortcut().toString() for action in actions if action.shortcutContext() not in anywhere}
    assert len(everywhere) == len(set(everywhere))
    assert not in_places & set(everywhere)


def test_closing_stops_everything(engines: Any, qtbot: QtBot) -> None:
    cockpit = Cockpit(engines, remembers=False)
    qtbot.addWidget(cockpit.window)
    cockpit.open("talk")
    qtbot.waitUntil(lambda: cockpit.model.shown is not None, timeout=30_000)
    cockpit.window.close()
    assert engines.last.closed
    assert not cockpit.engine_thread.isRunning()
    assert not cockpit.playback.is_ticking


def test_an_unknown_performance_is_one_line(engines: Any, qtbot: QtBot) -> None:
    cockpit = Cockpit(engines, remembers=False)
    qtbot.addWidget(cockpit.window)
    cockpit.open("opera")
    assert "no performance opera" in cockpit.model.message.text
    cockpit.window.close()


def test_letters_typed_into_the_search_are_no_shortcuts(cockpit: Cockpit, qtbot: QtBot) -> None:
    press(qtbot, cockpit, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    field = cockpit.window.docks["Expressions"].widget().search
    assert field.hasFocus()
    qtbot.keyClicks(field, "r 2f")
    assert field.text() == "r 2f"
    assert cockpit.model.mode is ViewMode.GENERATED
    assert not cockpit.model.playback.playing
    assert not cockpit.model.recording.running


def test_a_long_message_does_not_widen_the_window(cockpit: Cockpit, qtbot: QtBot) -> None:
    cockpit.window.resize(1280, 800)
    cockpit.model.post("a very long message " * 60, "warning")
    qtbot.wait(50)
    assert cockpit.window.width() == 1280
    assert cockpit.window.minimumSizeHint().width() < 1280


def test_a_long_message_ends_in_an_ellipsis_and_is_whole_in_the_tooltip(cockpit: Cockpit, qtbot: QtBot) -> None:
    cockpit.window.resize(1280, 800)
    line = cockpit.window.statusBar()
    assert isinstance(line, StatusLine)
    qtbot.waitUntil(lambda: bool(line.numbers.text()), timeout=5000)  # its neighbour takes its room
    text = "A very long message " * 60
    cockpit.model.post(text, "warning")
    assert line.message.toolTip() == text
    qtbot.wait(50)
    cut = line.message.grab().toImage()
    cockpit.model.post(text + "that goes on", "warning")
    qtbot.wait(50)
    assert line.message.grab().toImage() == cut, "what does not fit is not drawn"


def test_a_session_is_played_in_the_window_and_a_foreign_folder_is_one_line(
    cockpit: Cockpit, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "会 话"
    with Recorder(folder, RecordingForm(25.0, name=""), 32) as session:
        for number in range(200):
            session.add(picture(number % 2, 32), NEUTRAL.with_weights({"jawOpen": 0.25}), number / 25)
    cockpit.open_session(tmp_path)
    qtbot.waitUntil(lambda: cockpit.model.message.level == "error", timeout=5000)
    open_file(folder, cockpit, cockpit.model)
    qtbot.waitUntil(lambda: cockpit.model.expression["jawOpen"] == 0.25, timeout=5000)
    assert cockpit.model.playback.playing
    assert cockpit.performances.choice.currentText() == "会 话"


def test_an_encoder_that_fails_is_told_once_and_the_picture_goes_on(
    cockpit: Cockpit, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("the encoder is lost")

    monkeypatch.setattr(VideoFile, "repeat", refuse)
    said: list[str] = []
    cockpit.model.message_posted.connect(lambda message: said.append(message.text))
    cockpit.filming.start(tmp_path)
    steps = iter(range(1, 1000))

    def stopped() -> bool:
        cockpit.model.edit_weights({"jawOpen": next(steps) / 1000})
        return not cockpit.model.recording.running

    qtbot.waitUntil(stopped, timeout=10_000)
    shown = cockpit.model.shown
    cockpit.model.edit_weights({"jawOpen": 0.0})
    qtbot.waitUntil(lambda: cockpit.model.is_idle and cockpit.model.shown is not shown, timeout=5000)
    assert len([text for text in said if "the encoder is lost" in text]) == 1
    assert list(tmp_path.iterdir()) == []


def test_lost_sessions_are_recovered_beside_the_window(cockpit: Cockpit, qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "lost"
    with Recorder(folder, RecordingForm(25.0, name=""), 32) as session:
        session.add(picture(1, 32), NEUTRAL, 0.0)
    about = folder / "session.json"
    about.write_text(about.read_text().replace('"closed"', '"recording"'))
    cockpit.filming.recover_lost(tmp_path)
    qtbot.waitUntil(lambda: "Recovered a recording" in cockpit.model.message.text, timeout=5000)
    assert shortcomings(folder) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("the disk is full", "The disk is full"),
        ("face.glb: is no glTF", "face.glb: is no glTF"),
        ("my face.glb is no glTF", "my face.glb is no glTF"),
        ("changed. And more", "Changed. And more"),
        ("/short/a.csv: is none", "/short/a.csv: is none"),
        (f"/{'long/' * 20}笑 1.csv: is none", "…/笑 1.csv: is none"),
        (f"it ended, /{'long/' * 20}空 格/a holds it: disk full", "It ended, …/a holds it: disk full"),
        ("", ""),
    ],
)
def test_messages_keep_the_names_of_files(text: str, shown: str) -> None:
    assert brief(text) == shown


def test_who_is_killed_is_back_in_the_layout_that_was_used(cockpit: Cockpit, tmp_path: Path) -> None:
    memory = QSettings(str(tmp_path / "mien.ini"), QSettings.Format.IniFormat)
    cockpit.window._settings = memory
    cockpit.window.set_layout("artist")
    assert memory.value("layout") == "artist"


def test_a_layout_of_a_version_with_other_docks_hides_none_of_these(cockpit: Cockpit, tmp_path: Path) -> None:
    window = cockpit.window
    window._settings = QSettings(str(tmp_path / "mien.ini"), QSettings.Format.IniFormat)
    window.set_layout("artist")
    window.docks["Look"].hide()
    window._settings.setValue("layout/artist", window.saveState(1))
    window._layout = ""
    window.set_layout("artist")
    assert not window.docks["Look"].isHidden()


def test_a_floating_dock_is_shown_after_its_window(engines: Any, qtbot: QtBot, tmp_path: Path) -> None:
    memory = QSettings(str(tmp_path / "mien.ini"), QSettings.Format.IniFormat)
    for turn in range(2):
        cockpit = Cockpit(engines, remembers=False, layout="artist")
        cockpit.window._layout = ""  # or what is remembered would be written over
        cockpit.window._settings = memory
        cockpit.window._restore("artist")
        qtbot.addWidget(cockpit.window)
        dock, seen = cockpit.window.docks["Compare"], []
        cockpit.window.show()
        if turn == 0:
            dock.setFloating(True)
        else:
            assert dock.isFloating()
            dock.visibilityChanged.connect(seen.append)
            qtbot.waitUntil(lambda seen=seen: seen == [False, True], timeout=3000)
        cockpit.window.close()


def test_the_names_of_all_tabs_fit(cockpit: Cockpit, qtbot: QtBot) -> None:
    cockpit.window.set_layout("artist")
    cockpit.window.show()
    qtbot.wait(100)
    # Of a bar that is needed no longer Qt first only moves it out of sight.
    bars = [bar for bar in cockpit.window.findChildren(QTabBar) if bar.isVisible() and bar.x() >= 0]
    assert len(bars) == 3
    for bar in bars:
        last = bar.tabRect(bar.count() - 1)
        assert last.right() <= bar.width(), [bar.tabText(index) for index in range(bar.count())]
