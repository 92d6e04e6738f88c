"""Between the threads that listen and the window: the one source that drives, and its newest face, nothing older."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Signal

from viewer.capture.captured import Captured
from viewer.capture.receiver import Arrival
from viewer.capture.senders import SourceKey
from viewer.live.live_lane import Asked, LiveLane


class CaptureInbox(QObject):
    """Lives on the GUI thread; `put` is for every thread. However much comes, at most one signal is on its way."""

    filled = Signal()  # emitted on the thread that put: connect it to a method of a QObject

    def __init__(self, lane: LiveLane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lane, self._lock = lane, threading.Lock()
        self._newest: tuple[Arrival, Asked | None] | None = None
        self._source: SourceKey | None = None
        self._is_told = False
        self.captured: Captured | None = None  # gathers everything while somebody records

    @property
    def source(self) -> SourceKey | None:
        """Who drives; None: whoever is heard first with a face."""
        return self._source

    def follow(self, source: SourceKey | None) -> None:
        """Let another source drive."""
        with self._lock:
            self._source, self._newest = source, None

    def put(self, arrival: Arrival) -> None:
        """A face has come: into the lane it goes, and one that waits for the window gives way."""
        captured = self.captured
        with self._lock:
            if captured is not None:
                captured.take(arrival)
            if arrival.heard.expression is None:
                return
            if self._source is None:
                self._source = arrival.source
            if arrival.source != self._source:
                return
            self._newest = arrival, self._lane.hear(arrival)
            is_told, self._is_told = self._is_told, True
        if not is_told:
            self.filled.emit()

    def take(self) -> tuple[Arrival, Asked | None] | None:
        """The newest face, once, and what the lane has made of it."""
        with self._lock:
            newest, self._newest, self._is_told = self._newest, None, False
            return newest
