"""viewer.streams.table: a line a stream, drawn over itself on a terminal alone."""

from __future__ import annotations

import io
import re

import pytest

from viewer.push.values import PushStatus
from viewer.streams.table import PLAIN_S, Screen, rows
from viewer.streams.values import StreamStatus

LIVE = StreamStatus(
    1, "live", fps=24.96, misses=3, worst_gap_s=0.21, age_ms=41.4, cpu_percent=88.2, gpu_percent=12.0, memory_mb=340.4,
    push=PushStatus("rtmp://host/live/face-1", "live", kbps=800.4),
)  # fmt: skip
LOST = StreamStatus(12, "restarting", "the worker was killed by SIGKILL", restarts=1, push=PushStatus(note="no answer"))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_columns_stand_in_line_and_notes_follow() -> None:
    head, first, second, *notes = rows([LIVE, LOST])
    assert first.split() == [
        "1", "live", "25.0", "3", "0.21", "41", "88", "12", "340", "1", "live", "800", "rtmp://host/live/face-1",
    ]  # fmt: skip
    assert second.split()[:2] == ["12", "restarting"]
    assert head.index("fps") + 3 == first.index("25.0") + 4
    assert notes == ["    the worker was killed by SIGKILL", "    no answer"]


def test_a_note_that_both_have_is_told_once() -> None:
    assert len(rows([StreamStatus(1, "failed", "same", push=PushStatus(note="same"))])) == 3


def test_a_terminal_is_drawn_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("LINES", "3")
    terminal = Terminal()
    screen = Screen(terminal)
    screen.show([LIVE, LOST], 0.0)
    screen.show([LIVE, LOST], 0.1)
    text = terminal.getvalue()
    assert text.count("\x1b[2A") == 1
    assert max(map(len, re.sub(r"\x1b\[\d*[A-Z]", "", text).splitlines())) == 39


def test_elsewhere_it_is_told_now_and_then() -> None:
    file = io.StringIO()
    screen = Screen(file)
    for now_s in (0.0, 1.0, PLAIN_S - 0.1, PLAIN_S):
        screen.show([LIVE], now_s)
    assert file.getvalue().count("face ") == 2
    assert "\x1b" not in file.getvalue()
