"""Workers that draw grey pictures, and fail when told to: the farm without Ray and without an engine."""

from __future__ import annotations

import hashlib
import tempfile
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from gpu_core.expression import NEUTRAL, Expression
from gpu_core.settings import EngineSettings
from viewer.clips.clip import ClipForm, offline_style, video_at
from viewer.farm.run import FarmTake
from viewer.farm.values import Done, Event, Failed, Job, Lost, Opened, Work
from viewer.sessions.packed_take import FaceTable

SIDE, FPS = 32, 10.0
JOB = Job(ClipForm(0.0), offline_style(), EngineSettings())
FACTS = {"engine": {"engine": "fake"}, "face": None, "generator": None, "versions": {}}
Fate = Callable[[Work, int], Event | None]  # of a segment that is tried for the n-th time; None: it goes well


def jaws(weights: Sequence[float]) -> FaceTable:
    """Faces that are told apart by how far the mouth is open."""
    return FaceTable([NEUTRAL.with_weights({"jawOpen": weight}) for weight in weights])


def farm_take(out: Path, frames: int = 12, start: float = 0.0) -> FarmTake:
    """A take of that many frames, each with a face of its own."""
    faces = jaws([(start + number / frames) % 1.0 for number in range(frames)])
    return FarmTake(f"{out.stem}.csv", out, FPS, faces, hashlib.sha256(f"{frames} {start}".encode()).hexdigest())


def grey_video(faces: Sequence[Expression], fps: float = FPS) -> bytes:
    """A segment whose frames are as bright as the mouth is open."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "segment.mp4"
        video = video_at(path, ClipForm(fps))(SIDE)
        for place in range(len(faces)):
            grey = round(255 * faces[place]["jawOpen"])
            video.write(np.dstack([np.full((SIDE, SIDE, 3), grey, np.uint8), np.full((SIDE, SIDE), 255, np.uint8)]))
        video.close()
        return path.read_bytes()


class FakeExecutor:
    """See `viewer.farm.executor.Executor`. Answers in reverse order: nothing may rely on one."""

    def __init__(self, *, workers: int = 2, fate: Fate = lambda _work, _tries: None, proof: str = "proof") -> None:
        self.submitted: list[tuple[int, int]] = []
        self.closed = False
        self._workers, self._fate = workers, fate
        self._flying: list[Work] = []
        self._events: deque[Event] = deque([Opened(0, "here", FACTS, proof)])

    @property
    def room(self) -> int:
        return self._workers - len(self._flying)

    def submit(self, work: Work) -> None:
        assert self.room > 0
        self.submitted.append(work.key)
        self._flying.append(work)

    def wait(self, timeout_s: float) -> list[Event]:
        events = list(self._events)
        self._events.clear()
        for work in reversed(self._flying):
            tries = self.submitted.count(work.key)
            events.append(self._fate(work, tries) or done(work))
        self._flying.clear()
        return events

    def close(self) -> None:
        self.closed = True


def done(work: Work) -> Done:
    """A segment that went well."""
    data = grey_video(work.faces, work.fps)
    return Done(work.key, data, hashlib.sha256(data).hexdigest(), 0.1)


def failed(work: Work) -> Failed:
    """One that did not."""
    return Failed(work.key, "the engine is on fire", "here")


def lost(work: Work, *, blamed: bool = True) -> Lost:
    """One whose worker is gone."""
    return Lost(work.key, "a worker here is lost", blamed)
