"""What is chosen, as something that a process beside the window can open: a key it knows, or a file for the while."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from viewer.performance.builtin import BUILTIN, Performance
from viewer.performance.timeline import Timeline
from viewer.performance.timeline_file import write_timeline
from viewer.sessions.take import FPS, Take, save_take

RATE = 2 * FPS  # of a file for the while: between its rows lies a straight line


@contextmanager
def source_of(key: str, chosen: Performance | None) -> Iterator[str]:
    """A source for `viewer.sessions.take_process` and `mien render`; what has no file of its own gets one meanwhile.

    Raises:
        MienError: it cannot be written.
    """
    if chosen is None or key in BUILTIN or (not isinstance(chosen, Timeline) and Path(key).exists()):
        yield key
        return
    with tempfile.TemporaryDirectory(prefix="mien-") as folder:
        name = Path(folder) / _file_name(chosen.title)
        if isinstance(chosen, Timeline):
            source = name.with_name(f"{name.name}.json")
            write_timeline(chosen, source)
        else:
            source = name.with_name(f"{name.name}.csv")
            save_take(Take(chosen.title, chosen.duration_s, RATE, chosen.at), source)
        yield str(source)


def _file_name(title: str) -> str:
    return "".join(sign if sign.isalnum() or sign in " -_" else "_" for sign in title)[:60].strip() or "take"
