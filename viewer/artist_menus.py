"""The artist's menus: Edit, and what the desk adds to the others."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from viewer.compare.actions import add_compare_actions
from viewer.life_actions import add_life_actions
from viewer.menus import add_action, add_menu, take_action
from viewer.picture_menu import build_picture_menu
from viewer.sliders.actions import add_slider_actions
from viewer.streaming.menu import build_stream_menu
from viewer.takes.take_menus import build_take_menu
from viewer.timeline.menu import add_timeline_actions

if TYPE_CHECKING:
    from viewer.artist_desk import ArtistDesk
    from viewer.window import MainWindow


def build_artist_menus(window: MainWindow, desk: ArtistDesk) -> None:
    """Add the desk's actions to the window's menus."""
    edit = _edit(window, desk)
    _presets(window, desk, edit)
    build_take_menu(window, desk)
    window.keep(add_compare_actions(window, desk.compare))
    build_picture_menu(window, desk.stills, desk.look)
    build_stream_menu(window, desk.streaming)


def _edit(window: MainWindow, desk: ArtistDesk) -> QMenu:
    menu = add_menu(window, "&Edit", before="&Take")
    take_action(menu, desk.history.undo_action, "Ctrl+Z")
    take_action(menu, desk.history.redo_action, "Ctrl+Shift+Z", "Ctrl+Y")
    menu.addSeparator()
    add_timeline_actions(window, menu, desk)
    window.keep(add_slider_actions(menu, desk.rules))
    window.keep(add_life_actions(menu, desk.idle, desk.hand))
    return menu


def _presets(window: MainWindow, desk: ArtistDesk, menu: QMenu) -> None:
    menu.addSeparator()
    add_action(menu, "Save face as a preset …", "Ctrl+Shift+P", partial(_save_preset, window, desk))

    def take_in(path: Path) -> None:
        _show_presets(window)
        desk.shelf.import_files([path])

    window.keep(take_in)
    desk.takes.presets_found.connect(take_in)


def _save_preset(window: MainWindow, desk: ArtistDesk) -> None:
    _show_presets(window)
    desk.presets.start_saving()


def _show_presets(window: MainWindow) -> None:
    window.docks["Presets"].show()
    window.docks["Presets"].raise_()
