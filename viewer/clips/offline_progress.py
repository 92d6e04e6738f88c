"""How far a clip is, and how much longer it takes: one line that is rewritten on a terminal, else one now and then."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import TextIO

TERMINAL_S, PIPE_S = 0.2, 5.0  # between two lines
WINDOW_S = 10.0  # the time left is told by how fast it went lately: the first frames load and compile


class Progress:
    """Tells `total` frames of progress on a stream, every `pause_s` seconds, `begun` of them made before.

    `clock` gives seconds.
    """

    def __init__(
        self,
        stream: TextIO,
        total: int,
        clock: Callable[[], float] = time.monotonic,
        pause_s: float | None = None,
        *,
        begun: int = 0,
    ) -> None:
        self._stream, self._total, self._clock = stream, total, clock
        self._is_terminal = stream.isatty()
        self._pause_s = pause_s or (TERMINAL_S if self._is_terminal else PIPE_S)
        self._told_s = clock()
        self._recent: deque[tuple[float, int]] = deque([(self._told_s, begun)])
        self._width = 0

    def note(self, frames: int) -> None:
        """So many frames are done."""
        now_s = self._clock()
        if now_s - self._told_s < self._pause_s:
            return
        self._told_s = now_s
        self._recent.append((now_s, frames))
        while len(self._recent) > 2 and now_s - self._recent[0][0] > WINDOW_S:
            self._recent.popleft()
        self._tell(f"mien: {self._text(frames)}")

    def _text(self, frames: int) -> str:
        (then_s, before), (now_s, _) = self._recent[0], self._recent[-1]
        share = f"frame {frames} of {self._total}, {100 * frames // self._total} %"
        if frames <= before or now_s <= then_s:
            return share
        fps = (frames - before) / (now_s - then_s)
        return f"{share}, {fps:.1f} frames a second, {time_left((self._total - frames) / fps)} left"

    def _tell(self, line: str) -> None:
        if not self._is_terminal:
            self._stream.write(f"{line}\n")
        else:
            self._stream.write(f"\r{line:<{self._width}}")
            self._width = len(line)
        self._stream.flush()

    def close(self) -> None:
        """Wipe the line off the terminal."""
        if self._width:
            self._stream.write("\r" + " " * self._width + "\r")
            self._stream.flush()
            self._width = 0


def time_left(seconds: float) -> str:
    """Seconds as somebody says them: 45 s, 3 min 20 s, 2 h 5 min."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
