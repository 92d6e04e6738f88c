"""PlanBuild: a plan being built by a child process, so that neither its crash nor its hunger for time hurts anybody.

The child is `gpu_core.plans.build_process`, which says what passes between the two. It ends when its input does: with
`close`, or with this process, however that ends.
"""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any

from gpu_core.child_process import module_command, module_environment
from gpu_core.errors import PlanCancelled, PlanError
from gpu_core.plans.cache import PlanCache
from gpu_core.plans.progress import PlanProgress, ProgressMeter
from gpu_core.plans.request import PlanRequest

log = logging.getLogger(__name__)

CANCEL_GRACE_S = 1.0  # chosen: TensorRT asks between two steps, and a step may take longer
LINES_KEPT = 500  # of what the child writes to its standard error
# Windows: no console of its own, and below everything that draws.
_WINDOWS_FLAGS = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)


@dataclass(frozen=True)
class PlanDone:
    """A plan that has been built, and is in the cache by now."""

    plan: bytes
    seconds: float


class PlanBuild:
    """One build. Nothing here waits for the child, `close` apart, which kills it. A context manager."""

    def __init__(self, request: PlanRequest, cache: PlanCache) -> None:
        """Start the child process.

        Raises:
            PlanError: it cannot be started.
        """
        self._request, self._cache = request, cache
        self._meter = ProgressMeter()
        self._outcome: PlanDone | PlanError | None = None
        self._said: deque[str] = deque(maxlen=LINES_KEPT)
        self._cancelled = False
        self._killer = threading.Timer(CANCEL_GRACE_S, self._kill)
        self._child = _start(request, cache)
        self._listeners = [threading.Thread(target=target, daemon=True) for target in (self._overhear, self._follow)]
        for thread in self._listeners:
            thread.start()

    def poll(self) -> PlanProgress | PlanDone:
        """How far it is, or its plan; the same answer, or error, again and again once it has ended.

        Raises:
            PlanCancelled: it was cancelled.
            PlanError: it failed, or the child crashed; `log` holds what TensorRT said.
        """
        outcome = self._outcome
        if isinstance(outcome, PlanError):
            raise type(outcome)(str(outcome), outcome.log)
        return outcome or self._meter.now

    def cancel(self) -> None:
        """Ask the builder to stop; one that has not within a second is killed."""
        if self._cancelled or self._outcome is not None:
            return
        self._cancelled = True
        self._tell(b"cancel\n")
        self._killer.daemon = True
        self._killer.start()

    def close(self) -> None:
        """End the child, if it still runs; idempotent."""
        self._cancelled = True
        self._killer.cancel()
        self._kill()
        for thread in self._listeners:
            thread.join()
        for pipe in (self._child.stdin, self._child.stdout, self._child.stderr):
            with suppress(OSError):  # what was to be written, is for nobody any more
                _there(pipe).close()

    def __enter__(self) -> PlanBuild:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _tell(self, line: bytes) -> None:
        with suppress(OSError, ValueError):  # it has ended, which `_follow` will notice
            pipe = _there(self._child.stdin)
            pipe.write(line)
            pipe.flush()

    def _kill(self) -> None:
        with suppress(OSError):
            self._child.kill()

    def _overhear(self) -> None:
        """On a thread: keep what the child says on its standard error."""
        for line in _there(self._child.stderr):
            self._said.append(line.decode(errors="replace").rstrip())

    def _follow(self) -> None:
        """On a thread: take the child's events until it ends, and make of them one outcome."""
        try:
            ended = self._events()
        except (OSError, ValueError, KeyError, TypeError) as error:
            self._kill()
            ended = self._failure(f"the process that builds plans said what nobody understands ({error})")
        self._child.wait()
        self._listeners[0].join()
        outcome = ended or self._unexpected_end()
        if isinstance(outcome, PlanError):
            outcome.log = "\n".join(self._said)
        self._outcome = outcome

    def _events(self) -> PlanDone | PlanError | None:
        pipe = _there(self._child.stdout)
        while line := pipe.readline():
            said = json.loads(line)
            if said["event"] == "progress":
                self._meter.hear(said["phase"], said["fraction"])
            elif said["event"] == "done":
                return self._keep(pipe.read(said["bytes"]), said["bytes"])
            elif said["event"] == "cancelled":
                return PlanCancelled(said["text"])
            else:
                return self._failure(said["text"])
        return None

    def _keep(self, plan: bytes, expected: int) -> PlanDone | None:
        if len(plan) < expected:
            return None
        self._cache.put(self._request, plan)
        self._tell(b"kept\n")
        done = PlanDone(plan, self._meter.now.elapsed_s)
        title, gpu = self._request.title, self._request.gpu
        log.info("the plan of %s (%s) for %s took %.0f s", title, self._request.precision, gpu, done.seconds)
        return done

    def _failure(self, text: str) -> PlanError:
        return PlanCancelled(f"building {self._what} was cancelled") if self._cancelled else PlanError(text)

    def _unexpected_end(self) -> PlanError:
        code = self._child.returncode
        return self._failure(f"TensorRT crashed while it built {self._what} ({_exit_name(code)})")

    @property
    def _what(self) -> str:
        return f"the plan of {self._request.title}"


def _start(request: PlanRequest, cache: PlanCache) -> subprocess.Popen[bytes]:
    # faulthandler: a crash tells where it was.
    command = module_command("gpu_core.plans.build_process", options=("-X", "faulthandler"))
    pipe = subprocess.PIPE
    try:
        child = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, env=_environment(request), creationflags=_WINDOWS_FLAGS,
            start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise PlanError(f"no process can be started to build a plan: {error.strerror}") from error
    with suppress(OSError):  # it has ended already: its end tells why
        said = {"request": request.to_json(), "cache": str(cache.folder)}
        _there(child.stdin).write(json.dumps(said).encode() + b"\n")
        _there(child.stdin).flush()
    return child


def _environment(request: PlanRequest) -> dict[str, str]:
    """The child builds for the GPU that this process uses."""
    environment = module_environment() | {"PYTHONIOENCODING": "utf-8"}
    if request.gpu_index != 0:  # the first one is TensorRT's choice anyway
        environment["CUDA_VISIBLE_DEVICES"] = request.gpu_uuid
    return environment


def _exit_name(code: int) -> str:
    """What a return code says: "SIGSEGV", "exit code 1"."""
    with suppress(ValueError):
        if code < 0:
            return signal.Signals(-code).name
    return f"exit code {code}"


def _there(pipe: IO[bytes] | None) -> Any:
    assert pipe is not None
    return pipe
