"""viewer.streams.supervisor: real processes that behave in all ways, watched; nothing of them is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.viewer.streams.waiting import FAKE, GENEROUS_S, children, fake_workers, is_there, until
from viewer.streams.backoff import BackoffForm
from viewer.streams.launcher import ProcessLauncher, Worker
from viewer.streams.minder import Patience
from viewer.streams.supervisor import Supervisor
from viewer.streams.values import StreamForm

ROOT = Path(__file__).parents[3]
GIVEN_UP = "given up after 3 deaths in a row, none after 5 s of faces or more: the worker"
QUICK = BackoffForm(first_s=0.01, most_s=0.05, most_deaths=3)
PARENT = f"""
import sys, time
from viewer.streams.launcher import ProcessLauncher
from viewer.streams.supervisor import Supervisor
from viewer.streams.values import StreamForm
workers = []
class Noting(ProcessLauncher):
    def start(self, forms):
        workers.append(super().start(forms))
        return workers[-1]
launcher = Noting(command=[sys.executable, "-S", {str(FAKE)!r}, "good"])
supervisor = Supervisor([StreamForm(1), StreamForm(2)], launcher=launcher)
supervisor.start()
while not all(status.state == "live" for status in supervisor.statuses()):
    time.sleep(0.01)
print(*(worker.pid for worker in workers), flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    before = children()
    yield
    assert children() <= before


def forms(count: int = 1) -> list[StreamForm]:
    return [StreamForm(number) for number in range(1, count + 1)]


def states(supervisor: Supervisor) -> list[str]:
    return [status.state for status in supervisor.statuses()]


def test_workers_live_are_killed_come_back_and_end() -> None:
    class Noting(ProcessLauncher):
        def start(self, forms: Sequence[StreamForm]) -> Worker:
            workers.append(super().start(forms))
            return workers[-1]

    workers: list[Worker] = []
    launcher = Noting(command=[sys.executable, "-S", str(FAKE), "good"])
    with Supervisor(forms(2), launcher=launcher, backoff=QUICK) as supervisor:
        until(lambda: states(supervisor) == ["live", "live"], "both live")
        os.kill(workers[0].pid, signal.SIGKILL)
        until(lambda: len(workers) == 3 and states(supervisor) == ["live", "live"], "both live again")
        assert [status.restarts for status in supervisor.statuses()] == [1, 0]
        supervisor.restart(2)
        until(lambda: len(workers) == 4 and states(supervisor) == ["live", "live"], "the second anew")
        supervisor.restart(77)
    assert states(supervisor) == ["ended", "ended"]
    assert not any(is_there(worker.pid) for worker in workers)


@pytest.mark.parametrize(
    ("behaviour", "note"),
    [
        ("mute", "the worker hangs in start-up: silent for 0 s"),
        (
            "dying",
            f"{GIVEN_UP} ended with code 1: there is no such driver",
        ),
        ("mortal", f"{GIVEN_UP} ended with code 1"),
        (
            "silent",
            f"{GIVEN_UP} has not answered for 0 s",
        ),
        ("babbling", f"{GIVEN_UP} said"),
        ("refusing", "the face is no face"),
    ],
)
def test_every_way_to_fail_ends_with_one_reason(behaviour: str, note: str) -> None:
    patience = Patience(start_s=20.0 if behaviour != "mute" else 0.2, silence_s=0.3)
    with Supervisor(forms(), launcher=fake_workers(behaviour), backoff=QUICK, patience=patience) as supervisor:
        until(lambda: supervisor.is_over, "given up")
        (status,) = supervisor.statuses()
        assert status.state == "failed"
        assert status.note.startswith(note)
        assert "\n" not in status.note


def test_one_that_dies_once_is_back_and_the_other_notices_nothing(tmp_path: Path) -> None:
    launcher = fake_workers("once", tmp_path / "died")
    with Supervisor(forms(), launcher=launcher, backoff=QUICK) as supervisor:
        until(lambda: supervisor.statuses()[0].restarts and states(supervisor) == ["live"], "back")
        assert supervisor.statuses()[0].frames > 3


def test_no_more_start_at_once_than_may() -> None:
    class Noting(ProcessLauncher):
        def start(self, forms: Sequence[StreamForm]) -> Worker:
            beside.append(sum(minder.is_starting for minder in supervisor._minders))
            return super().start(forms)

    beside: list[int] = []
    launcher = Noting(command=[sys.executable, "-S", str(FAKE), "good"])
    supervisor = Supervisor(forms(3), launcher=launcher, starts=1)
    with supervisor:
        until(lambda: states(supervisor) == ["live"] * 3, "all live")
    assert beside == [0, 0, 0]


def test_one_that_does_not_end_is_killed() -> None:
    supervisor = Supervisor(forms(), launcher=fake_workers("deaf"))
    supervisor.start()
    until(lambda: states(supervisor) == ["live"], "live")
    supervisor.stop(0.1)
    assert states(supervisor) == ["ended"]


def test_a_supervisor_that_never_started_can_be_stopped() -> None:
    supervisor = Supervisor(forms(2), launcher=fake_workers("good"))
    assert states(supervisor) == ["starting", "starting"]
    supervisor.stop()


def test_a_mistake_in_the_supervisor_ends_all_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(ProcessLauncher):
        def start(self, forms: Sequence[StreamForm]) -> Worker:
            if forms[0].number == 2:
                raise ZeroDivisionError("by mistake")
            return super().start(forms)

    launcher = Broken(command=[sys.executable, "-S", str(FAKE), "good"])
    with Supervisor(forms(2), launcher=launcher) as supervisor:
        until(lambda: supervisor.is_over, "over")
        assert states(supervisor) == ["failed", "failed"]
        assert supervisor.statuses()[0].note == "the supervisor failed: ZeroDivisionError: by mistake"
    assert "it ends all streams" in caplog.text


def test_a_parent_killed_by_force_leaves_no_workers() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        workers = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(workers) == 2
        assert all(map(is_there, workers))
        parent.send_signal(signal.SIGKILL)
        parent.wait(GENEROUS_S)
    until(lambda: not any(map(is_there, workers)), "the end of the workers")


def test_a_batch_is_one_process() -> None:
    with Supervisor(forms(3), launcher=fake_workers("good"), way="batch") as supervisor:
        until(lambda: states(supervisor)[0] == "live", "live")
        assert len(children()) >= 1
        assert [status.way for status in supervisor.statuses()] == ["batch"] * 3


def test_under_mps_it_is_said_what_a_death_took_along() -> None:
    clock_s = [0.0]

    class Clock:
        def __call__(self) -> float:
            clock_s[0] += 1.0  # a second a look: deaths are far enough apart to be told
            return clock_s[0]

    patience = Patience(start_s=1e6, silence_s=1e6)
    with Supervisor(
        forms(), launcher=fake_workers("mortal"), backoff=QUICK, under_mps=True, clock=Clock(), patience=patience
    ) as supervisor:
        until(lambda: supervisor.remarks, "a remark")
    assert supervisor.remarks[0] == "stream 1 ended and took nothing along"
