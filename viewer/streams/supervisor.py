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

from gpu_core.mps.deaths import Toll, read_death
from gpu_core.thread_load import usable_cores
from viewer.streams.backoff import BackoffForm
from viewer.streams.launcher import Launcher, ProcessLauncher
from viewer.streams.minder import Minder, Patience
from viewer.streams.overload import Advice, Overload
from viewer.streams.spares import Spares
from viewer.streams.values import StreamForm, StreamStatus

log = logging.getLogger(__name__)
LOOK_S = 0.05  # between two looks at all workers
MOST_REMARKS = 100
HEAR_S = 0.5  # between two thoughts about whether the machine keeps up


class Supervisor:
    """Many streams, each with a worker, or all in one where `way` is "batch". Callable from any thread.

    With `spare` "warm" there is one worker more, ready to take the place of the next that dies: see `Spares`. Where the
    machine does not keep up, `advice` says so; with `when_full` "degrade" all streams are slowed evenly. Where workers
    share a GPU through MPS, `remarks` says what the death of one took along. At most `starts` workers start at once, by
    default as many as there are cores: a start takes one for a second or more, and many at once are slow for all.
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
        when_full: str = "refuse",
        under_mps: bool = False,
        starts: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        groups = [tuple(forms)] if way == "batch" else [(form,) for form in forms]
        patience = patience or Patience()
        self._spares = Spares(
            launcher or ProcessLauncher(), forms if spare == "warm" and way != "batch" else (), start_s=patience.start_s
        )
        self._minders = [Minder(group, self._spares, patience, backoff or BackoffForm(), way) for group in groups]
        self._order = [form.number for form in forms]
        self._clock, self._end_s, self._starts = clock, patience.end_s, starts or usable_cores()
        self._overload, self._heard_s = Overload(forms, when_full), 0.0
        self._toll = Toll(under_mps=under_mps) if under_mps else None
        self._remarks: tuple[str, ...] = ()
        for minder in self._minders:
            minder.on_death = self._note_death
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

    @property
    def advice(self) -> Advice:
        """Whether the machine keeps up, and what share of their rates the streams go at."""
        return self._overload.advice

    @property
    def remarks(self) -> tuple[str, ...]:
        """What there was to say of deaths so far, a sentence each."""
        return self._remarks

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
        starting = sum(minder.is_starting for minder in self._minders)
        for minder in self._minders:
            was_starting = minder.is_starting
            minder.look(now_s, may_start=starting < self._starts)
            starting += minder.is_starting - was_starting
        self._spares.look(now_s, calm=all(minder.is_calm for minder in self._minders))
        self._publish()
        if now_s - self._heard_s >= HEAR_S:
            self._heard_s = now_s
            self._answer_overload(now_s)
            self._remark(now_s)

    def _note_death(self, number: int, how: str, pid: int) -> None:
        if self._toll is not None:
            self._toll.died(read_death(number, self._clock(), how, pid))

    def _remark(self, now_s: float) -> None:
        for taken in self._toll.told(now_s) if self._toll is not None else ():
            self._remarks = (*self._remarks, taken.text)[-MOST_REMARKS:]

    def _answer_overload(self, now_s: float) -> None:
        before = self._overload.advice.share
        after = self._overload.hear(self.statuses(), now_s).share
        if after != before:
            for minder in self._minders:
                minder.slow_to(after)

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
