"""The switches of what lives and of what is held on top of what plays: for panels and for the menu Edit."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QMenu, QVBoxLayout, QWidget

from viewer.hand_layer import PLACES, HandLayer
from viewer.idle_overlay import IdleOverlay
from viewer.menus import add_action
from viewer.performance.layers import Mode

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

LIFE = "Idle life"
LIFE_TIP = "While nothing plays and no hand is at work, the face blinks, glances and breathes; sliders do not show it"
HOLD = "Hold"
HOLD_TIP = (
    "Sliders moved while something plays join it instead of stopping it, until they are let go.\n"
    "Edit > Hold says for each region whether they add to it or override it."
)


class LifeSwitches(QWidget):
    """Two boxes, one above the other, as high as a slider."""

    def __init__(self, idle: IdleOverlay, hand: HandLayer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._idle, self._hand = idle, hand
        self.life, self.hold = QCheckBox(LIFE), QCheckBox(HOLD)
        self.life.setToolTip(LIFE_TIP)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.life)
        rows.addWidget(self.hold)
        self.life.toggled.connect(idle.set_on)
        self.hold.toggled.connect(hand.set_on)
        idle.changed.connect(self._show)
        hand.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.life.setChecked(self._idle.is_on)
        self.hold.setChecked(self._hand.is_on)
        held = self._hand.held
        self.hold.setText(f"{HOLD}: {held[0].lower()}{' …' if len(held) > 1 else ''}" if held else HOLD)
        self.hold.setToolTip(f"{HOLD_TIP}\nHeld now: {', '.join(held)}" if held else HOLD_TIP)


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
