"""viewer.panels.presets: the library of faces as people use it, on a fake engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from gpu_core.expression import NEUTRAL
from tests.viewer.conftest import Engines
from viewer.cockpit import Cockpit
from viewer.panels.presets import NONE_OF_OWN, PresetsPanel
from viewer.performance.preset_file import Preset, read_presets, write_presets
from viewer.performance.presets import shipped_presets
from viewer.shelf.list import OWN

pytestmark = pytest.mark.display
SMILE = NEUTRAL.with_weights({"mouthSmileLeft": 0.25}).with_head(pitch=2)
LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def cockpit(qtbot: QtBot, engines: Engines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cockpit]:
    """The whole window in the artist's layout, with no presets of anybody's."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    cockpit = Cockpit(engines, remembers=False, software_gl=True, layout="artist")
    qtbot.addWidget(cockpit.window)
    cockpit.open()
    cockpit.window.docks["Presets"].show()
    cockpit.window.docks["Presets"].raise_()
    qtbot.waitUntil(lambda: cockpit.model.shown is not None, timeout=30_000)
    yield cockpit
    cockpit.window.close()


@pytest.fixture
def panel(cockpit: Cockpit, qtbot: QtBot) -> PresetsPanel:
    panel = cockpit.desk.presets
    qtbot.waitUntil(lambda: len(panel.list.presets) == len(shipped_presets()))
    return panel


def click(panel: PresetsPanel, qtbot: QtBot, name: str, modifier: Qt.KeyboardModifier | None = None) -> None:
    index = panel.list.index_of(name)
    panel.grid.scrollTo(index)
    place = panel.grid.visualRect(panel.list.index_of(name)).center()
    qtbot.mouseClick(panel.grid.viewport(), LEFT, modifier or Qt.KeyboardModifier.NoModifier, place)


def shipped(name: str) -> Preset:
    return next(preset for preset in shipped_presets() if preset.name == name)


def save(panel: PresetsPanel, qtbot: QtBot, title: str) -> None:
    panel.save.click()
    panel.name_row.field.setText(title)
    qtbot.keyClick(panel.name_row.field, Qt.Key.Key_Return)


def test_thumbnails_of_what_is_looked_at_come_by_themselves(panel: PresetsPanel, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: all(map(has_picture(panel), panel.grid.visible_presets())), timeout=60_000)
    assert not has_picture(panel)(panel.list.presets[-1])


def test_why_there_are_no_pictures_is_said(cockpit: Cockpit, panel: PresetsPanel, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: all(map(has_picture(panel), panel.grid.visible_presets())), timeout=60_000)
    cockpit.model.set_playback(replace(cockpit.model.playback, playing=True))
    assert panel.waiting.isHidden()
    panel.kind.setCurrentText("Phonetic extremes")
    qtbot.waitUntil(panel.waiting.isVisible)
    cockpit.model.set_playback(replace(cockpit.model.playback, playing=False))
    assert panel.waiting.isHidden()


def has_picture(panel: PresetsPanel):  # type: ignore[no-untyped-def]
    return lambda preset: panel.list.index_of(preset.name).data(Qt.ItemDataRole.DecorationRole) is not None


def test_a_click_puts_a_preset_on_in_one_step(cockpit: Cockpit, panel: PresetsPanel, qtbot: QtBot) -> None:
    joy, before = shipped("joy").expression, cockpit.model.expression
    click(panel, qtbot, "joy")
    qtbot.waitUntil(lambda: cockpit.model.expression == joy)
    stack = cockpit.desk.history.stack
    assert [stack.text(row) for row in range(stack.count())] == ["Joy"]
    stack.undo()
    assert cockpit.model.expression == before


def test_two_are_blended(cockpit: Cockpit, panel: PresetsPanel, qtbot: QtBot) -> None:
    click(panel, qtbot, "joy")
    click(panel, qtbot, "fear", CTRL)
    panel.mix_bar.share.setValue(100_000)
    assert cockpit.model.expression == shipped("fear").expression
    assert panel.mix_bar.title.text() == "A  Joy   B  Fear"
    click(panel, qtbot, "anger")
    qtbot.waitUntil(lambda: cockpit.model.expression == shipped("anger").expression)
    assert panel.mix_bar.share.isHidden()


def test_a_face_is_saved_seen_renamed_and_deleted(cockpit: Cockpit, panel: PresetsPanel, qtbot: QtBot) -> None:
    panel.kind.setCurrentText(OWN)
    assert not panel.empty.isHidden()
    assert panel.empty.text() == NONE_OF_OWN
    cockpit.model.edit(SMILE)
    save(panel, qtbot, "Half a smile")
    qtbot.waitUntil(lambda: [preset.title for preset in panel.list.presets] == ["Half a smile"])
    assert panel.name_row.isHidden()
    qtbot.waitUntil(lambda: has_picture(panel)(panel.list.presets[0]), timeout=60_000)
    panel.list.setData(panel.list.index(0), "Smirk of mine")
    qtbot.waitUntil(lambda: [preset.title for preset in panel.list.presets] == ["Smirk of mine"])
    assert [preset.name for preset in panel.mixer.chosen] == ["smirk-of-mine"]
    assert cockpit.window.focusWidget() is panel.grid  # F2 is another shortcut elsewhere
    qtbot.keyClick(panel.grid, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: not panel.list.presets)
    assert panel.note.button.text() == "Undo"
    panel.note.button.click()
    qtbot.waitUntil(lambda: len(panel.list.presets) == 1)
    assert panel.list.presets[0].expression == SMILE


