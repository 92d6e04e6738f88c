"""viewer.drag_measuring: the slider moves as under a hand, in steps that the history keeps apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pytestqt.qtbot import QtBot

from viewer import drag_measuring
from viewer.drag_measuring import Drag, open_docks
from viewer.panels.expressions import ExpressionsPanel

if TYPE_CHECKING:
    from viewer.cockpit import Cockpit

pytestmark = pytest.mark.display


def test_a_slider_is_dragged_and_the_stalls_are_told(
    cockpit: Cockpit, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drag_measuring, "PART", 12)
    opened = open_docks(cockpit.window)
    assert opened[0] == "Expressions"
    assert all(not cockpit.window.docks[title].isHidden() for title in opened)
    panel = cockpit.window.findChild(ExpressionsPanel)
    assert panel is not None
    seen: list[float] = []
    cockpit.model.expression_changed.connect(lambda face, _touched: seen.append(face["jawOpen"]))
    told: list[dict[str, float]] = []
    drag = Drag(cockpit.window, panel.sliders["jawOpen"], 0.5, told.append)
    before = cockpit.desk.history.stack.count()
    drag.begin()
    qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    assert len(set(seen)) > 15
    assert max(seen) > 0.3
    assert cockpit.desk.history.stack.count() > before, "a hand did it"
    assert told[0]["count"] > 0
    assert told[0]["p99"] <= told[0]["worst"]
