"""What the window starts for streams: a supervisor, and a child that measures. Imported late: neither is small."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viewer.streaming.judging import Judgement
from viewer.streaming.planning import Tell
from viewer.streaming.wish import StreamWish
from viewer.streams.plan import Plan
from viewer.streams.values import StreamForm
from viewer.takes.errands import Errand

if TYPE_CHECKING:
    from viewer.streams.supervisor import Supervisor


def open_supervisor(_wish: StreamWish, judgement: Judgement) -> Supervisor:
    """Make what watches these streams, once sources and targets were looked at; on an errand's thread.

    Raises:
        MienError: they cannot be started here.
    """
    from viewer.streams.asking import check
    from viewer.streams.launcher import BATCH_MODULE, WORKER_MODULE, ProcessLauncher
    from viewer.streams.supervisor import Supervisor

    check(judgement.forms)
    launcher = ProcessLauncher(BATCH_MODULE if judgement.way == "batch" else WORKER_MODULE)
    return Supervisor(judgement.forms, launcher=launcher, way=judgement.way)


def find_plan(form: StreamForm) -> Plan | None:
    """What was measured before for streams like this; on an errand's thread."""
    return None


def measure_beside(form: StreamForm, errand: Errand, tell: Tell) -> Plan:
    """Let a child process measure what this machine holds; on an errand's thread.

    Raises:
        MienError: it cannot.
    """
    raise NotImplementedError
