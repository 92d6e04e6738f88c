"""The menu's lines for what lives and for what is held on top of what plays."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from viewer.hand_layer import PLACES, HandLayer
from viewer.idle_overlay import IdleOverlay
from viewer.life_switches import HOLD_TIP, LIFE, LIFE_TIP
from viewer.menus import add_action
from viewer.performance.layers import Mode

if TYPE_CHECKING:
    from PySide6.QtGui import QAction


def add_life_actions(menu: QMenu, idle: IdleOverlay, hand: HandLayer) -> object:
    """The same in a menu; to be kept for as long as the menu."""
    menu.addSeparator()
    life = add_action(menu, LIFE, "Ctrl+Shift+I", lambda: idle.set_on(not idle.is_on))
    life.setToolTip(LIFE_TIP)
    holds = QMenu("Hold while it plays", menu)
    holds.setToolTipsVisible(True)
    menu.addMenu(holds)
    on = add_action(holds, "Hold what the sliders do", "Ctrl+Shift+H", lambda: hand.set_on(not hand.is_on))
    on.setToolTip(HOLD_TIP)
    go = add_action(holds, "Let go", "", hand.let_go)
    holds.addSeparator()
    modes = {place: _add_mode(holds, hand, place) for place in PLACES}

    def show() -> None:
        life.setChecked(idle.is_on)
        on.setChecked(hand.is_on)
        go.setEnabled(bool(hand.held))
        for place, action in modes.items():
            action.setChecked(hand.modes[place] is Mode.OVERRIDE)

    for action in (life, on, *modes.values()):
        action.setCheckable(True)
    idle.changed.connect(show)
    hand.changed.connect(show)
    show()
    return show


def _add_mode(menu: QMenu, hand: HandLayer, place: str) -> QAction:
    action = add_action(menu, f"Override {place.lower()}", "", partial(_flip, hand, place))
    action.setToolTip("Checked: the hand has this region for itself. Otherwise it adds to what plays there")
    return action


def _flip(hand: HandLayer, place: str) -> None:
    hand.set_mode(place, Mode.ADD if hand.modes[place] is Mode.OVERRIDE else Mode.OVERRIDE)
