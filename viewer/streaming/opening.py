"""What the window starts for streams: a supervisor, CUDA's MPS where it is asked for, and a child that measures.

All of it runs on errands' threads. Imported late: neither is small.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gpu_core.errors import MienError
from viewer.performance.builtin import BUILTIN, Performance
from viewer.sessions.layout import CSV_NAME
from viewer.streaming.judging import Judgement
from viewer.streaming.planning import Tell
from viewer.streaming.wish import StreamWish
from viewer.streams.messages import forms_line
from viewer.streams.overload import Advice
from viewer.streams.plan import Plan
from viewer.streams.values import StreamForm
from viewer.takes.errands import Errand
from viewer.takes.take_source import source_of

if TYPE_CHECKING:
    from viewer.streams.supervisor import Supervisor

CHILD = "viewer.streaming.plan_child"


class Streams:
    """A supervisor, and what has to end after it. `notes` are what somebody should know of them."""

    def __init__(self, supervisor: Supervisor, notes: tuple[str, ...], after: ExitStack) -> None:
        self._supervisor, self.notes, self._after = supervisor, notes, after
        self.start, self.statuses, self.restart = supervisor.start, supervisor.statuses, supervisor.restart

    @property
    def advice(self) -> Advice:
        """Whether the machine keeps up."""
        return self._supervisor.advice

    def stop(self, timeout_s: float | None = None) -> None:
        """End the streams, then what they shared. Again is fine."""
        with self._after:
            self._supervisor.stop(timeout_s)


def open_supervisor(playable: Mapping[str, Performance], wish: StreamWish, judgement: Judgement) -> Streams:
    """Make what watches these streams, once sources and targets were looked at.

    What plays in the window alone, such as its timeline, lies in a file as long as they run.

    Raises:
        MienError: they cannot be started here.
    """
    from viewer.streams.asking import check
    from viewer.streams.gpu_sharing import shared
    from viewer.streams.memory import refuse_too_many
    from viewer.streams.supervisor import Supervisor

    after, notes = ExitStack(), []
    try:
        forms = _with_files(judgement.forms, playable, after)
        notes += check(forms)
        if judgement.way == "workers":
            refuse_too_many(len(forms), forms[0].size, spares=1)
        how = "on" if wish.uses_mps else "off"
        sharing = after.enter_context(shared(how, judgement.forms[0].mps, tell=notes.append))
        began_s = time.monotonic()  # all sources begin at the same moment
        supervisor = Supervisor(
            [replace(form, epoch_s=began_s) for form in forms],
            launcher=sharing.launcher(judgement.way), way=judgement.way, spare="warm", when_full=wish.when_full,
            under_mps=sharing.mps is not None,
        )  # fmt: skip
    except BaseException:
        after.close()
        raise
    return Streams(supervisor, tuple(notes), after)


def _with_files(
    forms: Sequence[StreamForm], playable: Mapping[str, Performance], after: ExitStack
) -> tuple[StreamForm, ...]:
    files = {}
    for source in dict.fromkeys(form.source for form in forms):
        path = after.enter_context(source_of(source, playable.get(source)))
        is_session = path not in BUILTIN and Path(path).is_dir()
        files[source] = str(Path(path) / CSV_NAME) if is_session else path
    return tuple(replace(form, source=files[form.source]) for form in forms)


def why_no_mps() -> str:
    """Why a GPU cannot be shared by MPS here, as a sentence; "" if it can be tried."""
    from gpu_core.mps.comparing import why_not

    why = why_not()
    return f"{why[:1].upper()}{why[1:]}" if why else ""


def find_plan(form: StreamForm) -> Plan | None:
    """What was measured before for streams like this."""
    from viewer.streams.plan_cache import PlanCache
    from viewer.streams.planner import key_of

    return PlanCache().get(key_of(form))


def measure_beside(form: StreamForm, errand: Errand, tell: Tell) -> Plan:
    """Let a child process measure what this machine holds, and keep it.

    Raises:
        MienError: it cannot.
    """
    from viewer.streaming.plan_child import STEPS
    from viewer.streams.plan_cache import plan_from

    heard: list[str] = []

    def hear(line: str) -> None:
        heard.append(line)
        tell(min(1.0, len(heard) / STEPS), f"{line[:1].upper()}{line[1:]}")

    answer = errand.ask(CHILD, [forms_line([form]).decode().strip()], hear)
    try:
        return plan_from(json.loads(answer))
    except ValueError as error:
        raise MienError(f"what was measured cannot be read: {error}") from error
