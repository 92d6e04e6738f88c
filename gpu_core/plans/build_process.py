"""The child process that builds one plan: `python -m gpu_core.plans.build_process`.

It reads on its standard input: one line of JSON, what to build and where the cache is; then "cancel", or "kept" once
the parent has put the plan into the cache. When its input ends, its parent has gone, and it ends at once. Of several
that want the same plan one builds: see `plans.turn`.

It writes on its standard output one line of JSON for each event:

    {"event": "progress", "phase": "...", "fraction": 0.5}
    {"event": "done", "bytes": N}                            followed by the N bytes of the plan
    {"event": "failed", "text": "..."}   {"event": "cancelled", "text": "..."}

TensorRT's messages go to standard error, as they come, so that they are known even after a crash.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from io import FileIO
from pathlib import Path
from typing import Any

from gpu_core.errors import MienError, PlanCancelled
from gpu_core.plans.backend import open_backend
from gpu_core.plans.builder import Built, Listener, build_plan, cancelled
from gpu_core.plans.cache import PlanCache
from gpu_core.plans.messages import Messages
from gpu_core.plans.request import PlanRequest
from gpu_core.plans.turn import turn

PARENT_HAS_GONE = 3
NICENESS = 5  # the window, and the CPU's generator meanwhile, come first
KEPT_S = 30.0  # for the parent to keep the plan, while nobody else begins to build it
OTHERS = "another process builds it"
LEAST_PAUSE_S = 0.05  # between two events of progress within a phase: TensorRT tells thousands of steps


class Voice:
    """Standard output, for events alone: what libraries print there goes to standard error."""

    def __init__(self) -> None:
        sys.stdout.flush()
        self._file = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)
        self._lock = threading.Lock()
        self._phase, self._told_at = "", 0.0

    def say(self, event: str, *, payload: bytes = b"", **facts: Any) -> None:
        """Tell the parent."""
        with self._lock:
            self._file.write(json.dumps({"event": event, **facts}).encode() + b"\n" + payload)
            self._file.flush()

    def progress(self, phase: str, fraction: float) -> None:
        """Tell the parent, unless it was told of this phase a moment ago."""
        now = time.monotonic()
        if phase != self._phase or now - self._told_at >= LEAST_PAUSE_S:
            self._phase, self._told_at = phase, now
            self.say("progress", phase=phase, fraction=fraction)


class Ear:
    """Standard input. Unbuffered: a buffered one could not be left waiting for input when the process ends."""

    def __init__(self) -> None:
        self._file = FileIO(0, closefd=False)
        self.cancelled, self.kept = threading.Event(), threading.Event()

    def request(self) -> tuple[PlanRequest, Path]:
        """What to build, and the cache's folder."""
        said = json.loads(self._file.readline())
        return PlanRequest.from_json(said["request"]), Path(said["cache"])

    def listen(self) -> None:
        """From now on hear of cancelling, and of the parent's end."""
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while line := self._file.readline():
            if line.strip() == b"cancel":
                self.cancelled.set()
            elif line.strip() == b"kept":
                self.kept.set()
        os._exit(PARENT_HAS_GONE)


def main() -> int:
    """Build what standard input asks for."""
    logging.basicConfig(stream=sys.stderr, format="%(message)s")
    voice, ear = Voice(), Ear()
    request, folder = ear.request()
    ear.listen()
    with suppress(AttributeError, OSError):  # Windows has no such thing, its parent has set the priority
        os.nice(NICENESS)
    cache, listener = PlanCache(folder), Listener(voice.progress, ear.cancelled.is_set)
    try:
        with turn(cache.turn_path(request), partial(_wait, request, listener)):
            plan = cache.get(request) or _build(request, cache, listener).plan
            voice.say("done", bytes=len(plan), payload=plan)
            ear.kept.wait(KEPT_S)
    except PlanCancelled as error:
        voice.say("cancelled", text=str(error))
    except MienError as error:
        voice.say("failed", text=str(error))
    else:
        return 0
    return 1


def _wait(request: PlanRequest, listener: Listener) -> None:
    """Somebody else builds this plan."""
    listener.told(OTHERS, 0.0)
    if listener.stopped():
        raise cancelled(request)


def _build(request: PlanRequest, cache: PlanCache, listener: Listener) -> Built:
    backend = open_backend(request.flavour, request.module)
    messages = Messages(echo=lambda line: print(line, file=sys.stderr, flush=True))  # noqa: T201
    built = build_plan(request, backend, messages, listener=listener, timing=cache.get_timing(request))
    if built.timing:
        cache.put_timing(request, built.timing)
    return built


if __name__ == "__main__":
    sys.exit(main())
