"""Drags a slider of the window with the mouse, as a hand does; how long does the GUI thread stall meanwhile?"""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from viewer.heartbeat import Heartbeat
from viewer.window import MainWindow

MOVE_MS = 16  # mice tell of themselves more often, screens show no more
CYCLE = 120  # moves there and back
PART = 60  # moves until the button is let go and pressed again: a step of the history each
OPENED = ("Expressions", "Timeline", "Compare")  # docks, as far as there are any


class Drag(QObject):
    """One drag of `seconds`; `then` hears what stalled."""

    def __init__(
        self, window: MainWindow, slider: QWidget, seconds: float, then: Callable[[dict[str, float]], None]
    ) -> None:
        super().__init__(window)
        self._slider, self._then = slider, then
        self._left = max(1, round(1000 * seconds / MOVE_MS))
        self._moved = 0
        self._heartbeat = Heartbeat(self)
        self._timer = QTimer(self, interval=MOVE_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._move)

    def begin(self) -> None:
        """Press the button; the rest comes by itself."""
        self._heartbeat.start()
        self._timer.start()

    def _move(self) -> None:
        part = self._moved % PART
        if not part:
            self._send(QEvent.Type.MouseButtonPress)
        self._send(QEvent.Type.MouseMove)
        self._moved += 1
        self._left -= 1
        if part == PART - 1 or not self._left:
            self._send(QEvent.Type.MouseButtonRelease)
        if not self._left:
            self._timer.stop()
            self._then(self._heartbeat.stop())

    def _send(self, kind: QEvent.Type) -> None:
        button = Qt.MouseButton.LeftButton
        held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else button
        share = 0.5 - 0.45 * math.cos(2 * math.pi * self._moved / CYCLE)
        at = QPointF(share * self._slider.width(), self._slider.height() - 10.0)
        event = QMouseEvent(
            kind,
            at,
            self._slider.mapToGlobal(at),
            Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else button,
            held,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(self._slider, event)


def open_docks(window: MainWindow) -> list[str]:
    """The artist's layout with everything open that costs while a hand drags; returns what that is."""
    window.set_layout("artist")
    opened = [title for title in OPENED if title in window.docks]
    for title in opened:
        window.docks[title].show()
        window.docks[title].raise_()
    return opened
