"""What the menu Record offers of streams, and the room that their dock takes while it is looked at."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDockWidget, QMenu

from viewer.dock_places import BOTTOM_ROW
from viewer.menus import add_action

if TYPE_CHECKING:
    from viewer.streaming.room import StreamRoom
    from viewer.window import MainWindow

DOCK = "Streams"
LOW_PX = 150  # a row that is less high shows no card
ROOM_PX, WIDTHS_PX = 250, (204, 436)  # of that row; of performance and streams, which share its width


def build_stream_menu(window: MainWindow, room: StreamRoom) -> None:
    """Add to the menu Record."""
    menu = next(action.menu() for action in window.menuBar().actions() if action.text() == "&Record")
    assert isinstance(menu, QMenu)
    menu.addSeparator()
    add_action(menu, "Show the streams", "Ctrl+Shift+F", partial(show_streams, window)).setToolTip(
        "Many faces at once, each pushed to its own target"
    )
    add_action(menu, "Start or stop the streams", "Ctrl+Shift+G", partial(_toggle, window, room)).setToolTip(
        "As the panel says; they end when the window closes"
    )
    window.keep(DockRoom(window))


def show_streams(window: MainWindow) -> None:
    """Bring their dock to the front."""
    window.docks[DOCK].show()
    window.docks[DOCK].raise_()


def _toggle(window: MainWindow, room: StreamRoom) -> None:
    """What begins is seen."""
    if room.desk.phase == "idle":
        show_streams(window)
    room.toggle()


class DockRoom(QObject):
    """Gives the low row below the face more height while the streams are in front there, and takes it back."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._dock = window, window.docks[DOCK]
        self._before: tuple[int, int] | None = None  # height and width
        self._dock.visibilityChanged.connect(self._on_visible)

    def _on_visible(self, is_visible: bool) -> None:
        beside = self._window.docks[BOTTOM_ROW[0]]
        if is_visible and self._before is None and self._is_low(beside):
            self._before = self._dock.height(), beside.width()
            self._size(beside, ROOM_PX, WIDTHS_PX)
        elif not is_visible and self._before is not None and self._window.isVisible():
            height, width = self._before
            self._before = None
            self._size(beside, height, (width, beside.width() + self._dock.width() - width))

    def _is_low(self, beside: QDockWidget) -> bool:
        """Whether it lies in the low row: not floating, not among tabs that have more height anyway."""
        return not self._dock.isFloating() and beside.isVisible() and self._dock.height() < LOW_PX

    def _size(self, beside: QDockWidget, height: int, widths: tuple[int, int]) -> None:
        row = [beside, self._dock]
        self._window.resizeDocks(row, list(widths), Qt.Orientation.Horizontal)
        self._window.resizeDocks(row, [height, height], Qt.Orientation.Vertical)
