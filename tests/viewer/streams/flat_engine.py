"""An engine without OpenGL: pictures of one colour, the number of the frame, a while after they were asked for."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from gpu_core.path_state import PathState
from gpu_core.settings import EngineSettings, Frame, FrameRequest, Picture, View

SIZE = 16


class FlatEngine:
    """Keeps the engine's contract as far as streams use it; `records` makes what `film` returns, if anything."""

    def __init__(self, delay_s: float = 0.0, depth: int = 2, faces: int = 1) -> None:
        self.settings = EngineSettings(size=SIZE, faces=faces, depth=depth)
        self.submitted: list[FrameRequest] = []
        self.recycled: list[int] = []
        self.path_state = PathState("flat", "a test asked for it", "numpy")
        self.records: Callable[[Frame], Any] = lambda _frame: None
        self.fails_with: Exception | None = None
        self._delay_s, self._depth = delay_s, depth
        self._flying: deque[tuple[int, FrameRequest, float]] = deque()
        self._notify: Callable[[], None] = lambda: None

    @property
    def in_flight(self) -> int:
        return len(self._flying)

    @property
    def can_submit(self) -> bool:
        return len(self._flying) < self._depth

    def on_ready(self, callback: Callable[[], None]) -> None:
        self._notify = callback

    def submit(self, request: FrameRequest) -> None:
        assert self.can_submit
        if self.fails_with is not None:
            raise self.fails_with
        self._flying.append((len(self.submitted), request, time.monotonic() + self._delay_s))
        self.submitted.append(request)
        if self._delay_s:
            timer = threading.Timer(self._delay_s, lambda: self._notify())
            timer.daemon = True
            timer.start()

    def collect(self, *, wait: bool) -> list[Frame]:
        assert not wait
        frames = []
        while self._flying and self._flying[0][2] <= time.monotonic():
            index, request, _ = self._flying.popleft()
            picture = Picture(1, 0, 0, SIZE, SIZE, SIZE)
            pictures = {View.GENERATED: (picture,)}
            frames.append(Frame(index, request, pictures, None, index % 3, (), time.perf_counter_ns(), "flat", True))
        return frames

    def film(self, frame: Frame, background: object, face: int = 0, encoder: object = None) -> Any:
        return self.records(frame)

    def read(self, frame: Frame, view: View, face: int = 0) -> np.ndarray:
        return np.full((SIZE, SIZE, 4), frame.index % 256, np.uint8)

    def recycle(self, frame: Frame, fence: object = None) -> None:
        assert frame.index not in self.recycled
        self.recycled.append(frame.index)

    def late_stages(self) -> list[Any]:
        return []
