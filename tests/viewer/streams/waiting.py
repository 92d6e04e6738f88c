"""Waiting for what other processes do, and looking that nothing of them is left."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from viewer.streams.launcher import ProcessLauncher

GENEROUS_S = 60.0  # a busy machine's; nothing measures it
FAKE = Path(__file__).with_name("fake_worker.py")


def until(holds: Callable[[], object], what: str) -> None:
    """Wait until something holds."""
    end_s = time.monotonic() + GENEROUS_S
    while not holds():
        assert time.monotonic() < end_s, f"still not: {what}"
        time.sleep(0.01)


def fake_workers(behaviour: str, *arguments: object) -> ProcessLauncher:
    """Starts fake workers: see `fake_worker.py`."""
    return ProcessLauncher(command=[sys.executable, "-S", str(FAKE), behaviour, *map(str, arguments)])


def is_there(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return b") Z " not in Path(f"/proc/{pid}/stat").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False


def children() -> set[int]:
    """This process' own children, zombies too."""
    mine = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[1]) == os.getpid():
                mine.add(int(entry.name))
    return mine
