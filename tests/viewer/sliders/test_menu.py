"""viewer.sliders.menu: what a slider offers, for itself and for all that are chosen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from viewer.sliders.menu import SliderMenu, region_menu, shape_tip
from viewer.sliders.rules import SliderRules
from viewer.sliders.shape_slider import ShapeSlider
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


class Desk:
    """Three sliders with a menu."""

    def __init__(self, model: ViewerModel) -> None:
        self.model, self.rules = model, SliderRules(model)
        self.widget = QWidget()
        self.menu = SliderMenu(self.rules, model.end_gesture, self.widget)
        self.sliders = {
            name: ShapeSlider(name, name, parent=self.widget) for name in ("jawOpen", "browDownLeft", "yaw")
        }
        for slider in self.sliders.values():
            self.menu.attach(slider)


@pytest.fixture
def desk(model: ViewerModel, qtbot: QtBot) -> Iterator[Desk]:
    desk = Desk(model)
    qtbot.addWidget(desk.widget)
    return desk


def lines(menu: QMenu) -> dict[str, QAction]:
    return {action.text().partition("\t")[0]: action for action in menu.actions() if not action.isSeparator()}


def test_every_line_of_the_menu_does_what_it_says(desk: Desk) -> None:
    rules, slider = desk.rules, desk.sliders["browDownLeft"]
    desk.model.edit_weights({"browDownLeft": 0.5})

    def do(text: str) -> None:
        lines(desk.menu.build(slider))[text].trigger()

    do("Copy to the other side")
    assert desk.model.expression["browDownRight"] == 0.5
    do("Lock")
    assert rules.hand.locked == {"browDownLeft"}
    assert lines(desk.menu.build(slider))["Lock"].isChecked()
    assert not lines(desk.menu.build(slider))["Type a value …"].isEnabled()
    do("Lock")
    do("Reset")
    assert desk.model.expression["browDownLeft"] == 0.0
    do("Show alone (solo)")
    assert rules.alone == {"browDownLeft"}
    do("Favourite")
    assert rules.favourites == ("browDownLeft",)
    do("Type a value …")
    assert slider._editor is not None


def test_the_menu_of_a_chosen_one_is_for_all_that_are(desk: Desk) -> None:
    rules = desk.rules
    rules.choose(["jawOpen", "browDownLeft"])
    menu = lines(desk.menu.build(desk.sliders["jawOpen"]))
    assert "2 shapes" in menu
    menu["Lock"].trigger()
    assert rules.hand.locked == {"jawOpen", "browDownLeft"}
    menu["Link: in proportion"].trigger()
    assert rules.hand.links[0].is_proportional
    alone = lines(desk.menu.build(desk.sliders["jawOpen"]))
    assert not alone["Link: in proportion"].isEnabled()
    assert "Ctrl+click" in alone["Link: in proportion"].toolTip()
    alone["Unlink"].trigger()
    assert rules.hand.links == ()


def test_the_head_has_no_sides_and_no_solo(desk: Desk) -> None:
    menu = lines(desk.menu.build(desk.sliders["yaw"]))
    assert list(menu) == ["Turn", "Type a value …", "Reset", "Lock"]
    menu["Lock"].trigger()
    assert desk.rules.hand.locked == {"yaw"}


def test_keys_do_the_same(desk: Desk, qtbot: QtBot) -> None:
    slider = desk.sliders["jawOpen"]
    for key in (Qt.Key.Key_L, Qt.Key.Key_S, Qt.Key.Key_Asterisk, Qt.Key.Key_C, Qt.Key.Key_M):
        qtbot.keyClick(slider, key)
    marks = desk.rules.marks("jawOpen")
    assert (marks.is_locked, marks.is_alone, marks.is_favourite, marks.is_chosen) == (True,) * 4
    for key in (Qt.Key.Key_S, Qt.Key.Key_Asterisk, Qt.Key.Key_C, Qt.Key.Key_M):
        qtbot.keyClick(desk.sliders["yaw"], key)
    assert not desk.rules.hand.locked & {"yaw"}


def test_the_right_button_opens_the_menu(desk: Desk, qtbot: QtBot) -> None:
    desk.widget.show()
    qtbot.waitExposed(desk.widget)
    desk.sliders["jawOpen"].menu_asked.emit("jawOpen", desk.widget.mapToGlobal(desk.widget.rect().center()))
    menu = desk.menu.menu
    assert menu is not None
    qtbot.waitUntil(menu.isVisible)
    menu.close()


def test_a_region_is_reset_locked_and_shown_alone(desk: Desk) -> None:
    shapes = ("jawOpen", "jawForward")
    desk.model.edit_weights({"jawOpen": 0.5, "cheekPuff": 0.5})

    def do(text: str) -> None:
        lines(region_menu(desk.rules, "Jaw", shapes, desk.widget))[text].trigger()

    do("Reset")
    assert desk.model.expression["jawOpen"] == 0.0
    assert desk.model.expression["cheekPuff"] == 0.5
    do("Show alone (solo)")
    do("Lock")
    assert desk.rules.alone == desk.rules.hand.locked == set(shapes)
    do("Unlock")
    do("Show alone (solo)")
    assert not desk.rules.alone | desk.rules.hand.locked
    do("Choose")
    assert desk.rules.chosen == set(shapes)
    do("A face by chance, only here")
    assert desk.model.expression["cheekPuff"] == 0.5


def test_an_empty_region_has_nothing_to_do(desk: Desk) -> None:
    assert not region_menu(desk.rules, "Favourites", (), desk.widget).isEnabled()


def test_tips_say_which_rules_hold(desk: Desk) -> None:
    rules = desk.rules
    rules.link(["jawOpen", "browDownLeft"])
    rules.lock(["browDownLeft"], locked=True)
    rules.set_mirroring(mirrors=True)
    tip = shape_tip(rules, "browDownLeft")
    for said in ("browDownLeft · also: frown", "Locked", "same amount with Open jaw", "live with Lower brow, right"):
        assert said in tip
    desk.menu.show_tips(frozenset({"jawOpen"}))
    assert "no such shape" in desk.sliders["jawOpen"].toolTip()
    desk.menu.detach(desk.sliders["jawOpen"])
    desk.menu.show_tips()
    assert "no such shape" in desk.sliders["jawOpen"].toolTip(), "forgotten"
