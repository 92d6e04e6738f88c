"""The processes that play rounds, as a planner sees them: one for what happens in one process, one a worker."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Protocol

from gpu_core.errors import MienError
from viewer.streams.asking import threads_for
from viewer.streams.launcher import LaunchError, ProcessLauncher
from viewer.streams.round_orders import WORKERS, WORKERS_MPS, RoundOrder, order_line, played_of, read_answer
from viewer.streams.round_playing import RoundPlayed
from viewer.streams.values import StreamForm

MODULE = "viewer.streams.round_player"
_READY_S = 900.0  # a plan may have to be built
_MORE_S = 60.0  # beyond the seconds that a round plays
_TOGETHER_S = 0.1  # from sending orders to the moment that all begin at
_LOOK_S = 0.005  # between two looks for an answer: rounds take a second
_ONE = "one process"  # plays all that happens in one
Start = Callable[[StreamForm, Mapping[str, str]], "PlayerProcess"]


class RoundError(MienError):
    """A round could not be played."""


class Players(Protocol):
    """Plays rounds."""

    engine: str  # who inferred last, in words

    def ready(self, way: str, faces: int) -> None:
        """Open what `play` of this way needs.

        Raises:
            MienError: it cannot be had here.
        """

    def play(self, way: str, faces: int, seconds: float) -> list[RoundPlayed]:
        """One round; what each process did.

        Raises:
            MienError: one of them failed.
        """


class ProcessPlayers:
    """`Players` as processes. A context manager: at its end nothing of them is left.

    `environments` is added to a way's workers' own, by the way.
    """

    def __init__(
        self,
        form: StreamForm,
        *,
        environments: Mapping[str, Mapping[str, str]] | None = None,
        start: Start | None = None,
    ) -> None:
        self.engine = ""
        self._form, self._start, self._environments = form, start or PlayerProcess, dict(environments or {})
        self._pools: dict[str, list[PlayerProcess]] = {}  # workers by their way, and _ONE

    def ready(self, way: str, faces: int) -> None:
        """See `Players`."""
        self._ask(way, faces, 0.0, _READY_S)

    def play(self, way: str, faces: int, seconds: float) -> list[RoundPlayed]:
        """See `Players`."""
        return self._ask(way, faces, seconds, seconds + _MORE_S)

    def _ask(self, way: str, faces: int, seconds: float, patience_s: float) -> list[RoundPlayed]:
        processes, orders = self._asked(way, faces)
        start_s = time.monotonic() + _TOGETHER_S
        for process, (first, count, threads) in zip(processes, orders, strict=True):
            process.send(RoundOrder(way, count, first, seconds, start_s, threads))
        played = []
        for process in processes:
            self.engine, one = process.answer(patience_s)
            played.append(one)
        return played

    def _asked(self, way: str, faces: int) -> tuple[Sequence[PlayerProcess], list[tuple[int, int, int]]]:
        """Who plays, and of each the first face, how many, and the threads of its inference."""
        if way in (WORKERS, WORKERS_MPS):
            threads = threads_for(faces)
            return self._up_to(way, faces), [(number, 1, threads) for number in range(faces)]
        return self._up_to(_ONE, 1), [(0, faces, 0)]

    def _up_to(self, pool: str, count: int) -> Sequence[PlayerProcess]:
        processes = self._pools.setdefault(pool, [])
        while len(processes) < count:
            processes.append(self._start(self._form, self._environments.get(pool, {})))
        return processes[:count]

    def close(self) -> None:
        """End them all."""
        for process in (process for pool in self._pools.values() for process in pool):
            process.close()
        self._pools.clear()

    def __enter__(self) -> ProcessPlayers:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


class PlayerProcess:
    """One of them, which answers orders: started, heard and ended as workers are."""

    def __init__(
        self, form: StreamForm, environment: Mapping[str, str] | None = None, command: Sequence[str] | None = None
    ) -> None:
        # Its form asks for no number of threads: orders do, and one process plays rounds of all.
        launcher = ProcessLauncher(MODULE, environment=environment, command=command)
        try:
            self._process = launcher.start([replace(form, threads=0)])
        except LaunchError as error:
            raise RoundError(f"a process that measures cannot be started: {error.why}") from error
        self._answers: list[bytes] = []

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def send(self, order: RoundOrder) -> None:
        """Give it an order; one that has ended says so when it is asked for its answer."""
        self._process.send(order_line(order))

    def answer(self, patience_s: float) -> tuple[str, RoundPlayed]:
        """Wait for the answer to the oldest order: who inferred, and what was played.

        Raises:
            RoundError: it failed, and why; it ended; or there is no answer in time.
        """
        try:
            told = read_answer(self._line(time.monotonic() + patience_s))
            if "problem" in told:
                raise RoundError(str(told["problem"]))
            return str(told["engine"]), played_of(told)
        except (ValueError, KeyError, TypeError) as error:
            raise RoundError("a process that measures answers nonsense") from error

    def _line(self, end_s: float) -> bytes:
        while not self._answers:
            ended = self._process.ended()  # before it is heard: what it said last counts
            self._answers += self._process.messages()
            if self._answers:
                break
            if ended is not None:
                raise RoundError(f"a process that measures has ended{self._last_words(ended)}")
            if time.monotonic() > end_s:
                raise RoundError("a process that measures does not answer")
            time.sleep(_LOOK_S)
        return self._answers.pop(0)

    @staticmethod
    def _last_words(ended: str) -> str:
        words = ended.partition(": ")[2]
        return f": {words}" if words else ""

    def close(self) -> None:
        """End it at once, and reap it; idempotent."""
        self._process.kill()
