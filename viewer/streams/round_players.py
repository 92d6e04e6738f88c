"""The processes that play rounds, as a planner sees them: one for what happens in one process, one a worker."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Protocol

from gpu_core.errors import MienError
from viewer.streams.asking import threads_for
from viewer.streams.launcher import REAP_S
from viewer.streams.messages import Lines, forms_line
from viewer.streams.round_orders import WORKERS, WORKERS_MPS, RoundOrder, order_line, played_of, read_answer
from viewer.streams.round_playing import RoundPlayed
from viewer.streams.values import StreamForm

MODULE = "viewer.streams.round_player"
_READY_S = 900.0  # a plan may have to be built
_MORE_S = 60.0  # beyond the seconds that a round plays
_TOGETHER_S = 0.1  # from sending orders to the moment that all begin at
_READ = 1 << 16
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
    """One of them, in a session of its own: Ctrl-C in a terminal reaches only its parent, who closes it."""

    def __init__(
        self, form: StreamForm, environment: Mapping[str, str] | None = None, command: Sequence[str] | None = None
    ) -> None:
        self._words = tempfile.TemporaryFile()  # noqa: SIM115  what it says last, should it fail; closed in `close`
        try:
            self._process = subprocess.Popen(
                list(command or (sys.executable, "-m", MODULE, str(os.getpid()))),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._words, bufsize=0, start_new_session=True,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **(environment or {})},
            )  # fmt: skip
        except OSError as error:
            self._words.close()
            raise RoundError(f"a process that measures cannot be started: {error.strerror or error}") from error
        self._lines, self._answers = Lines(), list[bytes]()
        self._write(forms_line([form]))

    def send(self, order: RoundOrder) -> None:
        """Give it an order; one that has ended says so when it is asked for its answer."""
        self._write(order_line(order))

    def _write(self, line: bytes) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.write(line)

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
        assert self._process.stdout is not None
        while not self._answers:
            left_s = end_s - time.monotonic()
            if left_s <= 0.0 or not select.select([self._process.stdout], [], [], left_s)[0]:
                raise RoundError("a process that measures does not answer")
            piece = self._process.stdout.read(_READ)
            if not piece:
                raise RoundError(f"a process that measures has ended{self._last_words()}")
            self._answers += self._lines.fed(piece)
        return self._answers.pop(0)

    def _last_words(self) -> str:
        self._words.seek(0)
        lines = self._words.read().decode(errors="replace").strip().splitlines()
        return f": {lines[-1][:400]}" if lines else ""

    def close(self) -> None:
        """End it at once, and reap it; idempotent."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(REAP_S)
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(OSError):
                pipe.close()
        self._words.close()
