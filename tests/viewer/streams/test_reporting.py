"""viewer.streams.reporting: what a stream tells of itself."""

from __future__ import annotations

import io
import os
from dataclasses import replace

import numpy as np
from PIL import Image

from viewer.push.values import PushStatus, VideoForm
from viewer.streams.messages import read_status
from viewer.streams.pictures import Arrived
from viewer.streams.reporting import Reporter
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
