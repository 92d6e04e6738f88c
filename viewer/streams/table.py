"""Many streams as a table of text: on a terminal drawn over itself, elsewhere a line each now and then."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import TextIO

from viewer.streams.values import StreamStatus

_HEAD = (
    "face",
    "state",
    "fps",
    "missed",
    "gap s",
    "age ms",
    "CPU %",
    "GPU %",
    "MB",
    "starts",
    "pushed",
    "kbit/s",
    "to",
)
_UP, _CLEAR_LINE, _CLEAR_BELOW = "\x1b[{}A", "\x1b[2K", "\x1b[J"
PLAIN_S = 5.0  # between two reports where there is no terminal


def rows(statuses: Sequence[StreamStatus]) -> list[str]:
    """The table's lines, its head first; what a stream has to say follows its line."""
    cells = [_HEAD, *map(_cells, statuses)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [_joined(row, widths) for row in cells]
    notes = [[], *map(_notes, statuses)]
    return [text for line, said in zip(lines, notes, strict=True) for text in (line, *said)]


def _joined(row: Sequence[str], widths: Sequence[int]) -> str:
    words = (0, 1, 10, 12)  # columns of words stand left, those of numbers right
    aligned = [
        text.ljust(width) if column in words else text.rjust(width)
        for column, (text, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(aligned).rstrip()


def _cells(status: StreamStatus) -> tuple[str, ...]:
    push, gpu = status.push, status.gpu_percent
    return (
        str(status.number), status.state, f"{status.fps:.1f}", str(status.misses), f"{status.worst_gap_s:.2f}",
        f"{status.age_ms:.0f}", f"{status.cpu_percent:.0f}", "-" if gpu is None else f"{gpu:.0f}",
        f"{status.memory_mb:.0f}", str(1 + status.restarts), push.state, f"{push.kbps:.0f}", push.where or "-",
    )  # fmt: skip


def _notes(status: StreamStatus) -> list[str]:
    return [f"    {note}" for note in dict.fromkeys((status.note, status.push.note)) if note]


class Screen:
    """Shows the table, on a terminal in place of what it showed before."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._height = stream, 0
        self._is_terminal = stream.isatty()
        self._told_s = -PLAIN_S

    def show(self, statuses: Sequence[StreamStatus], now_s: float, note: str = "") -> None:
        """Show it and, below, what concerns all; where there is no terminal, only if the last time was a while ago."""
        lines = [*rows(statuses), *filter(None, [note])]
        if self._is_terminal:
            self._redraw(lines)
        elif now_s - self._told_s >= PLAIN_S:
            self._told_s = now_s
            self._stream.write("".join(f"{line}\n" for line in lines))
            self._stream.flush()

    def _redraw(self, lines: Sequence[str]) -> None:
        width, height = shutil.get_terminal_size()
        lines = [
            line[: width - 1] for line in lines[: max(1, height - 1)]
        ]  # what wraps or scrolls cannot be drawn over
        up = _UP.format(self._height) if self._height else ""
        body = "".join(f"{_CLEAR_LINE}{line}\n" for line in lines)
        self._stream.write(f"{up}{body}{_CLEAR_BELOW}")
        self._stream.flush()
        self._height = len(lines)
