"""The artist's menus: Edit, and what the desk adds to the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence, QUndoStack
from PySide6.QtWidgets import QMenu

from viewer.menus import add_action, add_menu
from viewer.take_menus import build_take_menu

if TYPE_CHECKING:
    from viewer.artist_desk import ArtistDesk
    from viewer.window import MainWindow


def build_artist_menus(window: MainWindow, desk: ArtistDesk) -> None:
    """Add the desk's actions to the window's menus."""
    _edit(window, desk)
    build_take_menu(window, desk)


def _edit(window: MainWindow, desk: ArtistDesk) -> QMenu:
    menu = add_menu(window, "&Edit", before="&Take")
    history = desk.history
    undo = add_action(menu, "Undo", "Ctrl+Z", history.undo)
    redo = add_action(menu, "Redo", "Ctrl+Shift+Z", history.redo)
    redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
    window.keep(_follow(history.stack, undo, redo))
    return menu


def _follow(stack: QUndoStack, undo: QAction, redo: QAction) -> Callable[[], None]:
    """Say in the menu what would be undone."""

    def show() -> None:
        for action, verb, possible, text in (
            (undo, "Undo", stack.canUndo(), stack.undoText()),
            (redo, "Redo", stack.canRedo(), stack.redoText()),
        ):
            action.setEnabled(possible)
            action.setText(f"{verb} {text}".rstrip())

    stack.indexChanged.connect(show)
    show()
    return show
