"""The comparison's actions in the menu View, and its keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from viewer.compare.comparison import Comparison
from viewer.compare.model import CompareModel
from viewer.compare.peek_keys import PeekKeys
from viewer.files import choose_rival
from viewer.menus import add_action
from viewer.view_values import ViewMode

if TYPE_CHECKING:
    from viewer.window import MainWindow


def add_compare_actions(window: MainWindow, compare: CompareModel) -> Callable[[Comparison], None]:
    """Add them after the views, as a menu of their own. Returns the slot to keep alive."""
    view = window.menus["view"]
    menu = QMenu("Compare", view)
    view.insertMenu(view.actions()[len(ViewMode)], menu)
    toggle = add_action(menu, "Wipe between two pictures", "W", compare.toggle)
    toggle.setCheckable(True)
    add_action(menu, "Swap the two", "Shift+W", compare.swap)
    add_action(menu, "Turn the line", "Ctrl+W", compare.turn_line)
    add_action(menu, "Where the two differ, or the wipe", "D", compare.toggle_difference)
    add_action(menu, "With a generator's file …", "", partial(choose_rival, window, compare.compare_file))

    def show(wanted: Comparison) -> None:
        toggle.setChecked(wanted.is_on)

    compare.changed.connect(show)
    PeekKeys(compare, window)
    return show
