"""viewer.streaming.opening: what the window starts, with workers that start nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from gpu_core.errors import MienError, MpsError
from gpu_core.mps.looking import MpsState
from gpu_core.mps.places import Mps
from tests.viewer.fake_streams import a_plan
from viewer.performance.builtin import BUILTIN
from viewer.performance.timeline import Timeline
from viewer.sessions.layout import CSV_NAME
from viewer.sessions.take import open_take
from viewer.streaming import opening
from viewer.streaming.judging import Judgement
from viewer.streaming.wish import StreamWish
from viewer.streams.launcher import BATCH_MODULE, WORKER_MODULE
from viewer.streams.plan import Plan
from viewer.streams.plan_cache import plan_values
from viewer.streams.values import MpsLimits, StreamForm
from viewer.takes.errands import Errand

FORMS = (StreamForm(1), StreamForm(2))


def limited(limits: MpsLimits) -> Judgement:
    return Judgement(tuple(replace(form, mps=limits) for form in FORMS))


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, str]]]:
    """What workers would be launched as."""
    seen: list[tuple[str, dict[str, str]]] = []

    class Launcher:
        def __init__(self, module: str, *, environment: dict[str, str], **_others: Any) -> None:
            seen.append((module, environment))

        def start(self, _forms: Sequence[StreamForm]) -> Any:
            raise MienError("no worker here")

    monkeypatch.setattr("viewer.streams.gpu_sharing.ProcessLauncher", Launcher)
    return seen


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources that were looked at, all of which are sound."""
    seen: list[str] = []

    def look(forms: Sequence[StreamForm]) -> list[str]:
        seen.extend(form.source for form in forms)
        return []

    monkeypatch.setattr("viewer.streams.asking.check", look)
    return seen


@pytest.mark.parametrize(("way", "module"), [("workers", WORKER_MODULE), ("batch", BATCH_MODULE)])
def test_each_way_has_its_worker(launched: list[tuple[str, dict[str, str]]], way: str, module: str) -> None:
    streams = opening.open_supervisor(BUILTIN, StreamWish(), Judgement(FORMS, way=way))
    assert [one for one, _ in launched] == [module]
    assert [status.number for status in streams.statuses()] == [1, 2]
    assert not streams.advice.note
    streams.start()
    streams.stop(1.0)
    streams.stop(1.0)
    assert {status.state for status in streams.statuses()} <= {"ended", "failed"}


def test_sources_and_targets_are_looked_at_first(launched: list[tuple[str, dict[str, str]]]) -> None:
    with pytest.raises(MienError, match="nonsense"):
        opening.open_supervisor(BUILTIN, StreamWish(), Judgement((StreamForm(source="nonsense"),)))
    assert not launched


def test_what_plays_in_the_window_alone_lies_in_a_file_as_long_as_they_run(
    launched: list[tuple[str, dict[str, str]]], looked: list[str]
) -> None:
    forms = tuple(StreamForm(number, source) for number, source in enumerate(("talk", "timeline", "timeline"), 1))
    streams = opening.open_supervisor({"timeline": Timeline()}, StreamWish(), Judgement(forms))
    assert looked[0] == "talk"
    assert looked[1] == looked[2]
    assert open_take(looked[1]).duration_s > 0
    streams.stop()
    assert not Path(looked[1]).exists()


def test_of_a_session_its_take_is_played(
    launched: list[tuple[str, dict[str, str]]], looked: list[str], tmp_path: Path
) -> None:
    opening.open_supervisor(BUILTIN, StreamWish(), Judgement((StreamForm(source=str(tmp_path)),))).stop()
    assert looked == [str(tmp_path / CSV_NAME)]


