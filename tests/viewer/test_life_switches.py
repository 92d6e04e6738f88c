"""viewer.life_switches: in a panel and in the menu, the same."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from tests.viewer.test_hand_layer import Stage, stage
from viewer.idle_overlay import IdleOverlay
from viewer.life_actions import add_life_actions
from viewer.life_switches import LifeSwitches
from viewer.performance.layers import Mode

pytestmark = pytest.mark.display
__all__ = ["stage"]


def test_boxes_and_actions_follow_each_other(stage: Stage, qtbot: QtBot) -> None:
    idle = IdleOverlay(stage.model)
    switches, menu = LifeSwitches(idle, stage.hand), QMenu()
    qtbot.addWidget(switches)
    qtbot.addWidget(menu)
    kept = add_life_actions(menu, idle, stage.hand)
    life = next(action for action in menu.actions() if action.text() == "Idle life")
    holds = next(action.menu() for action in menu.actions() if action.menu() is not None)
    assert isinstance(holds, QMenu)
    actions = {action.text(): action for action in holds.actions()}
    life.trigger()
    assert switches.life.isChecked()
    switches.life.click()
    assert not life.isChecked()
    switches.hold.click()
    assert actions["Hold what the sliders do"].isChecked()
    actions["Override jaw"].trigger()
    assert stage.hand.modes["Jaw"] is Mode.OVERRIDE
    stage.at(1.0)
    stage.model.edit_weights({"jawOpen": 0.9})
    assert switches.hold.text() == "Hold: jaw"
    actions["Let go"].trigger()
    assert switches.hold.text() == "Hold"
    actions["Override jaw"].trigger()
    assert stage.hand.modes["Jaw"] is Mode.ADD
    idle.close()
    assert kept
