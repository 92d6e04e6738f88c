"""viewer.streams.worker and performing: one real worker, with its engine, from its first word to its last."""

from __future__ import annotations

import io
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from gpu_core.child_process import module_environment
from tests.viewer.streams.waiting import is_there, until
from viewer.push.values import VideoForm
from viewer.sessions.take import open_take, save_take
from viewer.speech.recording import RATE
from viewer.speech.sound_file import write_wav
from viewer.speech.spoken import Spoken
from viewer.streams.launcher import ProcessLauncher, ProcessWorker
from viewer.streams.messages import SPARE, forms_line, read_status
from viewer.streams.minder import Patience
from viewer.streams.supervisor import LOOK_S, Supervisor
from viewer.streams.values import StreamForm, StreamStatus

pytestmark = pytest.mark.gl
FORM = StreamForm(3, size=256, video=VideoForm(fps=10.0), threads=1)


class Heard:
    """A worker, and all that it has said."""

    def __init__(self, worker: ProcessWorker) -> None:
        self.worker = worker
        self.statuses: list[StreamStatus] = []

    def until(self, holds: object, what: str) -> StreamStatus:
        """Wait for a status of which something holds, from now on; returns it."""
        found: list[StreamStatus] = []

        def look() -> bool:
            new = [read_status(line) for line in self.worker.messages()]
            self.statuses += new
            found.extend(status for status in new if holds(status))  # type: ignore[operator]
            assert found or self.worker.ended() is None, self.worker.ended()
            return bool(found)

        until(look, what)
        return found[0]


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stream") / "face-{n}.mp4"


@pytest.fixture(scope="module")
def form(video: Path) -> StreamForm:
    """A take with its sound, into a file."""
    take = video.with_name("talk.csv")
    save_take(open_take("talk"), take)
    with take.with_suffix(".wav").open("wb") as file:
        write_wav(Spoken(np.sin(np.arange(RATE * 4) / 9).astype(np.float32), RATE, (), "nobody"), file)
    return replace(FORM, source=str(take), to=str(video))


@pytest.fixture(scope="module")
def heard(video: Path) -> Iterator[Heard]:
    """A spare, so that the tests begin with its getting ready."""
    worker = ProcessLauncher().start([replace(FORM, number=SPARE)])
    yield Heard(worker)
    worker.kill()


def test_a_spare_gets_ready_and_becomes_somebodys(heard: Heard, form: StreamForm) -> None:
    ready = heard.until(lambda status: status.note == "ready", "ready")
    assert (ready.number, ready.state) == (SPARE, "starting")
    heard.worker.send(forms_line([form]))
    live = heard.until(lambda status: status.state == "live", "live")
    assert live.number == 3
    assert live.pid == heard.worker.pid


def test_it_tells_how_it_goes(heard: Heard, video: Path) -> None:
    status = heard.until(lambda status: status.thumbnail and status.push.frames > 3, "pushed")
    assert status.fps > 0
    assert status.age_ms > 0
    assert status.memory_mb > 50
    assert status.gpu_percent is None or status.gpu_percent >= 0
    assert status.push.where == str(video.with_name("face-3.mp4"))
    picture = Image.open(io.BytesIO(status.thumbnail))
    assert picture.size == (96, 96)
    lights = picture.convert("L").histogram()
    assert sum(lights[100:]) > 1000  # a face, not the dark background alone


def test_it_goes_at_another_rate_when_it_is_told_to(heard: Heard, form: StreamForm) -> None:
    heard.worker.send(forms_line([replace(form, video=VideoForm(fps=4.0))]))
    slow = heard.until(lambda status: status.state == "degraded", "slower")
    assert slow.note == "this machine is too busy for 10 fps: it goes at 4 fps"
    heard.worker.send(forms_line([form]))
    assert heard.until(lambda status: status.state == "live", "as before").note == ""


