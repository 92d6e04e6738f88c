"""The artist's menus: Edit, and what the desk adds to the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from viewer.menus import add_menu, take_action
from viewer.slider_actions import add_slider_actions

if TYPE_CHECKING:
    from viewer.artist_desk import ArtistDesk
    from viewer.window import MainWindow


def build_artist_menus(window: MainWindow, desk: ArtistDesk) -> None:
    """Add the desk's actions to the window's menus."""
    _edit(window, desk)


def _edit(window: MainWindow, desk: ArtistDesk) -> QMenu:
    menu = add_menu(window, "&Edit", before="&Take")
    take_action(menu, desk.history.undo_action, "Ctrl+Z")
    take_action(menu, desk.history.redo_action, "Ctrl+Shift+Z", "Ctrl+Y")
    menu.addSeparator()
    window.keep(add_slider_actions(menu, desk.rules))
    return menu
