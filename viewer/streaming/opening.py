"""What the window starts for streams: a supervisor, CUDA's MPS where it is asked for, and a child that measures.

All of it runs on errands' threads. Imported late: neither is small.
"""

from __future__ import annotations

import json
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
from viewer.streams.values import MpsLimits, StreamForm
from viewer.takes.errands import Errand
from viewer.takes.take_source import source_of

if TYPE_CHECKING:
    from viewer.streams.supervisor import Supervisor

CHILD = "viewer.streaming.plan_child"


class Streams:
    """A supervisor, and what has to end after it."""

    def __init__(self, supervisor: Supervisor, after: ExitStack) -> None:
        self._supervisor, self._after = supervisor, after
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
    from viewer.streams.launcher import BATCH_MODULE, WORKER_MODULE, ProcessLauncher
    from viewer.streams.supervisor import Supervisor

    after = ExitStack()
    try:
        forms = _with_files(judgement.forms, playable, after)
        check(forms)
        environment = _share_gpu(wish.mps, after) if wish.uses_mps else {}
        module = BATCH_MODULE if judgement.way == "batch" else WORKER_MODULE
        launcher = ProcessLauncher(module, environment=environment)
        supervisor = Supervisor(
            judgement.forms, launcher=launcher, way=judgement.way, spare="warm", when_full=wish.when_full
        )
    except BaseException:
        after.close()
        raise
    return Streams(supervisor, after)


def _with_files(
    forms: Sequence[StreamForm], playable: Mapping[str, Performance], after: ExitStack
) -> tuple[StreamForm, ...]:
    files = {}
    for source in dict.fromkeys(form.source for form in forms):
        path = after.enter_context(source_of(source, playable.get(source)))
        is_session = path not in BUILTIN and Path(path).is_dir()
        files[source] = str(Path(path) / CSV_NAME) if is_session else path
    return tuple(replace(form, source=files[form.source]) for form in forms)


def _share_gpu(limits: MpsLimits, after: ExitStack) -> dict[str, str]:
    """Use the daemon that serves, or start one for as long as the streams run; what workers' environment has to say."""
    from gpu_core.mps.environment import worker_environment
    from gpu_core.mps.gpus import first_gpu
    from gpu_core.mps.looking import in_use
    from gpu_core.mps.running import started

    gpu = first_gpu()
    return worker_environment(limits, in_use(gpu) or after.enter_context(started(gpu)))


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