def test_a_taken_name_is_asked_about(cockpit: Cockpit, panel: PresetsPanel, qtbot: QtBot) -> None:
    save(panel, qtbot, "Mine")
    qtbot.waitUntil(lambda: panel.name_row.isHidden())
    cockpit.model.edit(SMILE)
    save(panel, qtbot, "mine")
    qtbot.waitUntil(lambda: not panel.note.isHidden())
    assert not panel.name_row.isHidden()
    panel.note.button.click()
    qtbot.waitUntil(lambda: panel.name_row.isHidden())
    assert panel.list.presets[panel.list.index_of("mine").row()].expression == SMILE


def test_what_is_new_is_shown_whatever_was_searched_for(panel: PresetsPanel, qtbot: QtBot) -> None:
    panel.search.setText("anger")
    assert [preset.name for preset in panel.list.presets] == ["anger-gentle", "anger"]
    save(panel, qtbot, "Mine")
    qtbot.waitUntil(lambda: panel.list.index_of("mine").isValid())
    assert panel.search.text() == ""
    panel.search.setText("nothing like this")
    assert panel.grid.isHidden()
    assert "ARKit" in panel.empty.text()


def test_what_comes_with_mien_cannot_be_deleted(panel: PresetsPanel, qtbot: QtBot) -> None:
    click(panel, qtbot, "joy")
    qtbot.keyClick(panel.grid, Qt.Key.Key_Delete)
    assert "stays" in panel.note.text.text()
    qtbot.keyClick(panel.grid, Qt.Key.Key_F2)
    assert "keeps its name" in panel.note.text.text()
    panel.menu.aboutToShow.emit()
    assert not panel.delete.isEnabled()
    assert not panel.rename.isEnabled()
    assert panel.export_chosen.isEnabled()
    assert not panel.export_own.isEnabled()


def test_export_and_import_through_the_dialogs(
    cockpit: Cockpit, panel: PresetsPanel, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel.choose_export_own()
    assert "save a face first" in panel.note.text.text()
    cockpit.model.edit(SMILE)
    save(panel, qtbot, "Mine")
    qtbot.waitUntil(lambda: panel.list.index_of("mine").isValid())
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "out"), ""))
    panel.choose_export_own()
    qtbot.waitUntil(lambda: (tmp_path / "out.json").is_file())
    (mine,) = read_presets(tmp_path / "out.json")
    assert mine.expression == SMILE
    write_presets([mine, Preset("new", "New", "yours", SMILE)], tmp_path / "in.json")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(tmp_path / "in.json")], ""))
    panel.choose_import()
    qtbot.waitUntil(lambda: panel.list.index_of("new").isValid())
    assert panel.note.text.text() == "“New” imported; 1 preset here already"


def test_files_are_dropped_on_the_panel(panel: PresetsPanel, qtbot: QtBot, tmp_path: Path) -> None:
    write_presets([Preset("joy", "Joy", "yours", SMILE)], tmp_path / "joy.json")
    data, where, everything = QMimeData(), QPointF(10, 10), Qt.DropAction.CopyAction
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("joy.json", "face.glb")])
    none = Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(where.toPoint(), everything, data, LEFT, none)
    entering.ignore()
    QApplication.sendEvent(panel, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(panel, QDropEvent(where, everything, data, LEFT, none))
    qtbot.waitUntil(lambda: panel.list.index_of("joy-2").isValid())
    assert panel.note.text.text() == "“Joy 2” imported; “Joy” is “Joy 2” here"
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "face.glb"))])
    entering = QDragEnterEvent(where.toPoint(), everything, data, LEFT, none)
    entering.ignore()
    panel.dragEnterEvent(entering)
    assert not entering.isAccepted()  # it is the window that opens faces


def test_the_menu_asks_for_the_name_wherever_the_panel_is(cockpit: Cockpit, panel: PresetsPanel, qtbot: QtBot) -> None:
    cockpit.window.docks["Presets"].hide()
    actions = {
        action.text(): action
        for menu in cockpit.window.menuBar().actions()
        for action in menu.menu().actions()  # type: ignore[attr-defined]
    }
    action = actions["Save face as a preset …"]
    assert action.shortcut().toString() == "Ctrl+Shift+P"
    action.trigger()
    assert panel.name_row.isVisible()


def test_nothing_is_wanted_while_nobody_looks(cockpit: Cockpit, panel: PresetsPanel, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: has_picture(panel)(panel.list.presets[0]), timeout=60_000)
    cockpit.window.docks["Presets"].hide()
    qtbot.waitUntil(lambda: panel.grid.visible_presets() == ())
    engine = cockpit.model.engine
    assert engine is not None
    cockpit.model.set_path(replace(engine.state, engine="another arithmetic"))
    assert not panel.pictures.is_waiting
