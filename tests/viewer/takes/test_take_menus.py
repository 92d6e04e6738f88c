"""viewer.takes.take_menus: the menu Take of the real window, its dialogs answered, and the title."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QAction, QDropEvent
from PySide6.QtWidgets import QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from viewer.cockpit import Cockpit
from viewer.performance.editing import with_keys
from viewer.performance.keyframes import Key
from viewer.performance.timeline import Timeline
from viewer.performance.timeline_file import read_timeline, write_timeline
from viewer.sessions.take import open_take, save_take
from viewer.takes.render_dialog import RenderDialog

pytestmark = pytest.mark.display


def action(cockpit: Cockpit, text: str) -> QAction:
    """A line of the menu Take."""
    menus = {menu.title(): menu for menu in cockpit.window.menuBar().findChildren(QMenu)}
    return next(each for each in menus["&Take"].actions() if each.text().startswith(text))


def answer(monkeypatch: pytest.MonkeyPatch, path: Path, chosen: str = "") -> None:
    """What the user says in the next file dialogs."""
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_: (str(path), chosen))


def key(cockpit: Cockpit, value: float) -> None:
    model = cockpit.desk.timeline
    model.edit(with_keys(model.timeline, [("jawOpen", Key(0.0, value))]), "Add a key")


def press(qtbot: QtBot, cockpit: Cockpit, key: Qt.Key, modifier: Any) -> None:
    cockpit.window.activateWindow()
    cockpit.viewport.setFocus()
    qtbot.waitUntil(cockpit.window.isActiveWindow, timeout=3000)
    qtbot.keyClick(cockpit.viewport, key, modifier)


def test_saving_asks_once_and_the_title_says_what_is_not_saved(
    cockpit: Cockpit, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = cockpit.window
    assert window.windowTitle() == "ellipse · Mien"
    key(cockpit, 0.5)
    assert (window.windowTitle(), window.isWindowModified()) == ("Untitled[*] · ellipse · Mien", True)
    answer(monkeypatch, tmp_path / "smile")
    press(qtbot, cockpit, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not window.isWindowModified(), timeout=5000)
    assert window.windowTitle() == "smile[*] · ellipse · Mien"
    key(cockpit, 0.7)
    assert window.isWindowModified()
    answer(monkeypatch, tmp_path / "nobody asks")
    press(qtbot, cockpit, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not window.isWindowModified(), timeout=5000)
    assert read_timeline(tmp_path / "smile.json").at(0.0)["jawOpen"] == 0.7
    assert [path.name for path in tmp_path.iterdir()] == ["smile.json"]


def test_opened_takes_can_be_chosen_again_and_exported(
    cockpit: Cockpit, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_take(open_take("look_around"), tmp_path / "take.csv")
    answer(monkeypatch, tmp_path / "take.csv")
    action(cockpit, "Open take").trigger()
    qtbot.waitUntil(lambda: cockpit.performances.choice.currentText() == "take", timeout=20_000)
    recent = action(cockpit, "Open recent").menu()
    assert isinstance(recent, QMenu)
    recent.aboutToShow.emit()
    assert [each.text() for each in recent.actions()] == ["take.csv"]
    answer(monkeypatch, tmp_path / "out", "Live Link Face (*.csv)")
    action(cockpit, "Export take").trigger()
    qtbot.waitUntil((tmp_path / "out.csv").exists, timeout=20_000)
    cockpit.model.set_playback(replace(cockpit.model.playback, playing=False))


def test_what_is_chosen_is_ticked(cockpit: Cockpit) -> None:
    assert action(cockpit, "Talk").isChecked()
    key(cockpit, 0.5)
    assert action(cockpit, "Timeline").isChecked()
    assert not action(cockpit, "Talk").isChecked()
    assert cockpit.performances.choice.currentText() == "Timeline"
    cockpit.model.set_playback(replace(cockpit.model.playback, name="a session"))
    assert not action(cockpit, "Timeline").isChecked()


def test_what_is_dropped_is_opened(cockpit: Cockpit, qtbot: QtBot, tmp_path: Path) -> None:
    write_timeline(Timeline(title="x").with_tracks([]), tmp_path / "x.json")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "x.json"))])
    event = QDropEvent(
        QPoint(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    cockpit.window.dropEvent(event)
    qtbot.waitUntil(lambda: cockpit.desk.takes.path == tmp_path / "x.json", timeout=20_000)


def test_keys_are_recorded_by_shortcut(cockpit: Cockpit, qtbot: QtBot) -> None:
    key(cockpit, 0.5)
    press(qtbot, cockpit, Qt.Key.Key_K, Qt.KeyboardModifier.ShiftModifier)
    assert cockpit.desk.keys.is_live
    assert action(cockpit, "Record keys").isChecked()
    cockpit.model.edit_weights({"cheekPuff": 0.6})
    qtbot.waitUntil(lambda: "cheekPuff" in cockpit.desk.timeline.timeline.by_name, timeout=5000)
    press(qtbot, cockpit, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier)
    assert not cockpit.desk.keys.is_recording
    assert not action(cockpit, "Record keys").isChecked()
    auto = action(cockpit, "Auto-key")
    auto.trigger()
    cockpit.model.edit_weights({"browInnerUp": 0.6})
    assert "browInnerUp" in cockpit.desk.timeline.timeline.by_name
    assert auto.isChecked()


def test_a_slider_that_is_held_still_holds_its_track(cockpit: Cockpit, qtbot: QtBot) -> None:
    slider = cockpit.window.docks["Expressions"].widget().sliders["jawOpen"]
    key(cockpit, 0.9)
    qtbot.waitUntil(lambda: slider.number == 0.9, timeout=5000)
    cockpit.desk.keys.set_recording(True)
    knob = QPoint(round(slider._knob_x()), slider.height() - 10)
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=knob)
    qtbot.mouseMove(slider, knob - QPoint(20, 0))
    held = slider.number
    assert held < 0.9
    qtbot.wait(900)
    assert cockpit.model.expression["jawOpen"] == held
    released_s = cockpit.desk.transport.position_s
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=knob - QPoint(20, 0))
    qtbot.waitUntil(lambda: cockpit.model.expression["jawOpen"] == 0.9, timeout=5000)
    cockpit.desk.transport.pause()
    jaw = cockpit.desk.timeline.timeline.track("jawOpen")
    assert jaw.at(released_s - 0.1) == pytest.approx(held, abs=0.006)
    assert jaw.at(released_s + 2.0) == 0.9


def test_rendering_shows_how_far_it_is(
    cockpit: Cockpit, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key(cockpit, 0.5)
    answer(monkeypatch, tmp_path / "clip")
    action(cockpit, "Render to video").trigger()
    (dialog,) = cockpit.window.findChildren(RenderDialog)
    assert dialog.isVisible()
    assert (dialog.name.text(), dialog.cancel.isVisible()) == ("clip.mp4", True)
    dialog.cancel.click()
    assert not dialog.cancel.isVisible()
    assert dialog.text.text() == "Cancelled"
    qtbot.waitUntil(lambda: not list(tmp_path.iterdir()), timeout=20_000)
