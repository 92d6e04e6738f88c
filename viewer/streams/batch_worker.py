"""Many streams in one process, their faces one batch: one GL context, one engine, an output a face.

    python -m viewer.streams.batch_worker [PARENT]

It speaks as `viewer.streams.worker` does, a status for each of its streams. A later line of forms, of the same streams,
changes their rates: it slows down, or goes back to the rate that was asked for.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from queue import SimpleQueue
from typing import TYPE_CHECKING

from gpu_core.errors import MienError
from gpu_core.expression import Expression
from viewer.streams.orders import newer_forms
from viewer.streams.output import Output, open_output
from viewer.streams.performing import LOOK_S, Reporter, engine_settings, slowed
from viewer.streams.play import Clock
from viewer.streams.status_pipe import StatusPipe
from viewer.streams.values import StreamForm
from viewer.streams.worker import serve
from viewer.streams.worker_life import Life
from viewer.streams.worker_load import SharedMeter

if TYPE_CHECKING:
    from gpu_core.engine import Engine
    from viewer.streams.pictures import Arrived

_ALIKE = ("size", "face", "generator", "path", "inference", "precision")  # what one engine has once
_CLOSING_S, _LEAST_S = 5.0, 0.05
_A_TURN = 4  # statuses told in one turn of the loop: so many fit into a pipe with their thumbnails, and cost no frame


class BatchError(MienError):
    """These streams cannot be one batch."""


def main(arguments: Sequence[str]) -> int:
    """Play the streams that standard input asks for, as one batch."""
    return serve(arguments, perform_batch)


def perform_batch(forms: Sequence[StreamForm], life: Life, pipe: StatusPipe, lines: SimpleQueue[bytes]) -> None:
    """Play them until `life` is over.

    Raises:
        MienError: they differ in what a batch has once, or something they ask for cannot be had, or failed.
    """
    check_alike(forms)
    began_s = time.monotonic()
    forms = [replace(form, epoch_s=form.epoch_s or began_s) for form in forms]  # one clock for pictures and sounds
    with ExitStack() as owned:
        meter = SharedMeter(len(forms))
        owned.callback(meter.close)
        faces = [BatchFace(form, Reporter(form, pipe, life, way="batch", load=meter)) for form in forms]
        owned.callback(close_all, faces)
        tell_all(faces, "loading Mien")
        engine = open_batch(forms, faces, life, owned)
        for face in faces:
            face.reporter.tell("opening the source and the target")
            face.open()
        meter.watch(engine.path_state.gpu)
        life.is_live()
        _play(engine, faces, life, lines)


def check_alike(forms: Sequence[StreamForm]) -> None:
    """See that these streams can share an engine.

    Raises:
        BatchError: they differ in size, face, generator or path.
    """
    for name in _ALIKE:
        if len({getattr(form, name) for form in forms}) > 1:
            raise BatchError(f"the streams of one batch share one engine, and these differ in {name}: choose workers")


def open_batch(forms: Sequence[StreamForm], faces: Sequence[BatchFace], life: Life, owned: ExitStack) -> Engine:
    """The engine of all of them; waits for a plan that nothing stands in for."""
    from gpu_core.engine import open_engine
    from gpu_core.gl.context import headless_context

    tell_all(faces, "opening OpenGL")
    owned.enter_context(headless_context())
    tell_all(faces, "loading the networks")
    settings = replace(engine_settings(forms[0]), faces=len(forms))
    engine = owned.enter_context(open_engine(forms[0].face, forms[0].generator, settings))
    while (state := engine.path_state).building is not None and not state.serving:
        for face in faces:
            face.reporter.tell_if_due(f"building the TensorRT plan: {state.building.phase}")
        if life.wait(LOOK_S):
            break
        engine.collect(wait=False)  # there the path moves on
    return engine


def tell_all(faces: Sequence[BatchFace], step: str) -> None:
    """Tell which step of the start begins."""
    for face in faces:
        face.reporter.tell(step)


class BatchFace:
    """One stream of a batch: its source, its output, and who tells how it goes."""

    def __init__(self, form: StreamForm, reporter: Reporter) -> None:
        self.form, self.reporter = form, reporter
        self.fps = form.video.fps  # that it goes at now
        self._output: Output | None = None
        self._at: Callable[[float], Expression] | None = None
        self._seconds = 0.0
        self._next_s = 0.0  # pictures of moments before this are the batch's, not this stream's

    def open(self) -> None:
        """Open source and output.

        Raises:
            MienError: one of them is not there.
        """
        from viewer.sessions.take import open_take
        from viewer.streams.source_sound import open_sound

        take = open_take(self.form.source)
        self._at, self._seconds = take.at, take.seconds
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

    def close(self, timeout_s: float) -> None:
        """Send what is left, for so long, and tell that it has ended."""
        if self._output is not None:
            self._output.close(timeout_s)
        self.reporter.close()


def close_all(faces: Sequence[BatchFace]) -> None:
    """Send what is left of all of them; servers that hang cost no more time together than one alone."""
    end_s = time.monotonic() + _CLOSING_S
    for face in faces:
        face.close(max(_LEAST_S, end_s - time.monotonic()))


def _play(engine: Engine, faces: Sequence[BatchFace], life: Life, lines: SimpleQueue[bytes]) -> None:
    from gpu_core.cuda.calls import check_not_lost
    from viewer.streams.batch_play import BatchPlayer

    def at(moment: int) -> tuple[Expression, ...]:
        return tuple(face.at(player.clock, moment) for face in faces)

    def go_on() -> bool:
        if _heard(faces, lines):
            player.clock.turn_to(_fastest(faces))
        check_not_lost()
        _tell(faces)
        return not (life.is_over or all(face.reporter.has_failed for face in faces))

    player = BatchPlayer(engine, at, Clock(_fastest(faces), faces[0].form.epoch_s))
    player.run(go_on, lambda number, arrived: faces[number].hand_on(arrived))


def _fastest(faces: Sequence[BatchFace]) -> float:
    return max(face.fps for face in faces)


def _tell(faces: Sequence[BatchFace]) -> None:
    told = 0
    for face in faces:
        told += face.reporter.tell_if_due()
        if told >= _A_TURN:
            return


def _heard(faces: Sequence[BatchFace], lines: SimpleQueue[bytes]) -> bool:
    """Take in other rates; whether there are any."""
    rates = {form.number: form.video.fps for form in newer_forms(lines)}
    for face in faces:
        if (fps := rates.get(face.form.number, face.fps)) != face.fps:
            face.slow_to(fps)
    return bool(rates)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
