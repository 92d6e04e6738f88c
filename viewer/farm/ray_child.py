"""The process that speaks with Ray, so that the one which keeps the files does not depend on it: Ray ends its process
when its head node is gone, writes to the terminal whatever it likes, and has threads that no signal handler expects.

    python -m viewer.farm.ray_child        pickled commands on standard input, pickled events on standard output

The first command is (job, room, most workers). When standard input ends, for whatever reason, so does everything here.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import sys
import threading
import traceback
from typing import Any, BinaryIO

from gpu_core.errors import MienError
from viewer.farm.cluster import StartWatch, connected
from viewer.farm.ray_workers import RayWorkers
from viewer.farm.values import Ended, Event, Work

TICK_S = 0.1


def main() -> int:
    """Serve one run."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is answered by who started this, and then input ends
    source, target = sys.stdin.buffer, _own_output()
    commands: queue.Queue[Any] = queue.Queue()
    job, room, most = pickle.load(source)
    watch = StartWatch(room, lambda why: _tell(target, [Ended(why)]))
    threading.Thread(target=_read, args=(source, commands, watch), name="commands", daemon=True).start()
    try:
        with connected(room) as ray:
            watch.done()
            with contextlib.closing(RayWorkers(ray, job, room, most)) as workers:
                _serve(workers, commands, target)
    except MienError as error:
        _tell(target, [Ended(str(error))])
    return 0


def _own_output() -> BinaryIO:
    """Standard output for events alone: whatever else prints goes where errors go."""
    mine = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return mine


def _read(source: BinaryIO, commands: queue.Queue[Any], watch: StartWatch) -> None:
    try:
        while True:
            commands.put(pickle.load(source))
    except Exception:  # noqa: BLE001 - whatever the pickle raises, the other side waits to hear that it is over
        commands.put(None)
        watch.give_up()


def _serve(workers: RayWorkers, commands: queue.Queue[Any], target: BinaryIO) -> None:
    while True:
        with contextlib.suppress(queue.Empty):
            while True:
                command: Work | None = commands.get_nowait()
                if command is None:
                    return
                workers.submit(command)
        events = workers.wait(TICK_S)
        if not _tell(target, events) or any(isinstance(event, Ended) for event in events):
            return


def _tell(target: BinaryIO, events: list[Event]) -> bool:
    """Whether somebody still listens."""
    try:
        for event in events:
            pickle.dump(event, target, protocol=5)
        target.flush()
    except BrokenPipeError:
        return False
    return True


if __name__ == "__main__":
    code = 1
    try:
        code = main()
    except Exception:  # noqa: BLE001 (told in the log)
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)  # Ray's own threads have nothing left to say
