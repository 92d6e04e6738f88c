"""The menus: every action of the window, with its shortcut. One function a menu."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

from viewer import files
from viewer.figures.review import TARGETS_FPS
from viewer.view_values import Canvas, Playback, ViewMode
from viewer.viewer_model import ViewerModel

if TYPE_CHECKING:
    from gpu_core.path_state import PathState
    from viewer.commands import Commands
    from viewer.window import MainWindow


def build_menus(window: MainWindow, model: ViewerModel, performances: Mapping[str, str]) -> dict[str, QMenu]:
    """Fill the window's menu bar; the menus that get more by what there is to choose: see viewer.choice_menus."""
    growing = {"face": _face(window, model), "generator": _generator(window)}
    _take(window, model, performances)
    _record(window)
    growing["view"] = _view(window, model)
    _engine(window, model)
    _help(window)
    return growing


def add_menu(window: MainWindow, title: str, *, before: str = "") -> QMenu:
    """A menu in the menu bar, at its end or before the one of that title."""
    bar = window.menuBar()
    menu = QMenu(title, bar)
    menu.setToolTipsVisible(True)
    following = next((action for action in bar.actions() if action.text() == before), None)
    if following is None:
        bar.addMenu(menu)
    else:
        bar.insertMenu(following, menu)
    return menu


def add_action(menu: QMenu, text: str, shortcut: str, slot: Callable[[], object]) -> QAction:
    """One more line of a menu; the shortcut holds in the whole application."""
    action = QAction(text, menu)
    action.triggered.connect(lambda _checked=False: slot())
    take_action(menu, action, *filter(None, [shortcut]))
    return action


def take_action(menu: QMenu, action: QAction, *shortcuts: str) -> None:
    """A line of a menu for an action that somebody else made."""
    if shortcuts:
        action.setShortcuts([QKeySequence(shortcut) for shortcut in shortcuts])
        # Also while a floating dock has the keyboard.
        action.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
    menu.addAction(action)


def _face(window: MainWindow, model: ViewerModel) -> QMenu:
    menu = add_menu(window, "&Face")
    add_action(menu, "Open face …", "Ctrl+O", partial(files.choose_face, window))
    menu.addSeparator()
    add_action(menu, "Neutral face", "Ctrl+0", model.reset)
    add_action(menu, "Find a shape", "Ctrl+F", window.find_shape)
    menu.addSeparator()
    add_action(menu, "Save screenshot …", "Ctrl+Alt+S", partial(files.choose_screenshot, window))
    menu.addSeparator()
    add_action(menu, "Quit", "Ctrl+Q", window.close)
    return menu


def _generator(window: MainWindow) -> QMenu:
    menu = add_menu(window, "&Generator")
    add_action(menu, "Open generator …", "Ctrl+Shift+O", partial(files.choose_generator, window))
    return menu


def _take(window: MainWindow, model: ViewerModel, performances: Mapping[str, str]) -> None:
    menu = add_menu(window, "&Take")

    def play() -> None:
        model.set_playback(replace(model.playback, playing=not model.playback.playing))

    def choose(key: str) -> None:
        model.set_playback(replace(model.playback, name=key, position_s=0.0))

    add_action(menu, "Open session …", "Ctrl+Shift+R", partial(files.choose_session, window)).setToolTip(
        "Play what a recording's folder holds, face by face"
    )
    menu.addSeparator()
    playing = add_action(menu, "Play", "Space", play)
    add_action(
        menu, "To the beginning", "Ctrl+Home", lambda: model.set_playback(replace(model.playback, position_s=0.0))
    )
    menu.addSeparator()
    group = QActionGroup(menu)
    group.setExclusionPolicy(QActionGroup.ExclusionPolicy.ExclusiveOptional)  # a session is none of them
    choices = {key: add_action(menu, title, "", partial(choose, key)) for key, title in performances.items()}
    for action in choices.values():
        action.setCheckable(True)
        group.addAction(action)

    def show(playback: Playback) -> None:
        playing.setText("Pause" if playback.playing else "Play")
        for key, action in choices.items():
            action.setChecked(key == playback.name)

    window.keep(show)
    model.playback_changed.connect(show)
    show(model.playback)


