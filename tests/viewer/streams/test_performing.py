"""viewer.streams.performing: what a stream tells of itself. Its work is tried in test_worker."""

from __future__ import annotations

import io
import os
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import pytest
from PIL import Image

from gpu_core.errors import CudaError
from gpu_core.settings import EngineSettings
from tests.viewer.streams.flat_engine import FlatEngine
from viewer.push.values import PushStatus, VideoForm
from viewer.streams import performing
from viewer.streams.messages import read_status
from viewer.streams.performing import Reporter, engine_settings, slowed
from viewer.streams.pictures import Arrived
from viewer.streams.status_pipe import StatusPipe
from viewer.streams.values import StreamForm, StreamStatus
from viewer.streams.worker_life import Life
from viewer.streams.worker_load import Load

PIXELS = np.full((64, 64, 4), 255, np.uint8)


class Meter:
    def watch(self, gpu: str) -> None:
        raise AssertionError("there is no GPU here")

    def now(self) -> Load:
        return Load(50.0, None, 300.0)

    def close(self) -> None:
        pass


class Told:
    """A pipe that keeps what is told."""

    def __init__(self) -> None:
        self._read, write = os.pipe()
        self.pipe = StatusPipe(write)

    def all(self) -> list[StreamStatus]:
        return [read_status(line) for line in os.read(self._read, 1 << 20).splitlines()]

    def close(self) -> None:
        self.pipe.close()
        os.close(self._read)


@pytest.fixture
def life() -> object:
    made = Life()
    yield made
    made.close()


def test_the_first_picture_is_told_at_once_with_its_thumbnail(life: Life) -> None:
    told = Told()
    reporter = Reporter(StreamForm(4, video=VideoForm(10.0)), told.pipe, life, load=Meter())
    reporter.tell()
    for at_s in (1.0, 1.1, 1.2):
        reporter.note(Arrived(PIXELS, at_s))
    before, first = told.all()
    assert (before.state, before.frames, before.memory_mb) == ("starting", 0, 300.0)
    assert (first.state, first.frames) == ("live", 1)
    assert first.thumbnail[:2] == b"\xff\xd8"
    reporter.tell()
    (later,) = told.all()
    assert (later.frames, later.thumbnail) == (3, b"")
    told.close()


def test_the_last_word_is_that_it_has_ended(life: Life) -> None:
    told = Told()
    reporter = Reporter(StreamForm(4), told.pipe, life, load=Meter())
    assert reporter.goes_on()
    life.end()
    assert not reporter.goes_on()
    reporter.close()
    assert told.all()[-1].state == "ended"
    told.close()


def test_the_engine_is_opened_as_the_form_says_and_overlaps() -> None:
    form = StreamForm(size=256, path="host", inference="onnxruntime", precision="fp32", threads=3, face=Path("x"))
    assert engine_settings(form) == EngineSettings(
        size=256, path="host", inference="onnxruntime", precision="fp32", threads=3, depth=2
    )


def test_a_slower_rate_is_explained() -> None:
    assert slowed(25.0, 12.4) == "this machine is too busy for 25 fps: it goes at 12 fps"
    assert slowed(25.0, 25.0) == ""


class Lost:
    """A target that fails for good after its first picture."""

    def __init__(self) -> None:
        self.state = "live"

    def offer(self, _pixels: object, _at_s: float) -> None:
        raise AssertionError("nobody offers")

    def status(self) -> PushStatus:
        return PushStatus("/tmp/x.mp4", self.state, "the disk is full" if self.state == "failed" else "")

    def close(self, timeout_s: float = 5.0) -> None:
        pass


def test_a_target_lost_for_good_is_the_streams_end_with_its_sentence(life: Life) -> None:
    told, output = Told(), Lost()
    reporter = Reporter(StreamForm(4), told.pipe, life, load=Meter())
    reporter.output = output
    reporter.note(Arrived(PIXELS, 1.0))
    assert reporter.goes_on()
    output.state = "failed"
    reporter.tell()
    assert not reporter.goes_on()
    reporter.note(Arrived(PIXELS, 1.1))
    assert not reporter.tell_if_due()
    life.end()
    reporter.close()
    live, failed = told.all()
    assert (live.state, failed.state, failed.note, failed.frames) == ("live", "failed", "the disk is full", 1)
    told.close()


def test_a_thumbnail_is_of_the_picture_as_it_was_when_it_came(life: Life) -> None:
    told = Told()
    reporter = Reporter(StreamForm(4), told.pipe, life, load=Meter())
    pixels = PIXELS.copy()
    reporter._status = replace(reporter._status, state="live")  # so that nothing is told at once
    reporter.note(Arrived(pixels, 1.0))
    pixels[:] = 0  # its memory is somebody else's now
    reporter.tell()
    (status,) = told.all()
    small = np.asarray(Image.open(io.BytesIO(status.thumbnail)))
    assert small.min() > 240
    told.close()


def test_a_worker_that_lost_its_gpu_ends(monkeypatch: pytest.MonkeyPatch, life: Life) -> None:
    def lost() -> None:
        raise CudaError("cuLaunchKernel", 719, "CUDA_ERROR_LAUNCH_FAILED", "")

    monkeypatch.setattr("gpu_core.cuda.calls.check_not_lost", lost)
    told = Told()
    reporter = Reporter(StreamForm(4), told.pipe, life, load=Meter())
    life.end()  # so that it plays nothing, should it not notice
    with ExitStack() as owned, pytest.raises(CudaError):
        performing._play(StreamForm(4), FlatEngine(), reporter, SimpleQueue(), owned)  # type: ignore[arg-type]
    told.close()
