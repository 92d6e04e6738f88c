"""Keys that are held: A shows one side of a comparison alone, B the other, for as long as they are down."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from viewer.compare.model import CompareModel

KEYS = {Qt.Key.Key_A: "a", Qt.Key.Key_B: "b"}


class PeekKeys(QObject):
    """Watches the keys that reach the window: those that a field types with never do."""

    def __init__(self, compare: CompareModel, window: QWidget) -> None:
        super().__init__(window)
        self._compare = compare
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: an event on its way to the window."""
        if event.type() is QEvent.Type.WindowDeactivate:  # the release goes to somebody else
            self._compare.set_peek("")
        elif event.type() in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) and isinstance(event, QKeyEvent):
            side = KEYS.get(Qt.Key(event.key()))
            if side is not None and event.modifiers() == Qt.KeyboardModifier.NoModifier:
                return self._take(event, side)
        return super().eventFilter(watched, event)

    def _take(self, event: QKeyEvent, side: str) -> bool:
        if not event.isAutoRepeat():
            self._compare.set_peek(side if event.type() is QEvent.Type.KeyPress else "")
        return True
