"""The timeline's actions with their keys, which hold only while it has the keyboard, and its context menu."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from viewer.performance.easing import Ease
from viewer.timeline.model import TimelineModel
from viewer.timeline.sheet import TimelineSheet
from viewer.timeline.tools import TimelineTools

_Entry = tuple[str, str, Callable[[], object]]  # text, keys, what it does; "|" in the keys parts several
FAR_FRAMES = 10


class TimelineActions:
    """Adds the actions to a widget. `menu` makes the context menu of them."""

    def __init__(self, widget: QWidget, timeline: TimelineModel, sheet: TimelineSheet, tools: TimelineTools) -> None:
        self._widget, self._timeline, self._tools = widget, timeline, tools
        self._all: list[QAction] = []
        self._eases = self._add((
            ("Ease: straight to the next key", "L", partial(tools.set_ease, Ease.LINEAR)),
            ("Ease: held until the next key", "H", partial(tools.set_ease, Ease.STEP)),
            ("Ease: smooth to the next key", "E", partial(tools.set_ease, Ease.CUBIC)),
        ))  # fmt: skip
        self._clips = self._add((
            ("Cut", "Ctrl+X", tools.cut),
            ("Copy", "Ctrl+C", tools.copy),
            ("Delete", "Del|Backspace", tools.delete),
        ))  # fmt: skip
        self._paste = self._add((("Paste at the playhead", "Ctrl+V", tools.paste),))
        self._times = self._add((
            ("Bring onto frames", "", tools.snap),
            ("Reverse in time", "", tools.reverse),
            ("Stretch to the playhead", "", tools.stretch_to_playhead),
            ("Twice as slow", "", partial(tools.stretch, 2.0)),
            ("Twice as fast", "", partial(tools.stretch, 0.5)),
        ))  # fmt: skip
        self._seen = self._add((
            ("Choose all keys", "Ctrl+A", tools.select_all),
            ("Choose the keys at the playhead", "Return", tools.select_here),
            ("Loop from the playhead", "I", tools.loop_from),
            ("Loop until the playhead", "O", tools.loop_until),
            ("Loop all of it", "", partial(sheet.set_loop_range, None)),
            ("Show the chosen keys", "Shift+A", tools.fit_chosen),
            ("Show the whole timeline", "A", sheet.fit),
        ))  # fmt: skip
        self._add((
            ("Curves", "C", lambda: sheet.show_curves(not sheet.shows_curves)),
            ("Snap", "S", lambda: sheet.set_snaps(not sheet.snaps)),
            ("The key before", "[|Alt+Left", lambda: tools.jump(forwards=False)),
            ("The next key", "]|Alt+Right", lambda: tools.jump(forwards=True)),
            ("Choose nothing", "Ctrl+Shift+A", tools.select_none),
        ))  # fmt: skip
        self._add_arrows(timeline, sheet)

    @property
    def all(self) -> list[QAction]:
        """Every action, in groups: for a menu of the window."""
        return self._all

    def _add_arrows(self, timeline: TimelineModel, sheet: TimelineSheet) -> None:
        tools = self._tools
        self._add((
            ("Back a frame", "Left", partial(tools.nudge, -1)),
            ("On a frame", "Right", partial(tools.nudge, 1)),
            ("Back ten frames", "Shift+Left", partial(tools.nudge, -FAR_FRAMES)),
            ("On ten frames", "Shift+Right", partial(tools.nudge, FAR_FRAMES)),
            ("Raise", "Up", partial(tools.nudge_value, 1)),
            ("Lower", "Down", partial(tools.nudge_value, -1)),
            ("Raise by ten", "Shift+Up", partial(tools.nudge_value, FAR_FRAMES)),
            ("Lower by ten", "Shift+Down", partial(tools.nudge_value, -FAR_FRAMES)),
            ("To the beginning", "Home", partial(tools.go, 0.0)),
            ("To the end", "End", lambda: tools.go(timeline.timeline.duration_s)),
        ))  # fmt: skip

    def _add(self, entries: tuple[_Entry, ...]) -> list[QAction]:
        actions = []
        for text, keys, does in entries:
            action = QAction(text, self._widget)
            action.setShortcuts([QKeySequence(key) for key in keys.split("|") if key])
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(lambda _checked=False, does=does: does())
            self._widget.addAction(action)
            actions.append(action)
        self._all += actions
        return actions

    def menu(self) -> QMenu:
        """The context menu as things are now."""
        menu = QMenu(self._widget)
        has_keys = bool(self._timeline.selection)
        for some in (self._eases, self._clips, self._paste, self._times, self._seen):
            menu.addActions(some)
            menu.addSeparator()
        for action in (*self._eases, *self._clips, *self._times):
            action.setEnabled(has_keys)
        self._paste[0].setEnabled(self._tools.has_copied)
        menu.aboutToHide.connect(self._enable)
        return menu

    def _enable(self) -> None:
        """Their keys hold again: they do nothing where there is nothing to do."""
        for action in (*self._eases, *self._clips, *self._times, *self._paste):
            action.setEnabled(True)
