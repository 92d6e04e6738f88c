"""viewer.streams.spares: one worker more, ready; it goes to who fits, and is replaced when there is calm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gpu_core.errors import MienError
from viewer.push.values import VideoForm
from viewer.streams.backoff import BackoffForm
from viewer.streams.messages import READY, SPARE, read_forms, status_line
from viewer.streams.spares import CALM_S, Spares
from viewer.streams.values import StreamForm, StreamStatus

START_S = 60.0
FORM = StreamForm(4, "talk", "rtmp://host/live/4", 256, VideoForm(15.0), threads=1, epoch_s=3.0)


class FakeWorker:
    pid = 7

    def __init__(self, forms: Sequence[StreamForm]) -> None:
        self.forms, self.sent, self.lines = tuple(forms), list[bytes](), list[bytes]()
        self.how: str | None = None
        self.killed = False

    def messages(self) -> list[bytes]:
        lines, self.lines = self.lines, []
        return lines

    def send(self, line: bytes) -> None:
        self.sent.append(line)

    def finish(self) -> None:
        raise AssertionError("a spare is killed: it has nothing to complete")

    def ended(self) -> str | None:
        return self.how

    def kill(self) -> None:
        self.killed = True


class FakeLauncher:
    def __init__(self) -> None:
        self.workers: list[FakeWorker] = []
        self.refuses = False

    def start(self, forms: Sequence[StreamForm]) -> FakeWorker:
        if self.refuses:
            raise MienError("no more processes")
        self.workers.append(FakeWorker(forms))
        return self.workers[-1]


def spares(launcher: FakeLauncher, forms: Sequence[StreamForm] = (FORM,)) -> Spares:
    made = Spares(launcher, forms, start_s=START_S)
    made.look(0.0, calm=True)
    made.look(CALM_S, calm=True)
    return made


def ready(worker: FakeWorker) -> None:
    worker.lines = [b"{", status_line(StreamStatus(SPARE, "starting", READY))]


def test_a_spare_knows_the_engine_and_neither_target_nor_source() -> None:
    launcher = FakeLauncher()
    spares(launcher)
    (form,) = launcher.workers[0].forms
    assert form == replace(FORM, number=SPARE, source="", to="", video=VideoForm(), epoch_s=0.0)


def test_it_goes_to_the_next_that_fits_and_is_replaced_after_calm() -> None:
    launcher = FakeLauncher()
    made = spares(launcher)
    ready(launcher.workers[0])
    made.look(3.0, calm=True)
    assert made.start([FORM]) is launcher.workers[0]
    assert [read_forms(line) for line in launcher.workers[0].sent] == [(FORM,)]
    assert launcher.workers[0].messages() == []
    made.look(4.0, calm=False)
    made.look(10.0, calm=True)
    made.look(10.0 + CALM_S / 2, calm=True)
    assert len(launcher.workers) == 1
    made.look(10.0 + CALM_S, calm=True)
    assert len(launcher.workers) == 2


def test_until_it_is_ready_others_are_started() -> None:
    launcher = FakeLauncher()
    made = spares(launcher)
    assert made.start([FORM]) is launcher.workers[1]
    ready(launcher.workers[0])
    made.look(3.0, calm=True)
    assert made.start([replace(FORM, size=512)]) is launcher.workers[2]
    assert made.start([FORM, FORM]) is launcher.workers[3]
    assert made.start([replace(FORM, number=9, source="range")]) is launcher.workers[0]


def test_a_spare_that_has_died_is_given_to_nobody() -> None:
    launcher = FakeLauncher()
    made = spares(launcher)
    ready(launcher.workers[0])
    made.look(3.0, calm=True)
    launcher.workers[0].how = "killed by SIGKILL"
    assert made.start([FORM]) is launcher.workers[1]
    assert launcher.workers[0].killed


def test_after_a_few_deaths_there_is_no_spare() -> None:
    launcher = FakeLauncher()
    made = spares(launcher)
    for second in range(3, 400):
        launcher.workers[-1].how = "ended with code 1"
        made.look(float(second), calm=True)
    assert len(launcher.workers) == BackoffForm().most_deaths
    assert all(worker.killed for worker in launcher.workers)


def test_one_that_hangs_in_start_up_makes_room_and_one_that_is_ready_may_be_silent() -> None:
    launcher = FakeLauncher()
    made = spares(launcher)
    made.look(CALM_S + START_S, calm=True)
    assert not launcher.workers[0].killed
    made.look(CALM_S + START_S + 1.0, calm=True)
    assert launcher.workers[0].killed
    made.look(200.0, calm=True)
    ready(launcher.workers[1])
    made.look(201.0, calm=True)
    made.look(999.0, calm=True)
    assert not launcher.workers[1].killed


def test_one_that_cannot_be_started_is_no_misfortune() -> None:
    launcher = FakeLauncher()
    launcher.refuses = True
    spares(launcher).look(9.0, calm=True)


def test_without_forms_there_is_none_and_closed_it_is_gone() -> None:
    launcher = FakeLauncher()
    spares(launcher, ())
    assert not launcher.workers
    made = spares(launcher)
    made.close()
    made.close()
    assert launcher.workers[0].killed
    made.look(99.0, calm=True)
    assert len(launcher.workers) == 1
