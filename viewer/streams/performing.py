"""A worker's work: open what forms ask for, play it, tell how it goes. One stream, or a batch of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from queue import SimpleQueue
from typing import TYPE_CHECKING

from gpu_core.expression import Expression
from viewer.streams.admission import rate_text
from viewer.streams.messages import READY, SPARE
from viewer.streams.orders import newer_forms, next_forms
from viewer.streams.output import Output, open_output
from viewer.streams.pictures import Arrived
from viewer.streams.play import Clock, Player
from viewer.streams.reporting import Reporter
from viewer.streams.status_pipe import StatusPipe
from viewer.streams.values import StreamForm
from viewer.streams.worker_life import Life

if TYPE_CHECKING:
    from gpu_core.engine import Engine

LOOK_S = 0.2  # how often to look how far a plan is
CLOSING_S = 5.0  # for an output to send what is left
_A_TURN = 4  # statuses told in one turn of the loop: so many fit into a pipe with their thumbnails, and cost no frame


def perform(form: StreamForm, life: Life, pipe: StatusPipe, lines: SimpleQueue[bytes]) -> None:
    """Play one stream until `life` is over. A spare opens its engine and waits for a line that says whose it is to be.

    Raises:
        MienError: something that it was asked for cannot be had, or failed.
    """
    with ExitStack() as owned:
        face = StreamFace(form, Reporter(form, pipe, life))
        owned.callback(face.close)
        engine = opened([face], owned)
        if form.number == SPARE:
            face.reporter.tell(READY)
            forms = next_forms(life, lines)
            if not forms:
                return
            face.turn_to(forms[0])
        begin([face])
        life.is_live()
        play(engine, [face], lines)


def opened(faces: Sequence[StreamFace], owned: ExitStack) -> Engine:
    """The one engine of these faces; waits for a plan that nothing stands in for."""
    from gpu_core.engine import open_engine
    from gpu_core.gl.context import headless_context

    form, reporters = faces[0].form, [face.reporter for face in faces]
    tell_all(reporters, "opening OpenGL")
    owned.enter_context(headless_context())
    tell_all(reporters, "loading the networks")
    engine = owned.enter_context(open_engine(form.face, form.generator, form.engine_settings(len(faces))))
    while (state := engine.path_state).building is not None and not state.serving:
        for reporter in reporters:
            reporter.tell_if_due(f"building the TensorRT plan: {state.building.phase}")
        if reporters[0].life.wait(LOOK_S):
            break
        engine.collect(wait=False)  # there the path moves on
    reporters[0].load.watch(engine.path_state.gpu)  # the meter of all
    return engine


def tell_all(reporters: Sequence[Reporter], step: str) -> None:
    """Tell which step of the start begins."""
    for reporter in reporters:
        reporter.tell(step)


def begin(faces: Sequence[StreamFace]) -> None:
    """Open sources and outputs; sources without a time of their own begin together.

    Raises:
        MienError: one of them is not there.
    """
    began_s = time.monotonic()
    for face in faces:
        face.reporter.tell("opening the source and the target")
        face.open(began_s)


class StreamFace:
    """One stream: its source, its output, and who tells how it goes."""

    def __init__(self, form: StreamForm, reporter: Reporter) -> None:
        self.form, self.reporter = form, reporter
        self.fps = form.video.fps  # that it goes at now
        self._output: Output | None = None
        self._at: Callable[[float], Expression] | None = None
        self._seconds = 0.0
        self._next_s = 0.0  # pictures of moments before this are a faster stream's

    def turn_to(self, form: StreamForm) -> None:
        """A spare is this stream's now."""
        self.form, self.fps = form, form.video.fps
        self.reporter.turn_to(form)

    def open(self, began_s: float) -> None:
        """Open source and output; the source begins then, unless the form says when.

        Raises:
            MienError: one of them is not there.
        """
        from viewer.sessions.take import open_take
        from viewer.streams.source_sound import open_sound

        take = open_take(self.form.source)
        self._at, self._seconds = take.at, take.seconds
        self.form = replace(self.form, epoch_s=self.form.epoch_s or began_s)  # one clock for pictures and sounds
        clock = Clock(self.form.video.fps, self.form.epoch_s)
        sound = open_sound(self.form.source, take.seconds, clock) if self.form.to else None
        self._output = self.reporter.output = open_output(self.form, sound)

    def at(self, clock: Clock, moment: int) -> Expression:
        """Its expression at a moment of the batch's clock."""
        assert self._at is not None, "open it first"
        return self._at(clock.source_s(moment, self._seconds))

    def hand_on(self, arrived: Arrived) -> None:
        """Its picture is there. In a batch with faster ones, only every so many are its own."""
        if arrived.at_s < self._next_s or self._output is None or self.reporter.has_failed:
            return
        frame_s = 1.0 / self.fps
        due_s = self._next_s + frame_s
        self._next_s = due_s if due_s > arrived.at_s else arrived.at_s + 0.5 * frame_s
        self._output.offer(arrived.pixels, arrived.at_s)
        self.reporter.note(arrived)

    def slow_to(self, fps: float) -> None:
        """Go at this rate from now on."""
        self.fps = fps
        self.reporter.slow_to(fps, slowed(self.form.video.fps, fps))

    def close(self, timeout_s: float = CLOSING_S) -> None:
        """Send what is left, for so long, and tell that it has ended."""
        if self._output is not None:
            self._output.close(timeout_s)
        self.reporter.close()


def slowed(asked: float, fps: float) -> str:
    """What it costs that a stream goes at another rate than it was asked to."""
    return f"this machine is too busy for {asked:.4g} fps: it goes at {rate_text(fps)}" if fps < asked else ""


def play(engine: Engine, faces: Sequence[StreamFace], lines: SimpleQueue[bytes]) -> None:
    """Play the faces until none of them is to go on; further lines of forms change their rates.

    Raises:
        MienError: the engine failed, or has lost its GPU.
    """
    from gpu_core.cuda.calls import check_not_lost

    def at(moment: int) -> tuple[Expression, ...]:
        return tuple(face.at(player.clock, moment) for face in faces)

    def go_on() -> bool:
        if _heard(faces, lines):
            player.clock.turn_to(_fastest(faces))
        check_not_lost()
        _tell(faces)
        return any(face.reporter.goes_on() for face in faces)

    player = Player(engine, at, Clock(_fastest(faces), faces[0].form.epoch_s))
    player.run(go_on, lambda number, arrived: faces[number].hand_on(arrived))


def _fastest(faces: Sequence[StreamFace]) -> float:
    return max(face.fps for face in faces)


def _tell(faces: Sequence[StreamFace]) -> None:
    told = 0
    for face in faces:
        told += face.reporter.tell_if_due()
        if told >= _A_TURN:
            return


def _heard(faces: Sequence[StreamFace], lines: SimpleQueue[bytes]) -> bool:
    """Take in other rates; whether there are any."""
    rates = {form.number: form.video.fps for form in newer_forms(lines)}
    for face in faces:
        if (fps := rates.get(face.form.number, face.fps)) != face.fps:
            face.slow_to(fps)
    return bool(rates)
