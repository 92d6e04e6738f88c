"""What a worker is told while it runs: the forms that come down its input, one line each."""

from __future__ import annotations

from queue import Empty, SimpleQueue

from viewer.streams.messages import read_forms
from viewer.streams.values import StreamForm
from viewer.streams.worker_life import Life

_LISTEN_S = 0.2


def next_forms(life: Life, lines: SimpleQueue[bytes]) -> tuple[StreamForm, ...]:
    """Wait for a line of forms; () if there will be none."""
    while True:
        try:
            return read_forms(lines.get(timeout=_LISTEN_S))
        except Empty:
            if life.is_over:
                return ()
        life.tick()


def newer_forms(lines: SimpleQueue[bytes]) -> tuple[StreamForm, ...]:
    """The newest forms that have come meanwhile; () if there are none. Never waits."""
    forms: tuple[StreamForm, ...] = ()
    while True:
        try:
            forms = read_forms(lines.get_nowait())
        except Empty:
            return forms
