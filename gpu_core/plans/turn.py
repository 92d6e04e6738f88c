"""One process at a time builds a plan; those that come meanwhile wait, and find it in the cache.

Workers of one machine start together and want the same plan: built by each, it would take each one's minutes and memory
of the GPU. The operating system lets go of a lock when its holder dies, however it dies. Where there are no such locks
(Windows), or the folder cannot be written to, everybody builds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LOOK_S = 0.1


@contextmanager
def turn(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Wait until nobody else has the turn of this file, and have it for the block.

    `waiting` is called again and again while somebody has it; what it raises ends the waiting.
    """
    file = _opened(path)
    if file is None:
        yield
        return
    with file:
        while not _taken(file):
            waiting()
            time.sleep(LOOK_S)
        try:
            yield
        finally:
            with suppress(OSError):
                path.unlink()


def _opened(path: Path) -> BinaryIO | None:
    if fcntl is None:
        return None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("ab")
    except OSError:  # the cache warns of it
        return None


def _taken(file: BinaryIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True
