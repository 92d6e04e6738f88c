"""Watches over the workers of many streams: starts them, hears them, starts again what dies, ends them all.

Everything about workers happens on one thread, which lives as long as any of them: Linux ends a worker when the thread
that started it is gone.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from types import TracebackType

from viewer.streams.backoff import BackoffForm
from viewer.streams.launcher import Launcher, ProcessLauncher
from viewer.streams.minder import Minder, Patience
from viewer.streams.spares import Spares
from viewer.streams.values import StreamForm, StreamStatus

log = logging.getLogger(__name__)
LOOK_S = 0.05  # between two looks at all workers


class Supervisor:
    """Many streams, each with a worker, or all in one where `way` is "batch". Callable from any thread.

    With `spare` "warm" there is one worker more, ready to take the place of the next that dies: see `Spares`.
    """

    def __init__(
        self,
        forms: Sequence[StreamForm],
        *,
        launcher: Launcher | None = None,
        way: str = "workers",
        patience: Patience | None = None,
        backoff: BackoffForm | None = None,
        spare: str = "none",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        groups = [tuple(forms)] if way == "batch" else [(form,) for form in forms]
        patience = patience or Patience()
        self._spares = Spares(launcher or ProcessLauncher(), forms if spare == "warm" and way != "batch" else ())
        self._minders = [Minder(group, self._spares, patience, backoff or BackoffForm(), way) for group in groups]
        self._order = [form.number for form in forms]
        self._clock, self._end_s = clock, patience.end_s
        self._asked: SimpleQueue[int] = SimpleQueue()  # streams to be started again
        self._lock = threading.Lock()
        self._statuses: tuple[StreamStatus, ...] = ()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._publish()

    def start(self) -> None:
        """Start the workers. Returns at once."""
        self._thread.start()

    def statuses(self) -> tuple[StreamStatus, ...]:
        """How every stream goes, in the order of their forms."""
        with self._lock:
            return self._statuses

    def restart(self, number: int) -> None:
        """End this stream's worker, or the batch that it is in, and start another; also one that was given up."""
        self._asked.put(number)

    @property
    def is_over(self) -> bool:
        """Whether nothing runs, and nothing will: all have ended or been given up."""
        return all(status.state in ("ended", "failed", "refused") for status in self.statuses())

    def stop(self, timeout_s: float | None = None) -> None:
        """End all workers: asked first, killed when the time is up. Nothing of them is left after that."""
        if timeout_s is not None:
            self._end_s = timeout_s
        self._ending.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _watch(self) -> None:
        try:
            while not self._ending.wait(LOOK_S):
                self._look()
            self._spares.close()
            for minder in self._minders:
                minder.finish(self._clock(), self._end_s)
            while not all(minder.is_over for minder in self._minders):
                self._look()
                time.sleep(LOOK_S)
        except Exception as error:
            log.exception("the supervisor failed; it ends all streams")
            self._kill(f"the supervisor failed: {type(error).__name__}: {error}".splitlines()[0])
        finally:
            self._kill("")

    def _kill(self, note: str) -> None:
        self._spares.close()
        for minder in self._minders:
            minder.kill(note)
        self._publish()

    def _look(self) -> None:
        now_s = self._clock()
        for minder in self._asked_for():
            minder.restart(now_s)
        for minder in self._minders:
            minder.look(now_s)
        self._spares.look(now_s, calm=all(minder.is_calm for minder in self._minders))
        self._publish()

    def _asked_for(self) -> list[Minder]:
        asked: list[Minder] = []
        while True:
            try:
                number = self._asked.get_nowait()
            except Empty:
                return asked
            asked += [minder for minder in self._minders if number in minder.tallies and minder not in asked]

    def _publish(self) -> None:
        tallies = {number: tally for minder in self._minders for number, tally in minder.tallies.items()}
        statuses = tuple(tallies[number].status for number in self._order)
        with self._lock:
            self._statuses = statuses

    def __enter__(self) -> Supervisor:
        self.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()
