"""viewer.streams.minder: what becomes of a worker, on a clock of the test's own."""

from __future__ import annotations

from collections.abc import Sequence

from gpu_core.errors import MienError
from viewer.streams.backoff import BackoffForm
from viewer.streams.messages import status_line
from viewer.streams.minder import Minder, Patience
from viewer.streams.values import StreamForm, StreamStatus

THREE = "3 deaths in a row, none after 20 s of faces or more"
PATIENCE = Patience(start_s=30.0, silence_s=5.0, end_s=3.0)


class FakeWorker:
    """Says what the test puts into `lines`, ends when the test says how."""

    def __init__(self) -> None:
        self.pid, self.lines, self.how = 9, list[bytes](), ""
        self.killed, self.finished = 0, False

    def messages(self) -> list[bytes]:
        lines, self.lines = self.lines, []
        return lines

    def send(self, line: bytes) -> None:
        raise AssertionError("nobody sends")

    def finish(self) -> None:
        self.finished = True

    def ended(self) -> str | None:
        return self.how or None

    def kill(self) -> None:
        self.killed += 1

    def says(self, state: str, frames: int = 0, number: int = 1, note: str = "") -> None:
        self.lines.append(status_line(StreamStatus(number, state, note, frames=frames)))


class FakeLauncher:
    """Remembers its workers; `refuses` is what starting one raises."""

    def __init__(self) -> None:
        self.workers: list[FakeWorker] = []
        self.forms: list[tuple[StreamForm, ...]] = []
        self.refuses = ""

    def start(self, forms: Sequence[StreamForm]) -> FakeWorker:
        if self.refuses:
            raise MienError(self.refuses)
        self.forms.append(tuple(forms))
        self.workers.append(FakeWorker())
        return self.workers[-1]

    @property
    def newest(self) -> FakeWorker:
        return self.workers[-1]


def minder(launcher: FakeLauncher, numbers: Sequence[int] = (1,)) -> Minder:
    forms = [StreamForm(number) for number in numbers]
    return Minder(forms, launcher, PATIENCE, BackoffForm(first_s=1.0, most_deaths=3, good_s=20.0), "workers")


def state(minded: Minder, number: int = 1) -> str:
    return minded.tallies[number].status.state


def note(minded: Minder) -> str:
    return minded.tallies[1].status.note


def live(launcher: FakeLauncher, now_s: float = 0.0) -> Minder:
    minded = minder(launcher)
    minded.look(now_s)
    launcher.newest.says("live", frames=1)
    minded.look(now_s)
    return minded


def test_a_dead_worker_is_started_again_after_a_while() -> None:
    launcher = FakeLauncher()
    minded = live(launcher)
    assert state(minded) == "live"
    launcher.newest.how = "killed by SIGKILL"
    minded.look(2.0)
    assert (state(minded), note(minded)) == ("restarting", "the worker was killed by SIGKILL")
    assert launcher.workers[0].killed == 1
    minded.look(2.9)
    assert len(launcher.workers) == 1
    minded.look(3.0)
    assert len(launcher.workers) == 2
    launcher.newest.says("live", frames=1)
    minded.look(4.0)
    assert (state(minded), note(minded)) == ("live", "")
    assert minded.tallies[1].status.restarts == 1


def test_quick_deaths_in_a_row_are_the_end_with_the_last_reason() -> None:
    launcher = FakeLauncher()
    minded = minder(launcher)
    for now_s in (0.0, 10.0, 20.0):
        minded.look(now_s)
        launcher.newest.how = f"ended with code 1: at {now_s}"
        minded.look(now_s)
    assert note(minded) == f"given up after {THREE}: the worker ended with code 1: at 20.0"
    assert state(minded) == "failed"
    assert minded.is_over
    minded.look(1000.0)
    assert len(launcher.workers) == 3


def test_deaths_with_good_runs_between_them_are_no_end() -> None:
    launcher = FakeLauncher()
    minded = minder(launcher)
    for turn in range(8):
        minded.look(100.0 * turn)
        launcher.newest.says("live", frames=1)
        minded.look(100.0 * turn + 1)
        launcher.newest.how = "ended with code 1"
        minded.look(100.0 * turn + 50)
    assert state(minded) == "restarting"


def test_a_start_up_that_hangs_is_killed_and_told() -> None:
    launcher = FakeLauncher()
    minded = minder(launcher)
    minded.look(0.0)
    launcher.newest.says("starting", note="opening OpenGL")
    minded.look(1.0)
    minded.look(30.0)
    assert state(minded) == "starting"
    minded.look(31.5)
    told = "the worker hangs in start-up (opening OpenGL): silent for 30 s"
    assert (state(minded), note(minded)) == ("failed", told)
    assert launcher.newest.killed == 1
    assert minded.is_over


def test_a_long_start_up_that_says_how_far_it_is_may_go_on() -> None:
    launcher = FakeLauncher()
    minded = minder(launcher)
    minded.look(0.0)
    for now_s in range(0, 300, 20):
        launcher.newest.says("starting", note="building the plan")
        minded.look(float(now_s))
    assert (state(minded), note(minded)) == ("starting", "building the plan")


