"""A worker's work: open what a form asks for, play it, tell how it goes."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from dataclasses import replace
from queue import SimpleQueue
from typing import TYPE_CHECKING

from gpu_core.settings import EngineSettings
from viewer.streams.admission import rate_text
from viewer.streams.messages import READY, SPARE
from viewer.streams.orders import newer_forms, next_forms
from viewer.streams.output import Output, open_output
from viewer.streams.pace import Pace
from viewer.streams.pictures import Arrived
from viewer.streams.play import Clock, Player
from viewer.streams.status_pipe import StatusPipe
from viewer.streams.thumbnail import thumbnail
from viewer.streams.values import StreamForm, StreamStatus
from viewer.streams.worker_life import Life
from viewer.streams.worker_load import LoadMeter, Meter

if TYPE_CHECKING:
    from gpu_core.engine import Engine

TELL_S, THUMBNAIL_S = 0.5, 1.0
_TARGET_LOST = "its target takes no more pictures"
LOOK_S = 0.2  # how often to look how far a plan is


def engine_settings(form: StreamForm) -> EngineSettings:
    """What the stream's engine is opened with: two batches in flight, so that drawing and inference overlap."""
    return EngineSettings(
        size=form.size, path=form.path, inference=form.inference, precision=form.precision, threads=form.threads
    )


def perform(form: StreamForm, life: Life, pipe: StatusPipe, lines: SimpleQueue[bytes]) -> None:
    """Play one stream until `life` is over. A spare opens its engine and waits for a line that says whose it is to be.

    Raises:
        MienError: something that it was asked for cannot be had, or failed.
    """
    with ExitStack() as owned:
        reporter = Reporter(form, pipe, life)
        owned.callback(reporter.close)
        engine = _opened(form, reporter, owned)
        if form.number == SPARE:
            reporter.tell(READY)
            forms = next_forms(life, lines)
            if not forms:
                return
            form = forms[0]
            reporter.turn_to(form)
        _play(form, engine, reporter, lines, owned)


def _opened(form: StreamForm, reporter: Reporter, owned: ExitStack) -> Engine:
    from gpu_core.engine import open_engine
    from gpu_core.gl.context import headless_context

    reporter.tell("opening OpenGL")
    owned.enter_context(headless_context())
    reporter.tell("loading the networks")
    engine = owned.enter_context(open_engine(form.face, form.generator, engine_settings(form)))
    while (state := engine.path_state).building is not None and not state.serving:
        reporter.tell_if_due(f"building the TensorRT plan: {state.building.phase}")
        if reporter.life.wait(LOOK_S):
            break
        engine.collect(wait=False)  # there the path moves on
    reporter.load.watch(engine.path_state.gpu)
    return engine


def _play(form: StreamForm, engine: Engine, reporter: Reporter, lines: SimpleQueue[bytes], owned: ExitStack) -> None:
    from gpu_core.cuda.calls import check_not_lost
    from viewer.sessions.take import open_take
    from viewer.streams.source_sound import open_sound

    reporter.tell("opening the source and the target")
    take, clock = open_take(form.source), Clock(form.video.fps, form.epoch_s)
    output = open_output(form, open_sound(form.source, take.seconds, clock) if form.to else None)
    owned.callback(output.close)
    reporter.output = output
    player = Player(engine, take.at, take.seconds, clock)

    def hand_on(arrived: Arrived) -> None:
        output.offer(arrived.pixels, arrived.at_s)
        reporter.note(arrived)

    def go_on() -> bool:
        check_not_lost()
        for changed in newer_forms(lines):
            player.slow_to(changed.video.fps)
            reporter.slow_to(changed.video.fps, slowed(form.video.fps, changed.video.fps))
        return reporter.goes_on()

    reporter.life.is_live()
    player.run(go_on, hand_on)


def slowed(asked: float, fps: float) -> str:
    """What it costs that a stream goes at another rate than it was asked to."""
    return f"this machine is too busy for {asked:.4g} fps: it goes at {rate_text(fps)}" if fps < asked else ""


class Reporter:
    """Tells how one stream goes. While it tells, its process is known to move."""

    def __init__(
        self, form: StreamForm, pipe: StatusPipe, life: Life, *, way: str = "workers", load: Meter | None = None
    ) -> None:
        self.life, self.load = life, load or LoadMeter()
        self.output: Output | None = None
        self._pipe = pipe
        self._status = StreamStatus(form.number, "starting", way=way, pid=os.getpid())
        self._pace = Pace(form.video.fps)
        self._lasting = ""  # what it cost that the machine is too busy
        self._thumbnail = b""  # not told yet
        self._told_s = self._thumbnail_s = -THUMBNAIL_S

    def turn_to(self, form: StreamForm) -> None:
        """A spare is somebody's now."""
        self._status = replace(self._status, number=form.number)
        self._pace = Pace(form.video.fps)

    def slow_to(self, fps: float, note: str) -> None:
        """From now on a deadline is a frame's time at this rate; with a note, because the machine is too busy."""
        self._pace.turn_to(fps)
        self._lasting = note

    def note(self, arrived: Arrived) -> None:
        """A picture is there, and handed on. The first is told at once: somebody may wait for it."""
        now_s = time.monotonic()
        self._pace.note(arrived.at_s, now_s)
        if now_s - self._thumbnail_s >= THUMBNAIL_S:  # made at once: the pixels' memory is somebody else's soon
            self._thumbnail, self._thumbnail_s = thumbnail(arrived.pixels), now_s
        if self.has_failed:
            return
        state = "degraded" if self._lasting else "live"
        if self._status.state != state:
            self._status = replace(self._status, state=state)
            self.tell()

    @property
    def has_failed(self) -> bool:
        """Whether it has told that its target is lost for good."""
        return self._status.state == "failed"

    def goes_on(self) -> bool:
        """Tell if it is time to; whether the stream is to go on: not once its target is lost for good."""
        self.tell_if_due()
        return not (self.life.is_over or self.has_failed)

    def tell_if_due(self, note: str = "") -> bool:
        """Tell, about twice a second; whether it did."""
        if self.has_failed or time.monotonic() - self._told_s < TELL_S:
            return False
        self.tell(note)
        return True

    def tell(self, note: str = "") -> None:
        """Tell how it stands now."""
        self._told_s = now_s = time.monotonic()
        self.life.tick()
        pace, load = self._pace.now(now_s), self.load.now()
        push = self.output.status() if self.output is not None else self._status.push
        state = "failed" if push.state == "failed" else self._status.state
        self._status = replace(
            self._status, state=state, note=note or (push.note or _TARGET_LOST if state == "failed" else self._lasting),
            thumbnail=self._thumbnail, push=push, **vars(pace), **vars(load),
        )  # fmt: skip
        self._thumbnail = b""
        self._pipe.tell(self._status)

    def close(self) -> None:
        """Tell that it has ended, if it ran."""
        if self.life.is_over and not self.has_failed:
            self._pipe.tell(replace(self._status, state="ended", thumbnail=b""))
        self.load.close()
