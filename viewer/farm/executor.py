"""Who renders segments: what a run asks of it, and the simplest one, in this process."""

from __future__ import annotations

import hashlib
import traceback
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Protocol

from gpu_core.errors import MienError
from viewer.farm.renderer import SegmentRenderer
from viewer.farm.values import Done, Ended, Event, Failed, Job, Made, Opened, Work


class Executor(Protocol):
    """Workers behind whatever carries to them. One thread calls."""

    @property
    def room(self) -> int:
        """How many more segments would begin at once."""

    def submit(self, work: Work) -> None:
        """Have a segment rendered: `wait` answers with exactly one Done, Failed or Lost of its key, unless it ends."""

    def wait(self, timeout_s: float) -> list[Event]:
        """What has happened since the last call, in order; waits for something at most so long."""

    def close(self) -> None:
        """End every worker and whatever was started for them. Again is fine."""


class InProcess:
    """One engine in this process; see `Executor`."""

    def __init__(self, job: Job) -> None:
        self._renderer = SegmentRenderer(job)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="farm")
        self._work: Work | None = None
        self._told = 0
        self._is_open = False
        self._future: Future[list[Event]] | None = self._thread.submit(self._open)

    @property
    def room(self) -> int:
        """One, while it has nothing to do."""
        return int(self._is_open and self._future is None)

    def submit(self, work: Work) -> None:
        """Begin a segment."""
        self._work, self._told = work, 0
        self._future = self._thread.submit(self._render, work)

    def wait(self, timeout_s: float) -> list[Event]:
        """What has happened."""
        future = self._future
        if future is None:
            return []
        wait([future], timeout_s, FIRST_COMPLETED)
        if future.done():
            self._future = self._work = None
            return future.result()
        if self._work is not None and self._renderer.made != self._told:
            self._told = self._renderer.made
            return [Made(self._work.key, self._told)]
        return []

    def close(self) -> None:
        """Wait for the present segment, then end."""
        self._thread.shutdown(wait=True)
        if self._is_open:
            self._is_open = False
            self._renderer.close()

    def _open(self) -> list[Event]:
        try:
            warm = self._renderer.open()
        except MienError as error:
            return [Ended(str(error))]
        self._is_open = True
        return [Opened(0, "this process", warm.facts, warm.proof)]

    def _render(self, work: Work) -> list[Event]:
        return [rendered(self._renderer, work)]


def rendered(renderer: SegmentRenderer, work: Work, where: str = "") -> Done | Failed:
    """A segment, or why there is none in one line; never raises."""
    try:
        data, core_s = renderer.render(work)
    except MienError as error:
        return Failed(work.key, str(error), where)
    except Exception as error:  # noqa: BLE001 (whatever it is, the other segments go on)
        text = (str(error).strip().splitlines() or [""])[0][:200]
        return Failed(work.key, f"{type(error).__name__}: {text}", where, traceback.format_exc())
    return Done(work.key, data, hashlib.sha256(data).hexdigest(), core_s)
