"""viewer.sliders.bar: the tools above the sliders, and what it says of the rules."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from gpu_core.expression import ARKIT_SHAPES, NEUTRAL
from viewer.sliders.bar import SliderBar
from viewer.sliders.rules import SliderRules
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


@pytest.fixture
def rules(model: ViewerModel) -> SliderRules:
    return SliderRules(model, seed=2)


@pytest.fixture
def bar(rules: SliderRules, qtbot: QtBot) -> Iterator[SliderBar]:
    bar = SliderBar(rules)
    qtbot.addWidget(bar)
    bar.resize(308, 30)
    bar.show()
    return bar


def lines(button: QToolButton) -> dict[str, QAction]:
    button.menu().aboutToShow.emit()
    return {action.text(): action for action in button.menu().actions() if not action.isSeparator()}


def test_it_fits_the_left_column(bar: SliderBar) -> None:
    assert bar.minimumSizeHint().width() <= 176, "the switches below it need no more, in the smallest window"


def test_the_mirror_button_and_the_rule_follow_each_other(bar: SliderBar, rules: SliderRules, qtbot: QtBot) -> None:
    qtbot.mouseClick(bar.mirror, Qt.MouseButton.LeftButton)
    assert rules.hand.mirrors
    rules.set_mirroring(mirrors=False)
    assert not bar.mirror.isChecked()


def test_it_says_what_is_alone_chosen_and_locked_and_ends_it(bar: SliderBar, rules: SliderRules, qtbot: QtBot) -> None:
    assert not bar.end.isEnabled()
    rules.lock(["jawOpen"], locked=True)
    assert bar.state.text() == "1 locked"
    rules.choose(["jawOpen", "cheekPuff"])
    assert bar.state.text() == "2 chosen"
    rules.show_alone(["cheekPuff"])
    assert bar.state.text() == "Only Puff cheeks"
    assert bar.state.property("state") == "warning"
    assert bar.state.toolTip().splitlines() == [
        "Shown alone: Puff cheeks", "Chosen: Puff cheeks, Open jaw", "Locked: Open jaw",
    ]  # fmt: skip
    qtbot.mouseClick(bar.end, Qt.MouseButton.LeftButton)
    assert not rules.alone | rules.chosen
    assert bar.state.text() == "1 locked"


def test_dice_throw_and_their_menu_says_how_far(bar: SliderBar, rules: SliderRules, model: ViewerModel) -> None:
    bar.dice.click()
    assert model.expression != NEUTRAL
    lines(bar.chance)["60%"].trigger()
    assert rules.strength == 0.6
    lines(bar.chance)["Favourites only"].trigger()
    assert rules.favourites_only
    assert "favourites in all shapes, 60% of the way" in bar.dice.toolTip()


def test_links_and_locks_of_what_is_chosen(bar: SliderBar, rules: SliderRules) -> None:
    assert not lines(bar.links)["Link: by the same amount"].isEnabled()
    rules.choose(["jawOpen", "cheekPuff"])
    lines(bar.locks)["Lock 2 shapes"].trigger()
    assert rules.hand.locked == {"jawOpen", "cheekPuff"}
    lines(bar.links)["Link: by the same amount"].trigger()
    assert len(rules.hand.links) == 1
    lines(bar.links)["Unlink all"].trigger()
    assert rules.hand.links == ()
    lines(bar.locks)["Lock all shapes"].trigger()
    assert rules.hand.locked == set(ARKIT_SHAPES)
    lines(bar.locks)["Unlock all"].trigger()
    assert not rules.hand.locked


def test_sides_are_copied(bar: SliderBar, model: ViewerModel) -> None:
    model.edit_weights({"browDownLeft": 0.5})
    lines(bar.sides)["Copy left to right"].trigger()
    assert model.expression["browDownRight"] == 0.5
