"""Who writes a session: a lock that the operating system lets go of when its holder dies, however it dies.

Where there are no such locks on files, the process's number and the time it was started at say as much.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import BinaryIO

import psutil

from viewer.sessions.layout import LOCK_NAME

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


class WriterLock:
    """Held from its making to `release`. For a folder that nobody else writes to.

    Raises:
        OSError: the lock's file cannot be made.
        BlockingIOError: somebody else holds it.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK_NAME
        self._file: BinaryIO | None = self._path.open("a+b", buffering=0)
        try:
            if fcntl is not None:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._file.truncate(0)
            self._file.write(f"{os.getpid()} {psutil.Process().create_time():.2f}\n".encode())
        except OSError:
            self._file.close()
            raise

    def release(self) -> None:
        """Let go, and take the file away. Again is fine."""
        if self._file is None:
            return
        with contextlib.suppress(OSError):
            self._path.unlink()
        self._file.close()
        self._file = None


def is_held(folder: Path) -> bool:
    """Whether somebody is writing this session right now.

    Raises:
        OSError: the lock's file is there and cannot be looked at.
    """
    path = folder / LOCK_NAME
    if not path.exists():
        return False
    with path.open("rb") as file:
        if fcntl is None:
            return _lives(file.read(64))
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        return False


def _lives(told: bytes) -> bool:
    try:
        number, started = told.split()
        process = psutil.Process(int(number))
        return bool(abs(process.create_time() - float(started)) < 2.0)
    except (ValueError, psutil.Error):
        return False
