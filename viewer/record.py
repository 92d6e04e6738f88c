"""`mien record`: a performance or a take, played in real time and recorded as the window would, without a window."""

from __future__ import annotations

import argparse
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from gpu_core.errors import MienError
from gpu_core.expression import Expression
from gpu_core.settings import EngineSettings, Frame
from gpu_core.telemetry import open_sampler
from viewer.filming.camera import Camera
from viewer.interruptions import Interruptions
from viewer.options import Parser, add_engine_options, positive
from viewer.sessions.layout import CODECS
from viewer.sessions.recording import Recording, RecordingForm
from viewer.sessions.recovering import recover_lost
from viewer.sessions.take import Take, open_take

if TYPE_CHECKING:
    from gpu_core.engine import Engine

DEFAULT_FPS, MOST_FPS = 25.0, 240.0
DEFAULT_TAKE = "talk"


def main(arguments: list[str]) -> int:
    """Record what `arguments` ask for; the folder's name is the last line."""
    options = parser().parse_args(arguments)
    if options.take and options.performance:
        raise MienError("--take and --performance are both there: record one at a time")
    take = open_take(options.take or options.performance or DEFAULT_TAKE)
    for sentence in recover_lost(options.out.absolute().parent):
        print(f"mien: recovered {sentence}")
    told = _record(take, options)
    dropped = f", {told.dropped} pictures dropped" if told.dropped else ""
    dropped += f", {told.lost_rows} rows lost" if told.lost_rows else ""
    print(f"mien: {told.frames} video frames, {told.seconds:.1f} s{dropped}")
    print(told.folder)
    return 0


def parser() -> Parser:
    """The options of `mien record`."""
    result = Parser(prog="mien record", description="Record a session in real time, without a window.")
    result.add_argument("--out", type=Path, required=True, metavar="DIR", help="the session's folder, new or empty")
    result.add_argument("--seconds", type=positive, metavar="N", help="how long (default: as long as the take)")
    result.add_argument("--performance", metavar="NAME", help=f"what is played (default: {DEFAULT_TAKE})")
    result.add_argument("--take", metavar="FILE", help="CSV of Live Link Face to play instead")
    result.add_argument("--fps", type=_fps, default=DEFAULT_FPS, metavar="N", help="of the video (default: 25)")
    result.add_argument("--codec", choices=CODECS, default="h264", help="of the video (default: h264)")
    result.add_argument("--face", type=Path, metavar="FILE", help="face to draw instead of the shipped one")
    add_engine_options(result)
    return result


def _fps(text: str) -> float:
    value = positive(text)
    if value > MOST_FPS:
        raise argparse.ArgumentTypeError(f"{text} is more than {MOST_FPS:g} frames a second")
    return value


def _record(take: Take, options: argparse.Namespace) -> Recording:
    from gpu_core.engine import open_engine
    from gpu_core.gl.context import headless_context
    from viewer.headless import wait_for_plan

    logging.basicConfig(format="mien: %(message)s", level=logging.WARNING)
    settings = EngineSettings(path=options.path, inference=options.inference, precision=options.precision)
    with (
        Interruptions() as interruptions,
        headless_context(),
        open_engine(options.face, options.generator, settings) as engine,
    ):
        with interruptions.answered_at_once():
            wait_for_plan(engine)
        return film_live(engine, take, options, interruptions)


def film_live(engine: Engine, take: Take, options: argparse.Namespace, interruptions: Interruptions) -> Recording:
    """Play a take and record what the engine makes of it meanwhile; returns how it ended.

    Raises:
        MienError: the recording cannot be begun, or stopped by itself: what was written is whole.
    """
    from gpu_core.batching import play_through

    told = [Recording()]
    start_ns = time.perf_counter_ns()

    def since(frame: Frame, _index: int) -> float:
        return max(0.0, (frame.finished_ns - start_ns) / 1e9)

    form = RecordingForm(
        options.fps, name="", codec=options.codec, patient=False, open_sampler=open_sampler,
        about={"take": {"title": take.title, "seconds": take.seconds}},
    )  # fmt: skip
    camera = Camera(options.out, form, since, told.append)
    try:
        faces = live(take, options.seconds or take.seconds, options.fps)
        for frame, _ in play_through(engine, faces):
            try:
                camera.film(engine, frame)
            finally:
                engine.recycle(frame)
            for index, stages in engine.late_stages():
                camera.amend(index, stages)
            interruptions.check()
    finally:
        camera.close(engine)
    return told[-1]


def live(take: Take, seconds: float, fps: float) -> Iterator[Expression]:
    """The face of now, at most `fps` times a second, for so long; the take begins anew when it ends."""
    start_s, number = time.perf_counter(), 0
    while (now_s := time.perf_counter() - start_s) < seconds:
        wait_s = number / fps - now_s
        if wait_s > 0:
            time.sleep(wait_s)
            now_s += wait_s
        if now_s >= seconds:
            return
        number = int(now_s * fps + 1e-6) + 1
        yield take.at(now_s % take.seconds)