class Daemons:
    """MPS as it would be with a GPU."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, serving: Mps | None) -> None:
        self.said: list[str] = []
        monkeypatch.setattr("viewer.streams.gpu_sharing.first_gpu", lambda: "GPU-1")
        monkeypatch.setattr("viewer.streams.gpu_sharing.in_use", lambda _gpu: serving)
        monkeypatch.setattr("viewer.streams.gpu_sharing.look", lambda mps, **_: MpsState(mps, user="ann"))
        monkeypatch.setattr("viewer.streams.gpu_sharing.started", self.started)

    @contextmanager
    def started(self, gpu: str) -> Iterator[Mps]:
        self.said.append(f"start {gpu}")
        try:
            yield Mps(Path("/run/ours"), gpu=gpu, is_own=True)
        finally:
            self.said.append("stop")


def test_mps_is_started_for_the_streams_and_stopped_after_them(
    launched: list[tuple[str, dict[str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    daemons = Daemons(monkeypatch, None)
    streams = opening.open_supervisor(BUILTIN, StreamWish(uses_mps=True), limited(MpsLimits(25.0)))
    assert daemons.said == ["start GPU-1"]
    assert "MPS started" in streams.notes[0]
    assert launched[0][1]["CUDA_MPS_PIPE_DIRECTORY"] == "/run/ours"
    assert launched[0][1]["CUDA_MPS_ACTIVE_THREAD_PERCENTAGE"] == "25"
    streams.stop()
    assert daemons.said == ["start GPU-1", "stop"]


def test_a_daemon_that_serves_is_used_and_left_alone(
    launched: list[tuple[str, dict[str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    daemons = Daemons(monkeypatch, Mps(Path("/run/theirs"), gpu="GPU-1"))
    opening.open_supervisor(BUILTIN, StreamWish(uses_mps=True), Judgement(FORMS)).stop()
    assert launched[0][1]["CUDA_MPS_PIPE_DIRECTORY"] == "/run/theirs"
    assert not daemons.said


def test_a_limit_that_cannot_be_leaves_no_daemon(
    launched: list[tuple[str, dict[str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    daemons = Daemons(monkeypatch, None)
    with pytest.raises(MpsError):
        opening.open_supervisor(BUILTIN, StreamWish(uses_mps=True), limited(MpsLimits(250.0)))
    assert daemons.said[-1:] == ["stop"]


def test_without_a_gpu_mps_says_why() -> None:
    why = opening.why_no_mps()
    assert "\n" not in why
    assert why == why[:1].upper() + why[1:]


class FakeErrand(Errand):
    """Says what a child would."""

    def __init__(self, answer: bytes) -> None:
        super().__init__()
        self.answer, self.asked = answer, ("", "")

    def ask(self, module: str, arguments: Sequence[str], hear: Callable[[str], None] | None = None) -> bytes:
        self.asked = module, arguments[0]
        assert hear is not None
        for line in ("getting ready: workers", "round 1 of 3"):
            hear(line)
        return self.answer


def measure(answer: bytes) -> tuple[Plan, FakeErrand, list[tuple[float, str]]]:
    told: list[tuple[float, str]] = []
    errand = FakeErrand(answer)
    plan = opening.measure_beside(StreamForm(size=256), errand, lambda share, doing: told.append((share, doing)))
    return plan, errand, told


def test_a_child_measures_and_tells_how_far_it_is() -> None:
    plan, errand, told = measure(json.dumps(plan_values(a_plan())).encode())
    assert plan == a_plan()
    assert errand.asked[0] == opening.CHILD
    assert json.loads(errand.asked[1])[0]["size"] == 256
    assert [doing for _, doing in told] == ["Getting ready: workers", "Round 1 of 3"]
    assert 0 < told[0][0] < told[1][0] < 1


@pytest.mark.parametrize("answer", [b"", b"null", b'{"key": 3, "points": []}', b"[" * 50])
def test_what_is_no_plan_is_an_error_in_one_line(answer: bytes) -> None:
    with pytest.raises(MienError, match="what was measured cannot be read"):
        measure(answer)


def test_old_plans_are_found_in_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from viewer.streams.plan_cache import PlanCache
    from viewer.streams.planner import key_of

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    form = StreamForm(size=256)
    assert opening.find_plan(form) is None
    kept = Plan(key_of(form), a_plan().points)
    PlanCache().put(kept)
    assert opening.find_plan(form) == kept


def test_more_workers_than_memory_holds_are_refused_and_a_batch_is_not(
    launched: list[tuple[str, dict[str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.streams.memory.psutil.virtual_memory", lambda: Mock(available=600 << 20))
    with pytest.raises(MienError, match="2 workers do not fit"):
        opening.open_supervisor(BUILTIN, StreamWish(), Judgement(FORMS))
    assert not launched
    opening.open_supervisor(BUILTIN, StreamWish(), Judgement(FORMS, way="batch")).stop(1.0)
