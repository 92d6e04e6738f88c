"""`mien render --take`: a take to a video file, as fast as the machine makes it, every frame in it.

    expressions -> pose, draw | infer | read -> queue -> composite, convert, encode

Three things run side by side: the thread of the GL context, inference, and the encoder's thread.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gpu_core.batching import play_through
from gpu_core.errors import MienError
from gpu_core.frame_record import FrameRecord
from gpu_core.settings import EngineSettings, View
from gpu_core.timing import StageTimer
from gpu_core.trace import TraceWriter
from viewer.clip_encoder import ClipEncoder
from viewer.clip_pictures import ClipPictures
from viewer.offline_figures import READ, Figures, Tally
from viewer.offline_log import BatchLog
from viewer.offline_progress import Progress
from viewer.picture_file import refuse_unwritable, replacing_by_name, write_whole
from viewer.sessions.take import Take, open_take
from viewer.sessions.video import BACKGROUND, Colour, Pixels, RecordingError, Style, VideoFile

if TYPE_CHECKING:
    from gpu_core.engine import Engine

DEPTH = 3  # nobody waits for a frame, so the pipeline is as full as it gets
STREAMS = 2  # two inferences of one thread each waste less than one of two threads
FACES = 1  # on a CPU: measured with 1, 2 and 4, a batch makes no frame cheaper there


def style() -> Style:
    """How an offline video is encoded: as a recording, finer, and with the index first for the web.

    Measured at 512x512 with a head that talks: 3 ms of a core a frame, and 40.0 dB, where the subsampling of colours
    alone leaves 41.5; slower presets cost two to three times as much and make the file no smaller.
    """
    threads = max(1, min(8, (os.cpu_count() or 1) // 2))
    return Style("veryfast", 15, threads, key_s=2.0, b_frames=0, movflags="faststart")


def render_take(options: argparse.Namespace) -> int:
    """Render the take of checked options; see `viewer.offline_options`.

    Raises:
        MienError: the take, the engine or a file to write is unusable; nothing is left behind.
    """
    take = open_take(options.take)
    for path in (options.trace, options.json):
        if path:
            refuse_unwritable(path)
    for note in take.notes:
        print_error(f"mien: {note}")
    figures, facts = _make(take, options)
    print_error(f"mien: {figures.line()}")
    if options.json:
        text = json.dumps(figures.to_dict() | facts, indent=2, allow_nan=False) + "\n"
        write_whole(options.json, lambda file: file.write(text.encode()))
    sys.stdout.write(f"{options.out}\n")
    return 0


def _make(take: Take, options: argparse.Namespace) -> tuple[Figures, dict[str, Any]]:
    """Render and encode; the file has its name only once it is whole."""
    from gpu_core.engine import open_engine
    from gpu_core.gl.context import headless_context
    from viewer.headless import wait_for_plan

    # The engine warns of a generator that does not fit the face.
    logging.basicConfig(format="mien: %(message)s", level=logging.WARNING)
    with ended_cleanly(), replacing_by_name(options.out) as part, ExitStack() as owned:
        owned.enter_context(headless_context())
        engine = owned.enter_context(open_engine(options.face, options.generator, offline_settings(options)))
        wait_for_plan(engine, for_the_best=True)  # no frame of a video is made in another way than the others
        trace = owned.enter_context(TraceWriter(options.trace)) if options.trace else None
        clip = owned.enter_context(closing(Clip(engine, part, options, take, trace)))
        try:
            figures = clip.film()
        except RecordingError as error:
            raise MienError(str(error).replace(str(part), str(options.out))) from error
        if trace is not None and trace.problem:
            print_error(f"mien: {options.trace} is not complete: {trace.problem}")
        return figures, _facts(engine, take, options)


def offline_settings(options: argparse.Namespace) -> EngineSettings:
    """Throughput first."""
    return EngineSettings(
        path=options.path,
        inference=options.inference,
        precision=options.precision,
        depth=DEPTH,
        faces=options.faces or FACES,
        streams=STREAMS,
    )


def _facts(engine: Engine, take: Take, options: argparse.Namespace) -> dict[str, Any]:
    from viewer.bench import machine

    return {
        "take": take.title,
        "video_fps": options.fps or take.fps,
        "settings": asdict(engine.settings),
        "engine": {"path": engine.path_name, **engine.description},
        "machine": machine(),
    }


class Clip:
    """One clip in the making: frames of the engine into the file `part`."""

    def __init__(
        self, engine: Engine, part: Path, options: argparse.Namespace, take: Take, trace: TraceWriter | None
    ) -> None:
        self._engine, self._take, self._fps = engine, take, options.fps or take.fps
        self._view = View(options.view)
        background: Colour = options.background or BACKGROUND
        self._pictures = ClipPictures(engine, self._view, background)
        self._tally = Tally()
        self._trace = trace
        self._log = BatchLog(self._tally, self._write)
        self._encoder = ClipEncoder(
            lambda side: VideoFile(part, self._fps, side, background, style=style()), options.size
        )

    def film(self) -> Figures:
        """Make all of it.

        Raises:
            MienError: the engine fails, or the file cannot be written.
        """
        total = self._take.frames(self._fps)
        with closing(Progress(sys.stderr, total)) as progress:
            try:
                self._play(progress)
                self._encoder.finish()
            except KeyboardInterrupt:
                progress.close()
                print_error(f"mien: interrupted after {self._log.made} of {total} frames: no video is written")
                raise
        self._note_encoded()
        return self._tally.figures(frames=total, waited_s=self._encoder.waited_s, encoder_s=self._encoder.core_s)

    def _play(self, progress: Progress) -> None:
        views = frozenset({self._view})
        for frame, valid in play_through(self._engine, self._take.expressions(self._fps), views=views):
            reading = StageTimer()
            arrived: list[Pixels] = []
            with reading.stage(READ):
                for face in range(valid):
                    arrived += self._pictures.take(frame, face)
            self._engine.recycle(frame)
            self._log.add(frame, reading.take(), faces=valid)
            self._put(arrived)
            self._note_encoded()
            progress.note(self._log.made)
        self._put(self._pictures.rest())

    def _put(self, pictures: list[Pixels]) -> None:
        for picture in pictures:
            self._encoder.put(picture)

    def _note_encoded(self) -> None:
        for index, stages in self._engine.late_stages():
            self._log.amend(index, stages)
        self._log.encoded(self._encoder.take_spans())

    def _write(self, record: FrameRecord) -> None:
        if self._trace is not None:
            self._trace.frame(record)
            self._trace.counter("waiting for the encoder", {"pictures": self._encoder.queued}, record.shown_ns)

    def close(self) -> None:
        """Stop the encoder, if it has not finished."""
        self._encoder.abandon()
        self._pictures.close()


@contextmanager
def ended_cleanly() -> Iterator[None]:
    """Have SIGTERM end what is inside as Ctrl-C does, so that no half file stays behind; on the main thread."""
    former = signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)


def print_error(line: str) -> None:
    """A line on the standard error stream."""
    sys.stderr.write(f"{line}\n")
