"""Workers on Ray, by way of a process of their own: see `viewer.farm.ray_child`, and `Executor` for what this does."""

from __future__ import annotations

import contextlib
import importlib.util
import pickle
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from gpu_core.errors import MienError
from viewer.farm.nodes import ROOT
from viewer.farm.processes import end_session
from viewer.farm.values import Closed, Done, Ended, Event, Failed, Job, Lost, Opened, Room, Work

STOP_S = 15.0  # for Ray to end in good order; it takes two or three
GET_RAY = 'the farm needs Ray, which is not installed: pip install "mien[farm]"'


def require_ray() -> None:
    """Say how to get Ray if it is not here.

    Raises:
        MienError: it is not.
    """
    if importlib.util.find_spec("ray") is None:
        raise MienError(GET_RAY)


class RayExecutor:
    """At most `most` workers for one job. `log` keeps what Ray and failed workers have to say, if there was a failure.

    Raises:
        MienError: Ray is not installed here.
    """

    def __init__(self, job: Job, room: Room, *, most: int, log: Path) -> None:
        require_ray()
        self._events: queue.Queue[Event | None] = queue.Queue()
        self._open = self._busy = 0
        self._is_over = self._had_failure = False
        self._log = log
        with log.open("ab") as words:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "viewer.farm.ray_child"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=words, cwd=ROOT,
                start_new_session=True,  # Ctrl-C is for this process alone
            )  # fmt: skip
        self._reader = threading.Thread(target=self._read, name="farm events", daemon=True)
        self._reader.start()
        self._send((job, room, most))

    @property
    def room(self) -> int:
        """One for each open worker beside the one that it has: what waits there begins without a moment's pause."""
        return 2 * self._open - self._busy

    def submit(self, work: Work) -> None:
        """Hand a segment over."""
        self._busy += 1
        self._send(work)

    def wait(self, timeout_s: float) -> list[Event]:
        """What has happened."""
        events: list[Event] = []
        try:
            event = self._events.get(timeout=timeout_s)
            while True:
                events += self._noted(event)
                event = self._events.get_nowait()
        except queue.Empty:
            return events

    def _noted(self, event: Event | None) -> list[Event]:
        if event is None:
            self._had_failure = True
            return [Ended(f"the connection with the Ray cluster is lost; what was said last is in {self._log}")]
        if isinstance(event, Opened):
            self._open += 1
        elif isinstance(event, Closed):
            self._open -= 1
        elif isinstance(event, Done | Failed | Lost):
            self._busy -= 1
        self._had_failure |= isinstance(event, Failed | Lost | Ended)
        return [event]

    def close(self) -> None:
        """End the workers, and Ray if it was started for them; nothing of it is left running."""
        if self._is_over:
            return
        self._is_over = True
        assert self._child.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._child.stdin.close()
        try:
            self._child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        if not self._had_failure:
            self._log.unlink(missing_ok=True)
        end_session(self._child.pid)
        self._reader.join()
        assert self._child.stdout is not None
        self._child.stdout.close()

    def _send(self, message: Any) -> None:
        assert self._child.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # its end is told by `wait`
            pickle.dump(message, self._child.stdin, protocol=5)
            self._child.stdin.flush()

    def _read(self) -> None:
        assert self._child.stdout is not None
        try:
            while True:
                self._events.put(pickle.load(self._child.stdout))
        except Exception:  # noqa: BLE001 - whatever the pickle raises, the other side waits to hear that it is over
            self._events.put(None)
