"""Processes below one, and their end."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

import psutil

REAP_S = 5.0


def descendants(pid: int) -> list[psutil.Process]:
    """All processes below one."""
    try:
        return list(psutil.Process(pid).children(recursive=True))
    except psutil.Error:
        return []


def end_all(processes: Iterable[psutil.Process]) -> None:
    """Kill them, and wait until they are gone. A number that has another owner by now is left alone."""
    ended = list(processes)
    for process in ended:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(ended, timeout=REAP_S)
