"""viewer.sliders.actions: what the menu Edit has for the sliders."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from gpu_core.expression import NEUTRAL
from viewer.sliders.actions import add_slider_actions
from viewer.sliders.rules import SliderRules
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


@pytest.fixture
def rules(model: ViewerModel) -> SliderRules:
    return SliderRules(model, seed=1)


@pytest.fixture
def actions(rules: SliderRules, qtbot: QtBot) -> Iterator[dict[str, QAction]]:
    widget = QWidget()
    qtbot.addWidget(widget)
    menu = QMenu(widget)
    kept = add_slider_actions(menu, rules)
    yield {action.text(): action for action in menu.actions() if not action.isSeparator()}
    assert kept is not None


def test_they_do_what_they_say(actions: dict[str, QAction], rules: SliderRules, model: ViewerModel) -> None:
    actions["Both sides move together"].trigger()
    assert rules.hand.mirrors
    model.edit_weights({"browDownLeft": 0.5})
    assert model.expression["browDownRight"] == 0.5
    actions["Both sides move together"].trigger()
    model.edit_weights({"browDownLeft": 0.2})
    actions["Copy right to left"].trigger()
    assert model.expression["browDownLeft"] == 0.5
    actions["A face by chance"].trigger()
    assert model.expression != NEUTRAL.with_weights({"browDownLeft": 0.5, "browDownRight": 0.5})


def test_what_cannot_be_done_now_is_grey(actions: dict[str, QAction], rules: SliderRules) -> None:
    named = ("Link the chosen sliders", "Unlock all sliders", "Show everything, choose nothing")
    assert not any(actions[name].isEnabled() for name in named)
    rules.choose(["jawOpen", "cheekPuff"])
    rules.lock(["jawOpen"], locked=True)
    assert all(actions[name].isEnabled() for name in named)
    for name in named:
        actions[name].trigger()
    assert len(rules.hand.links) == 1
    assert not rules.hand.locked
    assert not any(actions[name].isEnabled() for name in named)


def test_shortcuts_are_all_different(actions: dict[str, QAction]) -> None:
    keys = [action.shortcut().toString() for action in actions.values()]
    assert "" not in keys
    assert len(set(keys)) == len(keys)
