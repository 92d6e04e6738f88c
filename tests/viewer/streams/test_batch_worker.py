"""viewer.streams.batch_worker: streams that can be one batch, and a real batch of two."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.networks import save_network
from tests.viewer.streams.fake_faces import FORM, opened
from tests.viewer.streams.waiting import children, is_there, until
from viewer.push.values import VideoForm
from viewer.streams import batch_worker
from viewer.streams.batch_worker import BatchError, check_alike, close_all
from viewer.streams.launcher import BATCH_MODULE, ProcessLauncher, ProcessWorker
from viewer.streams.messages import forms_line, read_status
from viewer.streams.values import StreamStatus
from viewer.streams.worker_life import Life


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
