"""One stream in a process of its own: its GL context, its engine, its output.

    python -m viewer.streams.worker [PARENT]

PARENT is the process that must be there; `viewer.streams.messages` says what goes in and out. It ends with code 0 when
it is asked to, 2 when what it was asked for cannot be had, 1 when something failed that may go well another time; its
last line on standard error says what.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Sequence
from queue import SimpleQueue

from gpu_core.errors import CudaError, InferenceError, MienError, PlanError
from viewer.streams.orders import next_forms
from viewer.streams.status_pipe import StatusPipe, own_output
from viewer.streams.values import StreamForm, StreamStatus
from viewer.streams.worker_life import Life

ENDED, FAILED, REFUSED = 0, 1, 2
_PASSING = (CudaError, InferenceError, PlanError)  # these may go well another time; what else MienErrors say may not
Play = Callable[[Sequence[StreamForm], Life, StatusPipe, "SimpleQueue[bytes]"], None]


def main(arguments: Sequence[str]) -> int:
    """Play the stream that standard input asks for."""
    return serve(arguments, _play_one)


def serve(arguments: Sequence[str], play: Play) -> int:
    """Be the worker whose work is `play`; returns the process' exit code."""
    logging.basicConfig(format="mien: %(message)s", level=logging.WARNING)
    life = Life(int(arguments[0]) if arguments else 0)
    life.begin()
    pipe = own_output()
    lines: SimpleQueue[bytes] = SimpleQueue()
    life.listen(sys.stdin.fileno(), lines.put)
    try:
        return _answer(life, pipe, lines, play)
    finally:
        life.close()


def _play_one(forms: Sequence[StreamForm], life: Life, pipe: StatusPipe, lines: SimpleQueue[bytes]) -> None:
    pipe.tell(StreamStatus(forms[0].number, "starting", "loading Mien", pid=os.getpid()))
    from viewer.streams.performing import perform

    perform(forms[0], life, pipe, lines)


def _answer(life: Life, pipe: StatusPipe, lines: SimpleQueue[bytes], play: Play) -> int:
    forms = next_forms(life, lines)
    if not forms:
        return ENDED
    try:
        play(forms, life, pipe, lines)
    except MienError as error:
        if isinstance(error, _PASSING):
            return _told(str(error), FAILED)
        for form in forms:
            pipe.tell(StreamStatus(form.number, "failed", str(error)))
        return _told(str(error), REFUSED)
    return ENDED


def _told(text: str, code: int) -> int:
    sys.stderr.write(f"mien: {text}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
