"""The timeline's part of the menu Edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from viewer.menus import add_action
from viewer.panels.timeline import TimelinePanel

if TYPE_CHECKING:
    from viewer.artist_desk import ArtistDesk
    from viewer.window import MainWindow


def add_timeline_actions(window: MainWindow, menu: QMenu, desk: ArtistDesk) -> None:
    """Keys of the face, which can be set wherever the keyboard is; and all that the timeline's own keys do."""
    add_action(menu, "Key what has changed", "K", desk.tools.key_changed).setToolTip(
        "Sets keys at the timeline's playhead for all that differs from it"
    )
    add_action(menu, "Key the chosen tracks", "Alt+K", desk.tools.key_chosen).setToolTip(
        "Sets keys at the playhead on the tracks whose names are chosen in the timeline"
    )
    panel = window.docks["Timeline"].widget()
    assert isinstance(panel, TimelinePanel)
    timeline = QMenu("In the timeline", menu)
    timeline.addActions(panel.view.actions_.all)
    menu.addMenu(timeline)
    menu.addSeparator()
