"""viewer.timeline.menu: what the timeline's keys do can be found in a menu, and done from there."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QMenu

from tests.viewer.timeline_desk import TIMELINE
from viewer.cockpit import Cockpit
from viewer.performance.editing import KeyId

pytestmark = pytest.mark.display


def test_the_menu_works_wherever_the_keyboard_is(cockpit: Cockpit) -> None:
    menus = {menu.title(): menu for menu in cockpit.window.menuBar().findChildren(QMenu)}
    actions = {action.text(): action for action in menus["In the timeline"].actions()}
    cockpit.desk.timeline.edit(TIMELINE, "Open a take", undoable=False)
    cockpit.desk.timeline.select([KeyId("jawOpen", 2.0)])
    cockpit.viewport.setFocus()
    actions["Delete"].trigger()
    assert cockpit.desk.timeline.timeline.track("jawOpen").times == [1.0, 4.0]
    assert actions["Ease: held until the next key"].shortcut().toString() == "H"
    assert "Key the chosen tracks" in [action.text() for action in menus["&Edit"].actions()]
