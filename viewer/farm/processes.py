"""Processes of one session, and their end: also those whose parent is gone stay in it."""

from __future__ import annotations

import contextlib
import os

import psutil

REAP_S = 5.0


def of_session(session: int) -> list[psutil.Process]:
    """All processes of the session that process `session` has begun, that one and this one left out."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(OSError, psutil.Error):
            if os.getsid(process.pid) == session and process.pid not in (session, os.getpid()):
                found.append(process)
    return found


def end_session(session: int) -> None:
    """Kill what is left of a session, and wait until it is gone."""
    left = of_session(session)
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(left, timeout=REAP_S)
