"""viewer.streams.performing: what a stream tells of itself. Its work is tried in test_worker."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from gpu_core.settings import EngineSettings
from viewer.push.values import VideoForm
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
