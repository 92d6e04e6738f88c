"""viewer.streams.batch_worker: streams that can be one batch, faces at rates of their own, and a real batch of two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from gpu_core.errors import CudaError
from tests.networks import save_network
from tests.viewer.streams.waiting import children, is_there, until
from viewer.push.values import PushStatus, VideoForm
from viewer.sessions.take import open_take, save_take
from viewer.speech.recording import RATE
from viewer.speech.sound_file import write_wav
from viewer.speech.spoken import Spoken
from viewer.streams import batch_worker
from viewer.streams.batch_worker import BatchError, BatchFace, check_alike, close_all
from viewer.streams.launcher import BATCH_MODULE, ProcessLauncher, ProcessWorker
from viewer.streams.messages import forms_line, read_status
from viewer.streams.performing import Reporter
from viewer.streams.pictures import Arrived
from viewer.streams.source_sound import SourceSound
from viewer.streams.values import StreamForm, StreamStatus
from viewer.streams.worker_life import Life
from viewer.streams.worker_load import Load

ANSWERS: list[bool] = []  # whether a batch was to go on
SOUNDS: list[SourceSound | None] = []  # that outputs were opened with
FORM = StreamForm(1, size=64, video=VideoForm(fps=10.0), threads=1)


class FakeOutput:
    def __init__(self) -> None:
        self.offered: list[float] = []
        self.closed: list[float] = []
        self.state = "live"

    def offer(self, _pixels: Any, at_s: float) -> None:
        self.offered.append(at_s)

    def status(self) -> PushStatus:
        note = "the disk is full" if self.state == "failed" else ""
        return PushStatus("nowhere", self.state, note, frames=len(self.offered))

    def close(self, timeout_s: float = 5.0) -> None:
        self.closed.append(timeout_s)


class FakePipe:
    def __init__(self) -> None:
        self.told: list[StreamStatus] = []

    def tell(self, status: StreamStatus) -> None:
        self.told.append(status)


class FakeMeter:
    def watch(self, gpu: str) -> None:
        pass

    def now(self) -> Load:
        return Load(20.0, None, 300.0)

    def close(self) -> None:
        pass


@pytest.fixture
def life() -> Iterator[Life]:
    made = Life()
    yield made
    made.close()


def opened(form: StreamForm, life: Life, monkeypatch: pytest.MonkeyPatch) -> tuple[BatchFace, FakeOutput, FakePipe]:
    output, pipe = FakeOutput(), FakePipe()
    monkeypatch.setattr(batch_worker, "open_output", lambda _form, sound: SOUNDS.append(sound) or output)
    face = BatchFace(form, Reporter(form, pipe, life, way="batch", load=FakeMeter()))  # type: ignore[arg-type]
    face.open()
    return face, output, pipe


def arrivals(fps: float, seconds: float) -> list[Arrived]:
    pixels = np.zeros((16, 16, 4), np.uint8)
    return [Arrived(pixels, 1000.0 + number / fps) for number in range(round(fps * seconds))]


@pytest.mark.parametrize(("own", "batch"), [(25.0, 25.0), (10.0, 25.0), (15.0, 60.0), (24.0, 25.0)])
def test_a_slower_face_of_a_faster_batch_gets_its_own_rate(
    own: float, batch: float, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    face, output, pipe = opened(replace(FORM, video=VideoForm(own)), life, monkeypatch)
    for arrived in arrivals(batch, 4.0):
        face.hand_on(arrived)
    assert len(output.offered) == pytest.approx(4.0 * own, abs=1.0)
    gaps = [after - before for before, after in pairwise(output.offered)]
    assert max(gaps) <= 1.0 / own + 1.0 / batch + 1e-6
    assert pipe.told[-1].way == "batch"
    face.close(0.0)


def test_what_slows_down_says_why_and_is_well_again_at_its_own_rate(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    face, output, pipe = opened(replace(FORM, video=VideoForm(25.0)), life, monkeypatch)
    face.slow_to(12.5)
    for arrived in arrivals(12.5, 1.0):
        face.hand_on(arrived)
    face.reporter.tell()
    assert (pipe.told[-1].state, pipe.told[-1].note) == (
        "degraded",
        "this machine is too busy for 25 fps: it goes at 12 fps",
    )
    face.slow_to(25.0)
    face.hand_on(Arrived(np.zeros((16, 16, 4), np.uint8), 1002.0))
    assert (pipe.told[-1].state, pipe.told[-1].note) == ("live", "")
    assert len(output.offered) == 13
    face.close(0.0)


class Turns:
    """In place of a player: asks whether to go on, once."""

    def __init__(self, *_: Any) -> None:
        pass

    def run(self, go_on: Callable[[], bool], _hand_on: Any) -> None:
        ANSWERS.append(go_on())


def test_one_lost_target_is_its_own_streams_end_and_the_last_one_the_batchs(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.streams.batch_play.BatchPlayer", Turns)
    made = [opened(replace(FORM, number=number), life, monkeypatch) for number in (1, 2)]
    faces = [face for face, _, _ in made]
    for face, output, pipe in made:
        output.state = "failed"
        face.reporter.tell()
        assert (pipe.told[-1].state, pipe.told[-1].note) == ("failed", "the disk is full")
        face.hand_on(Arrived(np.zeros((16, 16, 4), np.uint8), 1000.0))
        assert not output.offered
        batch_worker._play(Mock(), faces, life, SimpleQueue())
    assert ANSWERS[-2:] == [True, False]


def test_a_batch_that_lost_its_gpu_ends(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost() -> None:
        raise CudaError("cuLaunchKernel", 719, "CUDA_ERROR_LAUNCH_FAILED", "")

    monkeypatch.setattr("gpu_core.cuda.calls.check_not_lost", lost)
    monkeypatch.setattr("viewer.streams.batch_play.BatchPlayer", Turns)
    face, _, _ = opened(FORM, life, monkeypatch)
    with pytest.raises(CudaError):
        batch_worker._play(Mock(), [face], life, SimpleQueue())


def test_outputs_that_hang_share_the_time_there_is(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [opened(replace(FORM, number=number), life, monkeypatch) for number in (1, 2, 3)]
    clock = iter([100.0, 100.0, 104.0, 107.0])
    monkeypatch.setattr(batch_worker.time, "monotonic", lambda: next(clock, 107.0))
    close_all([face for face, _, _ in made])
    waits = [output.closed[0] for _, output, _ in made]
    assert waits == [5.0, 1.0, pytest.approx(0.05)]


@pytest.mark.parametrize(
    "changes", [{"size": 128}, {"precision": "fp32"}, {"face": Path("man.glb")}, {"path": "classic"}]
)
def test_streams_that_need_two_engines_are_no_batch(changes: dict[str, Any]) -> None:
    name = next(iter(changes))
    with pytest.raises(BatchError, match=f"differ in {name}"):
        check_alike([FORM, replace(FORM, number=2, **changes)])
    check_alike([FORM, replace(FORM, number=2, source="smile", to="udp://127.0.0.1:9", video=VideoForm(50.0))])


class Heard:
    """A real batch, and the newest of each stream."""

    def __init__(self, worker: ProcessWorker) -> None:
        self.worker = worker
        self.newest: dict[int, StreamStatus] = {}

    def until(self, holds: Any, what: str) -> None:
        def look() -> bool:
            for line in self.worker.messages():
                status = read_status(line)
                self.newest[status.number] = status
            return bool(self.newest) and all(number in self.newest and holds(self.newest[number]) for number in (1, 2))

        until(lambda: look() or self.worker.ended() is not None, what)
        assert look(), f"{what}: {self.worker.ended()}"


@pytest.mark.gl
def test_a_real_batch_of_two_shows_writes_slows_down_and_ends(tmp_path: Path) -> None:
    before = children()
    alike = replace(FORM, generator=save_network(tmp_path))
    forms = [replace(alike, number=number, to=str(tmp_path / "face-{n}.mp4")) for number in (1, 2)]
    worker = ProcessLauncher(BATCH_MODULE).start(forms)
    try:
        heard = Heard(worker)
        heard.until(lambda status: status.frames >= 3, "both faces are there")
        first, second = heard.newest[1], heard.newest[2]
        assert first.pid == second.pid == worker.pid
        assert first.way == "batch"
        heard.until(lambda status: status.push.frames >= 3, "both are written")
        worker.send(forms_line([replace(form, video=VideoForm(fps=4.0)) for form in forms]))
        heard.until(lambda status: status.state == "degraded", "both go slower")
        assert heard.newest[1].note == "this machine is too busy for 10 fps: it goes at 4 fps"
        worker.finish()
        heard.until(lambda status: status.state == "ended", "both have ended")
        until(lambda: worker.ended() is not None, "the process has ended")
        assert str(worker.ended()).startswith("ended with code 0")
    finally:
        worker.kill()
    assert not is_there(worker.pid)
    assert children() == before
    written = [(tmp_path / f"face-{number}.mp4").stat().st_size for number in (1, 2)]
    assert min(written) > 1000


@pytest.mark.gl
def test_a_batch_that_cannot_be_is_refused_by_all_its_streams() -> None:
    worker = ProcessLauncher(BATCH_MODULE).start([FORM, replace(FORM, number=2, size=128)])
    try:
        heard = Heard(worker)
        heard.until(lambda status: status.state == "failed", "both are refused")
        assert heard.newest[2].note.startswith("the streams of one batch share one engine")
        until(lambda: worker.ended() is not None, "it ends")
        assert str(worker.ended()).startswith("ended with code 2")
    finally:
        worker.kill()


def test_a_takes_sound_goes_out_with_its_face(life: Life, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    save_take(open_take("talk"), tmp_path / "talk.csv")
    with (tmp_path / "talk.wav").open("wb") as file:
        write_wav(Spoken(np.full(RATE, 0.5, np.float32), RATE, (), "nobody"), file)
    form = replace(FORM, source=str(tmp_path / "talk.csv"), to=str(tmp_path / "talk.mp4"), epoch_s=10.0)
    _face, _output, _pipe = opened(form, life, monkeypatch)
    (sound,) = SOUNDS[-1:]
    assert sound.samples(10.25, 4) == pytest.approx([0.5] * 4, abs=1e-3)
