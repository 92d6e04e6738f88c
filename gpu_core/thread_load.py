"""Which threads of this process take the cores: read from /proc, where there is one."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

TASKS = Path("/proc/self/task")
# Fields of /proc/[pid]/stat after the name in brackets, counted from 0: utime and stime, in ticks. See proc(5).
_USER, _SYSTEM = 11, 12


@dataclass(frozen=True)
class ThreadLoad:
    """One thread since the sample before."""

    tid: int
    name: str  # its own, at most 15 letters, which a thread inherits from the one that started it
    python_name: str  # as threading knows it; "" for threads of libraries
    percent: float  # of one core


def usable_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def name_thread(name: str) -> None:
    """Tell the kernel what the calling thread is (15 letters); threads that a library starts from it inherit that."""
    with suppress(OSError):  # without /proc nobody asks
        Path("/proc/thread-self/comm").write_text(name[:15], encoding="utf-8")


class ThreadTimes:
    """Reads the processor times of all threads. For one thread; 20 µs each."""

    def __init__(self, tasks: Path = TASKS) -> None:
        self._tasks = tasks
        self._ticks: dict[int, int] = {}
        self._taken_s = 0.0
        self._tick_s = 1.0 / os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 0.01
        self.sample()

    def sample(self) -> tuple[ThreadLoad, ...] | None:
        """Every thread and its share of a core since the call before; None where there is no /proc."""
        try:
            tids = [int(name) for name in os.listdir(self._tasks) if name.isdigit()]
        except OSError:
            return None
        now_s = time.monotonic()
        passed_s = max(now_s - self._taken_s, 1e-3)
        names = {thread.native_id: thread.name for thread in threading.enumerate()}
        told = {tid: found for tid in tids if (found := self._read(tid)) is not None}
        loads = tuple(
            ThreadLoad(
                tid, name, names.get(tid) or "",
                # A thread that is new has spent what it has since it began.
                100.0 * max(ticks - self._ticks.get(tid, 0), 0) * self._tick_s / passed_s,
            )
            for tid, (name, ticks) in sorted(told.items())
        )  # fmt: skip
        self._ticks, self._taken_s = {tid: ticks for tid, (_, ticks) in told.items()}, now_s
        return loads

    def _read(self, tid: int) -> tuple[str, int] | None:
        """Name and ticks of one thread; None if it has ended meanwhile."""
        try:
            text = (self._tasks / str(tid) / "stat").read_text(encoding="utf-8", errors="replace")
            # A name may hold brackets and blanks itself: it ends at the last one.
            name, fields = text[text.index("(") + 1 : text.rindex(")")], text[text.rindex(")") + 2 :].split()
            return name, int(fields[_USER]) + int(fields[_SYSTEM])
        except (OSError, ValueError, IndexError):
            return None
