"""viewer.timeline.actions: the keys in the window, none of them another action's; the context menu."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QTabBar
from pytestqt.qtbot import QtBot

from tests.viewer.timeline_desk import TIMELINE
from viewer.cockpit import Cockpit
from viewer.panels.timeline import TimelinePanel
from viewer.performance.easing import Ease
from viewer.performance.editing import KeyId
from viewer.timeline.view import TimelineView

ONLY_THERE = Qt.ShortcutContext.WidgetShortcut
pytestmark = pytest.mark.display
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def view(cockpit: Cockpit, qtbot: QtBot) -> Iterator[TimelineView]:
    """The timeline of the whole window, with keys and the keyboard."""
    cockpit.window.set_layout("artist")
    panel = cockpit.window.docks["Timeline"].widget()
    assert isinstance(panel, TimelinePanel)
    cockpit.desk.timeline.edit(TIMELINE, "Open a take", undoable=False)
    cockpit.desk.timeline.select([KeyId("jawOpen", 2.0)])
    cockpit.window.activateWindow()
    panel.view.setFocus()
    qtbot.waitUntil(panel.view.hasFocus, timeout=3000)
    return panel.view


def test_no_two_actions_have_the_same_keys(cockpit: Cockpit, view: TimelineView) -> None:
    picture = {action for action in cockpit.viewport.actions() if action.shortcutContext() is ONLY_THERE}
    everything = {*cockpit.window.findChildren(QAction), *view.actions()} - picture  # never both have the keyboard
    keys = Counter(key.toString() for action in everything for key in action.shortcuts() if not key.isEmpty())
    assert not [key for key, count in keys.items() if count > 1]
    assert keys["K"] == 1


def test_keys_edit_while_the_timeline_has_the_keyboard(cockpit: Cockpit, view: TimelineView, qtbot: QtBot) -> None:
    timeline = cockpit.desk.timeline
    qtbot.keyClick(view, Qt.Key.Key_L)
    assert timeline.timeline.track("jawOpen").keys[1].ease is Ease.LINEAR
    qtbot.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert timeline.timeline.track("jawOpen").times[1] == pytest.approx(2 + 1 / 3)
    qtbot.keyClick(view, Qt.Key.Key_C, CONTROL)
    qtbot.keyClick(view, Qt.Key.Key_V, CONTROL)
    assert timeline.timeline.track("jawOpen").times[0] == 0.0
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert timeline.timeline.track("jawOpen").times[0] == 1.0
    qtbot.keyClick(view, Qt.Key.Key_C)
    assert cockpit.desk.sheet.shows_curves
    qtbot.keyClick(view, Qt.Key.Key_Z, CONTROL)
    assert len(timeline.timeline.track("jawOpen").times) == 4


def test_elsewhere_the_same_keys_leave_the_timeline_alone(cockpit: Cockpit, view: TimelineView, qtbot: QtBot) -> None:
    cockpit.viewport.setFocus()
    for key in (Qt.Key.Key_L, Qt.Key.Key_Delete, Qt.Key.Key_H, Qt.Key.Key_Right):
        qtbot.keyClick(cockpit.viewport, key)
    assert cockpit.desk.timeline.timeline == TIMELINE


def test_k_sets_a_key_wherever_the_keyboard_is(cockpit: Cockpit, view: TimelineView, qtbot: QtBot) -> None:
    cockpit.desk.sheet.move_playhead(6.0)
    cockpit.model.edit_weights({"mouthPucker": 0.5})
    cockpit.viewport.setFocus()
    qtbot.keyClick(cockpit.viewport, Qt.Key.Key_K)
    assert cockpit.desk.timeline.timeline.track("mouthPucker").times == [6.0]


def test_the_menu_offers_what_can_be_done(cockpit: Cockpit, view: TimelineView, qtbot: QtBot) -> None:
    def offered() -> dict[str, bool]:
        menu = view.actions_.menu()
        try:
            return {action.text(): action.isEnabled() for action in menu.actions() if action.text()}
        finally:
            menu.aboutToHide.emit()
            menu.deleteLater()

    assert offered()["Reverse in time"]
    assert not offered()["Paste at the playhead"]
    cockpit.desk.timeline.select(())
    assert not offered()["Ease: held until the next key"]
    assert all(action.isEnabled() for action in view.actions()), "afterwards their keys hold again"
    QApplication.processEvents()


def test_the_timeline_has_the_whole_width_below_the_face(cockpit: Cockpit, view: TimelineView, qtbot: QtBot) -> None:
    window = cockpit.window
    dock = window.docks["Timeline"]
    qtbot.waitUntil(lambda: dock.width() == window.width() == 1280)
    assert view.height() >= 120
    for name in ("engineer", "artist", "engineer"):
        window.set_layout(name)
        qtbot.wait(50)
        assert (window.width(), window.height()) == (1280, 800)
    assert dock.isHidden()


def test_no_tabs_are_left_over_the_other_layout(engines: Any, qtbot: QtBot) -> None:
    cockpit = Cockpit(engines, remembers=False, layout="artist")
    qtbot.addWidget(cockpit.window)
    cockpit.open()

    def tabs() -> set[str]:
        bars = cockpit.window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return {bar.tabText(index) for bar in bars if bar.isVisible() and bar.x() >= 0 for index in range(bar.count())}

    qtbot.waitUntil(lambda: {"Timeline", "Performance", "Recording"} <= tabs())
    cockpit.window.set_layout("engineer")
    qtbot.wait(100)
    assert tabs() == {"Recording", "Streams"}
    cockpit.window.set_layout("artist")
    qtbot.waitUntil(lambda: {"Timeline", "Performance", "Recording"} <= tabs())
    cockpit.window.close()
