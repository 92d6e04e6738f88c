"""What the window starts for streams: a supervisor, and a child that measures. Imported late: neither is small."""

from __future__ import annotations

from viewer.streaming.capacity import Capacity
from viewer.streaming.desk import Supervising
from viewer.streaming.planning import Tell
from viewer.streaming.wish import StreamWish
from viewer.streams.values import StreamForm
from viewer.takes.errands import Errand


def open_supervisor(wish: StreamWish, forms: tuple[StreamForm, ...]) -> Supervising:
    """Make what watches these streams; on an errand's thread.

    Raises:
        MienError: they cannot be started here.
    """
    from viewer.streams.supervisor import Supervisor

    return Supervisor(forms, way="workers" if wish.way == "auto" else wish.way)


def measure_beside(errand: Errand, tell: Tell) -> Capacity:
    """Let a child process measure what this machine holds; on an errand's thread.

    Raises:
        MienError: it cannot.
    """
    raise NotImplementedError
