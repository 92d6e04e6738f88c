"""The artist's part of the menu Take: takes in and out, keys recorded by hand; and the take's name in the title."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu

from viewer.menus import add_action
from viewer.takes.render_dialog import RenderDialog

if TYPE_CHECKING:
    from viewer.artist_desk import ArtistDesk
    from viewer.takes.key_recording import KeyRecording
    from viewer.takes.take_files import TakeFiles
    from viewer.window import MainWindow

TIMELINES = "Timeline of Mien's (*.json)"
TAKES = "Takes (*.csv *.glb *.gltf *.json)"
EXPORTS = {
    "Live Link Face (*.csv)": ".csv", "Animation, with the face (*.glb)": ".glb", TIMELINES: ".json",
}  # fmt: skip
VIDEOS = "Video (*.mp4)"
COARSE = 5


def build_take_menu(window: MainWindow, desk: ArtistDesk) -> None:
    """Add to the menu Take what works on takes and timelines."""
    menu = next(action.menu() for action in window.menuBar().actions() if action.text() == "&Take")
    assert isinstance(menu, QMenu)
    _add_files(window, menu, desk)
    menu.addSeparator()
    _add_keys(window, menu, desk.keys)
    _follow_title(window, desk.takes)


def _add_files(window: MainWindow, menu: QMenu, desk: ArtistDesk) -> None:
    """Above what was there before."""
    takes, first = desk.takes, menu.actions()[0]
    before = len(menu.actions())
    add_action(menu, "New take", "Ctrl+N", takes.new).setToolTip("An empty timeline; undo brings this one back")
    add_action(menu, "Open take …", "Ctrl+Alt+O", partial(_choose_take, window, takes)).setToolTip(
        "A CSV of Live Link Face or with ARKit's names, an animated glTF, a timeline"
    )
    recent = _add_recent(window, menu, takes)
    add_action(menu, "Edit as keys", "Ctrl+Shift+E", takes.edit_as_keys).setToolTip(
        "Makes a timeline of the performance, take or session that is chosen, nearer to it than can be seen"
    )
    add_action(menu, "Edit as few keys", "", partial(takes.edit_as_keys, COARSE)).setToolTip(
        "The same, within 0.03 and 0.6° of it: fewer keys for a hand to move, less noise of a camera"
    )
    menu.addSeparator()
    add_action(menu, "Save timeline", "Ctrl+S", partial(_save, window, takes))
    add_action(menu, "Save timeline as …", "", partial(_save_as, window, takes))
    add_action(menu, "Export take …", "Ctrl+E", partial(_export, window, desk)).setToolTip(
        "What is chosen, as Live Link Face CSV, glTF or a timeline"
    )
    add_action(menu, "Render to video …", "Ctrl+M", _renderer(window, desk)).setToolTip(
        "What is chosen, every frame of it, with this face and generator"
    )
    menu.addSeparator()
    added = menu.actions()[before:]
    menu.insertActions(first, added)
    window.keep(recent)


def _add_recent(window: MainWindow, menu: QMenu, takes: TakeFiles) -> QMenu:
    recent = QMenu("Open recent take", menu)
    recent.setToolTipsVisible(True)
    menu.addMenu(recent)

    def show() -> None:
        recent.clear()
        for path in takes.recent.paths:
            add_action(recent, path.name, "", partial(takes.open, path)).setToolTip(str(path))
        if recent.isEmpty():
            add_action(recent, "Takes that you open are here", "", lambda: None).setEnabled(False)

    window.keep(show)
    recent.aboutToShow.connect(show)
    return recent


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


def _add_toggle(menu: QMenu, text: str, shortcut: str, switch: Callable[[bool], None]) -> QAction:
    action = add_action(menu, text, shortcut, lambda: None)
    action.setCheckable(True)
    action.toggled.connect(switch)
    return action


def _follow_title(window: MainWindow, takes: TakeFiles) -> None:
    """The take's name, with a star while something is not saved, then the face's."""

    def show(*_: object) -> None:
        face = window.model.engine.face if window.model.engine is not None else ""
        take = f"{takes.name}[*]" if takes.path is not None or not takes.is_saved else "[*]"
        parts = [part for part in (take if take != "[*]" else "", face, "Mien") if part]
        window.setWindowTitle(" · ".join(parts))
        window.setWindowModified(take != "[*]" and not takes.is_saved)

    window.keep(show)
    window.model.engine_changed.connect(show)
    takes.changed.connect(show)
    show()


# -- asking for files --------------------------------------------------------------------------------------------------
def _choose_take(window: MainWindow, takes: TakeFiles) -> None:
    name, _ = QFileDialog.getOpenFileName(window, "Open take", _folder(takes), f"{TAKES};;All files (*)")
    if name:
        takes.open(Path(name))


def _save(window: MainWindow, takes: TakeFiles) -> None:
    if takes.path is None:
        _save_as(window, takes)
    else:
        takes.save()


def _save_as(window: MainWindow, takes: TakeFiles) -> None:
    start = takes.path or Path(_folder(takes)) / f"{takes.name}.json"
    name, _ = QFileDialog.getSaveFileName(window, "Save timeline", str(start), TIMELINES)
    if name:
        takes.save(_with_ending(Path(name), ".json"))


def _export(window: MainWindow, desk: ArtistDesk) -> None:
    start = Path(_folder(desk.takes)) / desk.takes.name
    name, chosen = QFileDialog.getSaveFileName(window, "Export take", str(start), ";;".join(EXPORTS))
    if name:
        engine = window.model.engine
        path = _with_ending(Path(name), EXPORTS.get(chosen, ".csv"), *EXPORTS.values())
        desk.takes.export(path, engine.face_file if engine is not None else None)


def _renderer(window: MainWindow, desk: ArtistDesk) -> Callable[[], None]:
    """What asks for a video's name, or shows the one that is being made."""
    dialog = RenderDialog(desk.rendering, window)

    def render() -> None:
        if not desk.rendering.is_running:
            start = Path(_folder(desk.takes)) / f"{desk.takes.name}.mp4"
            name, _ = QFileDialog.getSaveFileName(window, "Render to video", str(start), VIDEOS)
            if not name:
                return
            desk.rendering.start(_with_ending(Path(name), ".mp4"))
        dialog.show()
        dialog.raise_()

    return render


def _folder(takes: TakeFiles) -> str:
    """Where takes were last."""
    known = [takes.path] if takes.path is not None else takes.recent.paths
    return str(known[0].parent) if known else ""


def _with_ending(path: Path, ending: str, *others: str) -> Path:
    """The path, with the ending unless it has that or one of the others."""
    return path if path.suffix.lower() in (ending, *others) else path.with_name(path.name + ending)
