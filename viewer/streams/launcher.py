"""How workers come to life: processes of this machine here, elsewhere or faked by others of the same shape."""

from __future__ import annotations

import os
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import IO, Protocol

from gpu_core.child_process import module_command, module_environment
from gpu_core.errors import MienError
from viewer.streams.messages import Lines, forms_line
from viewer.streams.values import StreamForm

WORKER_MODULE, BATCH_MODULE = "viewer.streams.worker", "viewer.streams.batch_worker"
_READ, _LAST_WORDS = 1 << 16, 400
_STOOD_STILL = "Timeout ("  # how faulthandler begins, when `viewer.streams.worker_life`'s timer ends a worker
REAP_S = 5.0  # a killed process is gone in milliseconds, unless the kernel itself holds it


class LaunchError(MienError):
    """A worker could not be started at all, and `why`."""

    def __init__(self, command: str, why: object) -> None:
        super().__init__(f"{command}: {why}")
        self.why = why


class Worker(Protocol):
    """A running worker, as its supervisor sees it; for the supervisor's thread alone. Nothing but `kill` waits."""

    @property
    def pid(self) -> int:
        """Of its process, where it runs; 0: not known."""

    def messages(self) -> list[bytes]:
        """Whole lines that came since the last call."""

    def send(self, line: bytes) -> None:
        """Another line for it; one that has ended hears nothing."""

    def finish(self) -> None:
        """Let it end by itself: its input is at its end."""

    def ended(self) -> str | None:
        """None while it runs; then how it ended, such as "killed by SIGKILL", with its last words."""

    def kill(self) -> None:
        """End it now, and all that it started; nothing is left of it."""


class Launcher(Protocol):
    """Starts workers."""

    def start(self, forms: Sequence[StreamForm]) -> Worker:
        """Start one worker for these streams, one or a batch of them.

        Raises:
            MienError: it cannot be started here.
        """


class ProcessLauncher:
    """Workers as processes of this machine, in sessions of their own: Ctrl-C in a terminal reaches only their parent.

    `environment` adds to this process' own, `module` is what is run; `before_kill` is called with the process' number
    before one that runs is ended by force.
    """

    def __init__(
        self,
        module: str = WORKER_MODULE,
        *,
        environment: Mapping[str, str] | None = None,
        command: Sequence[str] | None = None,
        before_kill: Callable[[int], object] = lambda _pid: None,
    ) -> None:
        self._command = list(command) if command else module_command(module, str(os.getpid()))
        self._environment, self._before_kill = dict(environment or {}), before_kill

    def start(self, forms: Sequence[StreamForm]) -> ProcessWorker:
        """Start one and tell it its forms."""
        environment = {**threads_environment(forms[0].threads), **module_environment(), "OPENBLAS_NUM_THREADS": "1",
                       **self._environment}  # fmt: skip
        try:
            process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                env=environment, start_new_session=True, bufsize=0,
            )  # fmt: skip
        except OSError as error:
            raise LaunchError(self._command[0], error.strerror or error) from error
        worker = ProcessWorker(process, self._before_kill)
        worker.send(forms_line(forms))
        return worker


def module_of(way: str) -> str:
    """What a worker of this way runs."""
    return BATCH_MODULE if way == "batch" else WORKER_MODULE


def threads_environment(threads: int) -> dict[str, str]:
    """Has software OpenGL draw with as many threads as infer: by itself each worker takes one a core. 0: as it likes.

    With one the work is the same (5.3 ms a face of 256x256 in one thread, 5.4 in two); there are fewer to get in each
    other's way.
    """
    return {"LP_NUM_THREADS": str(threads)} if threads else {}


class ProcessWorker:
    """A `Worker` that is a child process. Its pipes never block, so that one that hangs holds up nobody."""

    def __init__(
        self, process: subprocess.Popen[bytes], before_kill: Callable[[int], object] = lambda _pid: None
    ) -> None:
        self._process, self._before_kill = process, before_kill
        self._lines, self._heard = Lines(), list[bytes]()
        self._unsent = b""  # for its input, which has been full
        self._words: deque[bytes] = deque(maxlen=8)  # what it wrote to its standard error, in pieces
        for pipe in (process.stdin, process.stdout, process.stderr):
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def messages(self) -> list[bytes]:
        """Whole lines since the last call; what could not be sent whole goes on."""
        self._flush()
        self._hear()
        heard, self._heard = self._heard, []
        return heard

    def _hear(self) -> None:
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._words.extend(_available(self._process.stderr))
        for piece in _available(self._process.stdout):
            self._heard += self._lines.fed(piece)

    def send(self, line: bytes) -> None:
        """Write a line to its input; what finds no room there waits for the next call."""
        self._unsent += line
        self._flush()

    def _flush(self) -> None:
        assert self._process.stdin is not None
        with suppress(OSError, ValueError):  # it has ended, or is asked to
            while self._unsent and (written := self._process.stdin.write(self._unsent)):
                self._unsent = self._unsent[written:]

    def finish(self) -> None:
        """Close its input."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()

    def ended(self) -> str | None:
        """How it ended, if it has."""
        code = self._process.poll()
        if code is None:
            return None
        self._hear()
        how = f"killed by {_signal_name(-code)}" if code < 0 else f"ended with code {code}"
        words = _last_line(b"".join(self._words))
        return f"{how}: {words}" if words else how

    def kill(self) -> None:
        """End its whole process group, reap it, close its pipes; idempotent."""
        if self._process.poll() is None:
            self._before_kill(self._process.pid)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(REAP_S)
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            with suppress(OSError):
                assert pipe is not None
                pipe.close()


def _available(pipe: IO[bytes]) -> list[bytes]:
    """What can be read at once, at most half a megabyte a call: who babbles holds up nobody."""
    pieces: list[bytes] = []
    with suppress(OSError, ValueError):  # closed
        while len(pieces) < 8 and (piece := pipe.read(_READ)):
            pieces.append(piece)
    return pieces


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _last_line(text: bytes) -> str:
    lines = [line.strip() for line in text.decode(errors="replace").splitlines() if line.strip()]
    if any(line.startswith(_STOOD_STILL) for line in lines):
        return "it stood still"  # what follows is faulthandler's traceback
    return lines[-1].removeprefix("mien: ")[:_LAST_WORDS] if lines else ""