def test_after_a_face_a_start_up_that_hangs_is_tried_again() -> None:
    launcher = FakeLauncher()
    minded = live(launcher)
    launcher.newest.how = "killed by SIGKILL"
    minded.look(1.0)
    minded.look(2.0)
    minded.look(33.0)
    assert state(minded) == "restarting"
    assert "hangs in start-up" in note(minded)
    minded.look(36.0)
    minded.look(67.0)
    assert (state(minded), len(launcher.workers)) == ("failed", 3)
    assert note(minded) == "the worker hangs in start-up: silent for 31 s"


def test_a_hang_that_was_got_over_is_forgotten() -> None:
    launcher = FakeLauncher()
    minded = live(launcher)
    for turn in range(4):
        began_s = 100.0 * (turn + 1)
        launcher.newest.how = "killed by SIGKILL"
        minded.look(began_s)
        minded.look(began_s + 1)
        minded.look(began_s + 32)
        minded.look(began_s + 35)
        launcher.newest.says("live", frames=1)
        minded.look(began_s + 36)
    assert state(minded) == "live"


def test_a_start_that_is_due_waits_until_it_may() -> None:
    launcher = FakeLauncher()
    minded = minder(launcher)
    minded.look(0.0, may_start=False)
    assert not launcher.workers
    assert not minded.is_starting
    minded.look(100.0)
    minded.look(129.0)
    assert (state(minded), minded.is_starting) == ("starting", True)
    launcher.newest.says("live", frames=1)
    minded.look(129.5)
    assert not minded.is_starting


def test_a_worker_that_stops_answering_is_killed_and_started_again() -> None:
    launcher = FakeLauncher()
    minded = live(launcher)
    minded.look(4.9)
    assert state(minded) == "live"
    minded.look(5.1)
    assert (state(minded), note(minded)) == ("restarting", "the worker has not answered for 5 s")
    assert launcher.newest.killed == 1


def test_rubbish_is_no_answer_and_much_of_it_is_the_end() -> None:
    launcher = FakeLauncher()
    minded = live(launcher)
    launcher.newest.lines = [b"{"] * 50
    minded.look(4.0)
    assert state(minded) == "live"
    launcher.newest.lines = [status_line(StreamStatus(77, "live"))] * 51  # somebody else's number
    minded.look(4.5)
    assert note(minded) == "the worker said 101 things that are no messages"
    assert launcher.newest.killed == 1


def hopeless(launcher: FakeLauncher) -> Minder:
    """Minds a worker that has told that trying again is no use."""
    minded = minder(launcher)
    minded.look(0.0)
    launcher.newest.says("failed", note="the face is no face")
    launcher.newest.how = "ended with code 2"
    minded.look(1.0)
    return minded


def test_what_a_worker_calls_hopeless_is_not_tried_again() -> None:
    launcher = FakeLauncher()
    minded = hopeless(launcher)
    assert (state(minded), note(minded), minded.is_over) == ("failed", "the face is no face", True)


def test_a_launcher_that_refuses_is_a_death() -> None:
    launcher = FakeLauncher()
    launcher.refuses = "no more processes"
    minded = minder(launcher)
    for now_s in (0.0, 5.0, 10.0):
        minded.look(now_s)
    assert note(minded) == f"given up after {THREE}: the worker does not start: no more processes"


def test_asked_to_end_it_is_given_time_and_then_killed() -> None:
    launcher = FakeLauncher()
    minded = live(launcher)
    minded.finish(10.0, 3.0)
    assert launcher.newest.finished
    minded.look(12.9)
    assert not minded.is_over
    minded.look(13.0)
    assert minded.is_over
    assert (state(minded), launcher.newest.killed) == ("ended", 1)
    minded.restart(14.0)
    minded.look(20.0)
    assert len(launcher.workers) == 1


def test_one_that_was_given_up_can_be_started_again() -> None:
    launcher = FakeLauncher()
    minded = hopeless(launcher)
    minded.restart(2.0)
    minded.look(2.0)
    launcher.newest.says("live", frames=1)
    minded.look(3.0)
    assert (state(minded), len(launcher.workers)) == ("live", 2)


def test_in_a_batch_one_that_failed_for_good_stays_so_and_the_others_go_on() -> None:
    launcher = FakeLauncher()
    minded = minder(launcher, (1, 2))
    minded.look(0.0)
    launcher.newest.says("failed", frames=4, number=1, note="the disk is full")
    launcher.newest.says("live", frames=5, number=2)
    minded.look(1.0)
    launcher.newest.how = "killed by SIGSEGV"
    minded.look(2.0)
    assert [state(minded, number) for number in (1, 2)] == ["failed", "restarting"]
    minded.look(4.0)
    assert [form.number for form in launcher.forms[-1]] == [2]
    assert (note(minded), minded.tallies[1].status.frames) == ("the disk is full", 4)


def test_a_batch_lives_and_dies_together() -> None:
    launcher = FakeLauncher()
    minded = minder(launcher, (1, 2))
    minded.look(0.0)
    launcher.newest.says("live", frames=1, number=1)
    launcher.newest.says("live", frames=1, number=2)
    minded.look(0.0)
    launcher.newest.how = "killed by SIGSEGV"
    minded.look(1.0)
    assert [state(minded, number) for number in (1, 2)] == ["restarting", "restarting"]