def _record(window: MainWindow) -> None:
    menu = add_menu(window, "&Record")
    add_action(menu, "Record or stop", "R", window.commands.toggle_recording)
    add_action(menu, "Record the performance frame by frame", "Shift+R", window.commands.record_performance)
    menu.addSeparator()
    add_action(menu, "Open the last recording's folder", "", window.open_recording)
    add_action(menu, "Check a session …", "", partial(files.choose_session_to_check, window)).setToolTip(
        "Whether a recording's folder is whole, and what it lacks; those whose program was killed mend themselves at "
        "the next start"
    )
    add_action(menu, "Timings beside the session's …", "Ctrl+Shift+T", window.commands.show_timings).setToolTip(
        "What each stage took when the open session was recorded, and what it takes now"
    )


def _view(window: MainWindow, model: ViewerModel) -> QMenu:
    menu = add_menu(window, "&View")
    group = QActionGroup(menu)
    modes = {}
    for number, mode in enumerate(ViewMode, 1):
        modes[mode] = add_action(menu, mode.value, str(number), partial(model.set_mode, mode))
        modes[mode].setCheckable(True)
        group.addAction(modes[mode])

    def show(mode: ViewMode) -> None:
        modes[mode].setChecked(True)

    window.keep(show)
    model.mode_changed.connect(show)
    show(model.mode)
    menu.addSeparator()
    add_action(menu, "Fit", "F", lambda: model.set_canvas(Canvas()))
    add_action(menu, "One pixel to one pixel", "Ctrl+1", window.show_pixels)
    menu.addSeparator()
    add_action(menu, "Difference to before", "Ctrl+D", window.commands.show_difference).setToolTip(
        "What the last change of precision, or of a switch, does to the picture"
    )
    menu.addSeparator()
    for dock in window.docks.values():
        menu.addAction(dock.toggleViewAction())
    menu.addSeparator()
    add_action(menu, "Artist layout", "Ctrl+F1", lambda: window.set_layout("artist"))
    add_action(menu, "Engineer layout", "Ctrl+F2", lambda: window.set_layout("engineer"))
    add_action(menu, "Layouts as they were at first", "", window.reset_layouts)
    add_action(menu, "Full screen", "F11", window.toggle_full_screen)
    return menu


def _engine(window: MainWindow, model: ViewerModel) -> None:
    menu = add_menu(window, "&Engine")
    add_action(menu, "Try again after a pause", "Ctrl+R", window.commands.resume)
    cancel = add_action(menu, "Cancel building the plan", "", window.commands.cancel_building)
    cancel.setEnabled(False)
    add_action(menu, "Classic way and back", "Ctrl+B", window.commands.toggle_classic).setToolTip(
        "Throws all switches at once: the baseline to compare with, and how it was before"
    )
    menu.addSeparator()
    commands = window.commands
    add_action(menu, "Pause the figures, or go on", "P", commands.pause_figures)
    add_action(menu, "The frame before", ",", partial(commands.step_frame, -1))
    add_action(menu, "The frame after", ".", partial(commands.step_frame, 1))
    _deadlines(menu, commands)
    add_action(menu, "Copy figures as Markdown", "Ctrl+Shift+C", commands.copy_figures)
    add_action(menu, "Start the statistics afresh", "", model.history.clear)
    _trace(window, model, menu)
    menu.addSeparator()

    def show(state: PathState) -> None:
        cancel.setEnabled(state.building is not None)

    window.keep(show)
    model.path_changed.connect(show)
    add_action(menu, "What runs here, and why …", "", window.show_about)


def _trace(window: MainWindow, model: ViewerModel, menu: QMenu) -> None:
    action = add_action(menu, "Record a trace", "Ctrl+T", window.commands.toggle_trace)
    action.setToolTip("Every stage of every frame, for ui.perfetto.dev")

    def show(path: str) -> None:
        action.setText("End the trace" if path else "Record a trace")

    window.keep(show)
    model.trace_changed.connect(show)


def _deadlines(menu: QMenu, commands: Commands) -> None:
    """The rates that frames can be late for."""
    rates = QMenu("Deadline of a frame", menu)
    menu.addMenu(rates)
    group = QActionGroup(rates)
    for fps in TARGETS_FPS:
        action = add_action(
            rates, f"{fps:g} frames a second" if fps else "none", "", partial(commands.set_deadline, fps)
        )
        action.setCheckable(True)
        action.setChecked(fps == commands.deadline_fps)
        group.addAction(action)


def _help(window: MainWindow) -> None:
    menu = add_menu(window, "&Help")
    add_action(menu, "About this machine …", "F1", window.show_about)
    add_action(menu, "Keys …", "F2", window.show_keys)
