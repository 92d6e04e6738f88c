"""A warm engine that renders segments: OpenGL by EGL and the generator are opened once, by a thread that keeps both."""

from __future__ import annotations

import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gpu_core.batching import play_through
from gpu_core.expression import NEUTRAL
from gpu_core.settings import EngineSettings
from viewer.clips.clip import Clip, video_at
from viewer.farm.scratch import scratch
from viewer.farm.segments import take_of_faces
from viewer.farm.values import Job, Work

if TYPE_CHECKING:
    from gpu_core.engine import Engine

# Faces that move most of what a picture is made of: an engine that draws these to the bit draws the others as well.
_PROOF = (
    NEUTRAL.with_weights({"jawOpen": 0.7, "eyeBlinkLeft": 1.0}).with_head(yaw=-20.0),
    NEUTRAL.with_weights({"mouthSmileLeft": 0.9, "mouthSmileRight": 0.6, "browInnerUp": 1.0}).with_head(pitch=12.0),
)


@dataclass(frozen=True)
class Warm:
    """What an opened engine says of itself; see `viewer.farm.values.Opened`."""

    facts: dict[str, Any]
    proof: str


class SegmentRenderer:
    """Opened once, then one segment after the other; `close` ends it. Any thread may call, one at a time."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.made = 0  # frames of the present segment, readable from any thread
        self._owned = ExitStack()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="segments")

    def open(self) -> Warm:
        """Open context, face and generator; waits for a plan that has to be built.

        Raises:
            MienError: this machine, the face or the generator cannot do it.
        """
        return self._thread.submit(self._open).result()

    def render(self, work: Work) -> tuple[bytes, float]:
        """The segment as an MP4 of its own, and what it took of a core in seconds.

        Raises:
            MienError: the engine failed, or the disk is full.
        """
        return self._thread.submit(self._render, work).result()

    def close(self) -> None:
        """Let go of everything. Again is fine."""
        self._thread.submit(self._owned.close).result()
        self._thread.shutdown()

    # The thread that has the context, from here on.

    def _open(self) -> Warm:
        from gpu_core.engine import open_engine
        from gpu_core.gl.context import headless_context
        from viewer.filming.session_facts import engine_facts
        from viewer.headless import wait_for_plan

        job = self.job
        with ExitStack() as owned:
            self._folder = Path(owned.enter_context(scratch("segments")))
            face = job.face.unpack(self._folder) if job.face else None
            generator = job.generator.unpack(self._folder) if job.generator else None
            owned.enter_context(headless_context())
            self._engine = owned.enter_context(open_engine(face, generator, job.settings))
            wait_for_plan(self._engine, for_the_best=True)  # no segment is made in another way than the others
            warm = Warm(engine_facts(self._engine), _proof(self._engine, job))
            self._owned = owned.pop_all()
        return warm

    def _render(self, work: Work) -> tuple[bytes, float]:
        job, start_s = self.job, time.process_time()
        form = replace(job.form, fps=work.fps)
        path = self._folder / f"{work.take}-{work.first}.mp4"
        path.unlink(missing_ok=True)
        self.made = 0
        try:
            take = take_of_faces(work.faces, work.fps)
            with closing(Clip(self._engine, take, form, video_at(path, form, style=job.style))) as clip:
                clip.film(self._note)
            return path.read_bytes(), time.process_time() - start_s
        finally:
            path.unlink(missing_ok=True)

    def _note(self, made: int) -> None:
        self.made = made


def _proof(engine: Engine, job: Job) -> str:
    """The hash of a few pictures to the bit: engines with equal ones may make segments of one video."""
    found = hashlib.sha256()
    for frame, count in play_through(engine, _PROOF, views=frozenset({job.form.view})):
        for face in range(count):
            found.update(engine.read(frame, job.form.view, face).tobytes())
        engine.recycle(frame)
    return found.hexdigest()


def worker_settings(settings: EngineSettings, cpus: float) -> EngineSettings:
    """An engine's settings for a worker that has so much of a machine: its pictures are the same to the bit."""
    whole = max(1, int(cpus))
    return replace(settings, threads=whole, streams=min(settings.streams, whole))


def limit_threads(cpus: float) -> None:
    """Keep what is loaded later within a worker's share: before OpenGL and NumPy's BLAS are."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    os.environ["LP_NUM_THREADS"] = str(max(1, int(cpus)))
