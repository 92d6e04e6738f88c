"""Return presses the button that has the keyboard. Space would, but Space plays, wherever the keyboard is."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ButtonKeys(QObject):
    """For one window and the docks that float beside it. Fields keep their Return: it is taken beside buttons alone."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._shortcuts = [QShortcut(QKeySequence(key), window) for key in KEYS]
        for shortcut in self._shortcuts:
            shortcut.setContext(Qt.ShortcutContext.ApplicationShortcut)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(self._press)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus)
        self._on_focus(None, app.focusWidget())

    def _on_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        is_ours = isinstance(now, QAbstractButton) and self._window.isAncestorOf(now) and not _in_dialog(now)
        for shortcut in self._shortcuts:
            shortcut.setEnabled(is_ours)

    def _press(self) -> None:
        button = QApplication.focusWidget()
        if isinstance(button, QAbstractButton):
            button.animateClick()


def _in_dialog(widget: QWidget) -> bool:
    return widget.window().windowType() in (Qt.WindowType.Dialog, Qt.WindowType.Sheet)  # it has a Return of its own
