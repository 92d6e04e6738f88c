"""Streams without an engine, whose outputs and pipes keep what they are given."""

from __future__ import annotations

from typing import Any

import pytest

from viewer.push.values import PushStatus, VideoForm
from viewer.streams import performing
from viewer.streams.performing import StreamFace
from viewer.streams.reporting import Reporter
from viewer.streams.source_sound import SourceSound
from viewer.streams.values import StreamForm, StreamStatus
from viewer.streams.worker_life import Life
from viewer.streams.worker_load import Load

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


def opened(form: StreamForm, life: Life, monkeypatch: pytest.MonkeyPatch) -> tuple[StreamFace, FakeOutput, FakePipe]:
    output, pipe = FakeOutput(), FakePipe()
    monkeypatch.setattr(performing, "open_output", lambda _form, sound: SOUNDS.append(sound) or output)
    face = StreamFace(form, Reporter(form, pipe, life, way="batch", load=FakeMeter()))  # type: ignore[arg-type]
    face.open(0.0)
    return face, output, pipe
