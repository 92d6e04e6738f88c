"""What the menu Edit offers for the sliders, with the shortcuts that hold in the whole window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QMenu

from viewer.menus import add_action
from viewer.sliders.rules import MirrorWay, SliderRules

MIRROR_KEYS = {
    MirrorWay.LEFT_TO_RIGHT: "Ctrl+Shift+Right", MirrorWay.RIGHT_TO_LEFT: "Ctrl+Shift+Left", MirrorWay.SWAP: "Ctrl+J",
}  # fmt: skip


def add_slider_actions(menu: QMenu, rules: SliderRules) -> Callable[[], None]:
    """Add them; returns the slot that follows the rules, for the window to keep."""
    live = add_action(
        menu, "Both sides move together", "Ctrl+Shift+M", lambda: rules.set_mirroring(mirrors=live.isChecked())
    )
    live.setCheckable(True)
    for way, keys in MIRROR_KEYS.items():
        add_action(menu, way.value, keys, partial(rules.mirror, way))
    menu.addSeparator()
    link = add_action(menu, "Link the chosen sliders", "Ctrl+L", lambda: rules.link(rules.chosen))
    link.setToolTip("Ctrl+click on sliders chooses them")
    unlock = add_action(menu, "Unlock all sliders", "Ctrl+Shift+L", lambda: rules.lock(rules.hand.locked, locked=False))
    end = add_action(menu, "Show everything, choose nothing", "Ctrl+U", rules.let_go)
    menu.addSeparator()
    add_action(menu, "A face by chance", "Ctrl+Shift+D", lambda: rules.randomise())

    def show() -> None:
        live.setChecked(rules.hand.mirrors)
        link.setEnabled(len(rules.chosen) > 1)
        unlock.setEnabled(bool(rules.hand.locked))
        end.setEnabled(bool(rules.alone or rules.chosen))

    rules.changed.connect(show)
    show()
    return show
