"""`mien render --take`: a take to a video file, as fast as the machine makes it, every frame in it."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gpu_core.errors import MienError
from gpu_core.settings import EngineSettings, View
from gpu_core.trace import TraceWriter
from viewer.clips.clip import Clip, ClipForm, offline_style, video_in
from viewer.clips.offline_figures import Figures
from viewer.clips.offline_progress import Progress
from viewer.clips.parts import NEXT_NAME, ClipParts, take_hash
from viewer.filming.session_facts import engine_facts
from viewer.interruptions import Interruptions
from viewer.picture_file import refuse_unwritable, replacing_by_name, write_whole
from viewer.sessions.growing_file import RecordingError
from viewer.sessions.recording import BACKGROUND
from viewer.sessions.take import Take, open_take

if TYPE_CHECKING:
    from gpu_core.engine import Engine

DEPTH = 3  # nobody waits for a frame, so the pipeline is as full as it gets
STREAMS = 2  # inferences of one thread each beside each other: nobody waits for a single frame
FACES = 1  # on a CPU a batch changes little: 94, 96 and 93 core-ms a frame with 1, 2 and 4, on a busy machine


def render_take(options: argparse.Namespace) -> int:
    """Render the take of checked options; see `viewer.clips.offline_options`.

    Raises:
        MienError: the take, the engine or a file to write is unusable; nothing is left behind.
    """
    take = open_take(options.take)
    for path in (options.trace, options.json):
        if path:
            refuse_unwritable(path)
    for note in take.notes:
        print_error(f"mien: {note}")
    figures, facts = make_clip(take, options)
    print_error(f"mien: {figures.line()}")
    if options.json:
        text = json.dumps(figures.to_dict() | facts, indent=2, allow_nan=False) + "\n"
        write_whole(options.json, lambda file: file.write(text.encode()))
    sys.stdout.write(f"{options.out}\n")
    return 0


def make_clip(take: Take, options: argparse.Namespace) -> tuple[Figures, dict[str, Any]]:
    """Render and encode; the file has its name only once it is whole. What an earlier run has left is gone on with.

    Raises:
        MienError: the engine or the file is unusable; what is made by then is kept in parts, for the next run.
    """
    from gpu_core.engine import open_engine
    from gpu_core.gl.context import headless_context
    from viewer.headless import wait_for_plan

    # The engine warns of a generator that does not fit the face.
    logging.basicConfig(format="mien: %(message)s", level=logging.WARNING)
    form = ClipForm(options.fps or take.fps, View(options.view), options.background or BACKGROUND, options.size)
    with Interruptions() as interruptions, replacing_by_name(options.out) as part, ExitStack() as owned:
        owned.enter_context(headless_context())
        engine = owned.enter_context(open_engine(options.face, options.generator, offline_settings(options)))
        with interruptions.answered_at_once():
            wait_for_plan(engine, for_the_best=True)  # no frame of a video is made in another way than the others
        trace = owned.enter_context(traced(options.trace))
        parts = owned.enter_context(closing(_parts(options.out, engine, take, form)))
        made = Clip(engine, take, form, video_in(parts, form), first=parts.frames, trace=trace)
        clip = owned.enter_context(closing(made))
        try:
            figures = _filmed(clip, interruptions, options.progress_s)
            parts.join(part)
            parts.remove()
            return figures, _facts(engine, take, form)
        except RecordingError as error:
            text = str(error).replace(str(part), str(options.out))
            raise MienError(text.replace(str(parts.folder / NEXT_NAME), str(options.out))) from error


def _parts(out: Path, engine: Engine, take: Take, form: ClipForm) -> ClipParts:
    """What an interrupted run has left of the same clip, or the room for it; says so."""
    facts = engine_facts(engine)
    about = {name: facts[name] for name in ("engine", "settings", "face", "generator", "versions")}
    about |= {"form": asdict(form), "style": asdict(offline_style()), "take": take_hash(take, form.fps)}
    parts = ClipParts(out, about, form.fps)
    if parts.frames:
        print_error(f"mien: going on after frame {parts.frames} of {take.frames(form.fps)}, from {parts.folder}")
    elif parts.was_other:
        print_error(f"mien: what {parts.folder} held was of another clip, or made otherwise: beginning anew")
    return parts


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


@contextmanager
def traced(path: Path | None) -> Iterator[TraceWriter | None]:
    """A trace if one is wanted. What was interrupted leaves it, what failed does not; an incomplete one is told."""
    if path is None:
        yield None
        return
    with TraceWriter(path) as trace:
        try:
            yield trace
        except MienError:
            trace.close()
            path.unlink(missing_ok=True)
            raise
    if trace.problem:
        print_error(f"mien: {path} is not complete: {trace.problem}")


def _filmed(clip: Clip, interruptions: Interruptions, pause_s: float | None) -> Figures:
    with closing(Progress(sys.stderr, clip.frames, pause_s=pause_s, begun=clip.made)) as progress:

        def tell(made: int) -> None:
            progress.note(made)
            interruptions.check()

        try:
            return clip.film(tell)
        except KeyboardInterrupt:
            progress.close()
            made = f"interrupted after {clip.made} of {clip.frames} frames"
            print_error(f"mien: {made}: the same command goes on from there")
            raise


def _facts(engine: Engine, take: Take, form: ClipForm) -> dict[str, Any]:
    from viewer.benches.bench_file import machine

    return {
        "take": take.title,
        "video_fps": form.fps,
        "settings": asdict(engine.settings),
        "engine": {"path": engine.path_name, **engine.description},
        "machine": machine(),
    }


def print_error(line: str) -> None:
    """A line on the standard error stream."""
    sys.stderr.write(f"{line}\n")