def test_it_ends_in_order_and_leaves_a_whole_video(heard: Heard, video: Path) -> None:
    heard.worker.finish()
    until(heard.worker.ended, "its end")
    assert heard.worker.ended() == "ended with code 0"
    assert read_status(heard.worker.messages()[-1]).state == "ended"
    with av.open(str(video.with_name("face-3.mp4"))) as file:
        frames = sum(1 for _ in file.decode(video=0))
        assert (file.streams.video[0].width, frames > 3) == (256, True)
    with av.open(str(video.with_name("face-3.mp4"))) as file:
        heard_at_all = max(float(np.abs(frame.to_ndarray()).max()) for frame in file.decode(audio=0))
    assert heard_at_all > 0.5


def test_what_cannot_be_had_is_told_and_not_tried_again(tmp_path: Path) -> None:
    (tmp_path / "face.glb").write_bytes(b"no face")
    with Supervisor([replace(FORM, face=tmp_path / "face.glb")]) as supervisor:
        until(lambda: supervisor.is_over, "over")
        (status,) = supervisor.statuses()
    assert (status.state, status.restarts) == ("failed", 0)
    assert "face.glb" in status.note
    assert "\n" not in status.note


def test_a_start_that_hangs_is_one_line_after_the_patience_of_a_start_and_leaves_nothing(tmp_path: Path) -> None:
    package = tmp_path / "openvino"
    package.mkdir()
    (package / "__init__.py").write_text(
        "import pathlib, time\npathlib.Path(__file__).with_name('hangs').touch()\ntime.sleep(600)\n"
    )
    now_s, patience_s = 1.0, Patience().start_s
    path = os.pathsep.join([str(tmp_path), module_environment()["PYTHONPATH"]])
    form, launcher = replace(FORM, inference="openvino"), ProcessLauncher(environment={"PYTHONPATH": path})
    with Supervisor([form], launcher=launcher, clock=lambda: now_s) as supervisor:
        until((package / "hangs").exists, "the hang")
        until(lambda: supervisor.statuses()[0].note == "loading the networks", "what it hangs in")
        now_s += patience_s - 1.0
        time.sleep(2 * LOOK_S)
        (before,) = supervisor.statuses()
        now_s += 2.0
        until(lambda: supervisor.is_over, "given up")
        (status,) = supervisor.statuses()
    assert before.state == "starting"
    assert status.note == f"the worker hangs in start-up (loading the networks): silent for {patience_s + 1:.0f} s"
    assert (status.state, status.restarts) == ("failed", 0)
    assert not is_there(before.pid)


@pytest.mark.soak
def test_a_file_that_can_grow_no_more_is_the_end_of_its_stream_alone(tmp_path: Path) -> None:
    limited = [
        "bash", "-c", f'ulimit -f 100; exec "{sys.executable}" -m viewer.streams.worker {os.getpid()}',
    ]  # fmt: skip
    form = replace(FORM, to=str(tmp_path / "face.ts"), video=VideoForm(10.0, 2000))
    with Supervisor([form], launcher=ProcessLauncher(command=limited)) as supervisor:
        until(lambda: supervisor.is_over, "the end of its target")
        (status,) = supervisor.statuses()
    assert (status.state, status.restarts) == ("failed", 0)
    assert status.frames > 5
    assert "face.ts" in status.note


def test_a_killed_worker_shows_a_face_again() -> None:
    with Supervisor([FORM]) as supervisor:
        until(lambda: supervisor.statuses()[0].state == "live", "live")
        before = supervisor.statuses()[0]
        os.kill(before.pid, signal.SIGKILL)
        killed_s = time.monotonic()
        until(lambda: supervisor.statuses()[0].frames > before.frames + 1, "a face again")
        sys.stdout.write(f"a face again {time.monotonic() - killed_s:.2f} s after the worker was killed\n")
        after = supervisor.statuses()[0]
        assert (after.state, after.restarts) == ("live", 1)
        assert after.worst_gap_s > 0.1
    assert not is_there(before.pid)
    assert not is_there(after.pid)
