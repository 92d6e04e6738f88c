"""What the artist adds to the menu Take: recording keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from viewer.menus import add_action

if TYPE_CHECKING:
    from viewer.artist_desk import ArtistDesk
    from viewer.key_recording import KeyRecording
    from viewer.window import MainWindow


def build_take_menu(window: MainWindow, desk: ArtistDesk) -> None:
    """Add to the menu Take what works on takes and timelines."""
    menu = next(action.menu() for action in window.menuBar().actions() if action.text() == "&Take")
    assert isinstance(menu, QMenu)
    menu.addSeparator()
    _add_keys(window, menu, desk.keys)


def _add_keys(window: MainWindow, menu: QMenu, keys: KeyRecording) -> None:
    record = _add_toggle(menu, "Record keys live", "Shift+K", keys.set_recording)
    record.setToolTip("Plays the timeline; what the hand moves meanwhile becomes keys, the other tracks play on")
    auto = _add_toggle(menu, "Auto-key", "Ctrl+Shift+K", keys.set_auto)
    auto.setToolTip("While the timeline stands, whatever the hand moves gets a key at the playhead")

    def show() -> None:
        record.setChecked(keys.is_recording)
        auto.setChecked(keys.is_auto)

    window.keep(show)
    keys.changed.connect(show)


def _add_toggle(menu: QMenu, text: str, shortcut: str, switch: object) -> QAction:
    action = add_action(menu, text, shortcut, lambda: None)
    action.setCheckable(True)
    action.toggled.connect(switch)
    return action
