"""The switches of what lives and of what is held on top of what plays: for panels and for the menu Edit."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from viewer.hand_layer import HandLayer
from viewer.idle_overlay import IdleOverlay

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
