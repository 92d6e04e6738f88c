"""`mien replay DIR`: a session's expressions rendered again, by the same engine or another, and compared."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gpu_core.errors import MienError
from gpu_core.settings import EngineSettings
from viewer.clips.offline import print_error
from viewer.clips.offline_progress import Progress
from viewer.interruptions import Interruptions
from viewer.options import PATHS, PRECISIONS, Parser, add_engine_options
from viewer.picture_file import refuse_unwritable, write_whole
from viewer.sessions.session import Session, open_session
from viewer.sessions.stages import recorded_stages

if TYPE_CHECKING:
    from viewer.filming.stage_comparison import StageShift
    from viewer.replaying import Replayed

_INFERENCES = ("auto", "openvino", "onnxruntime")


def main(arguments: list[str]) -> int:
    """Replay what `arguments` ask for."""
    wanted = parser()
    options = wanted.parse_args(arguments)
    session = open_session(options.folder)
    if options.json:
        refuse_unwritable(options.json)
    if options.out and options.out.suffix.lower() == ".mp4":
        return _as_clip(session, options)
    replayed, facts = _replay(session, options)
    print(f"{replayed.frames} expressions came back bit by bit")
    shifts = _compare(session, replayed) if options.compare else []
    if options.json:
        text = json.dumps(_figures(replayed, shifts) | facts, indent=2, allow_nan=False, default=str) + "\n"
        write_whole(options.json, lambda file: file.write(text.encode()))
    if options.out:
        print(options.out)
    return 0


def parser() -> Parser:
    """The options of `mien replay`."""
    result = Parser(prog="mien replay", description="Render a session's expressions again, and compare.")
    result.add_argument("folder", type=Path, metavar="DIR", help="the session's folder")
    result.add_argument("--compare", action="store_true", help="timings side by side, and pictures if none was lossy")
    result.add_argument("--out", type=Path, metavar="DIR|FILE.mp4", help="a new session of it, or a video")
    result.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON")
    result.add_argument("--face", type=Path, metavar="FILE", help="face to draw instead of the shipped one")
    add_engine_options(result)
    return result


def replay_settings(session: Session, options: argparse.Namespace) -> EngineSettings:
    """As it was recorded, but for what the options say."""

    def chosen(name: str, allowed: tuple[str, ...]) -> str:
        asked, told = getattr(options, name), session.told("settings", name)
        return asked if asked != "auto" or told not in allowed else str(told)

    settings = EngineSettings(
        path=chosen("path", PATHS),
        inference=chosen("inference", _INFERENCES),
        precision=chosen("precision", PRECISIONS),
    )
    size, depth = session.told("settings", "size"), session.told("settings", "depth")
    if type(size) is int and type(depth) is int:
        settings = replace(settings, size=size, depth=depth)
        settings.check()
    return settings


def _replay(session: Session, options: argparse.Namespace) -> tuple[Replayed, dict[str, Any]]:
    from gpu_core.engine import open_engine
    from gpu_core.gl.context import headless_context
    from viewer.filming.session_facts import changes, engine_facts
    from viewer.headless import wait_for_plan
    from viewer.replaying import Replay, ReplayForm

    logging.basicConfig(format="mien: %(message)s", level=logging.WARNING)
    with (
        Interruptions() as interruptions,
        headless_context(),
        open_engine(options.face, options.generator, replay_settings(session, options)) as engine,
    ):
        with interruptions.answered_at_once():
            wait_for_plan(engine, for_the_best=True)
        facts = engine_facts(engine)
        for sentence in changes(session, facts):
            print(sentence)
        about = facts | {"replay_of": str(session.folder.absolute())}
        replay = Replay(engine, session, ReplayForm(options.compare, options.out, about))
        with closing(Progress(sys.stderr, replay.count)) as progress:

            def tell(done: int) -> None:
                progress.note(done)
                interruptions.check()

            return replay.run(tell), facts


def _compare(session: Session, replayed: Replayed) -> list[StageShift]:
    from viewer.filming.stage_comparison import compare_stages, heading

    shifts = compare_stages(recorded_stages(session), replayed.stages)
    print(heading())
    for shift in shifts:
        print(shift.line())
    if replayed.pictures is not None:
        print(replayed.pictures.line())
    elif not session.is_lossless:
        print("pictures: not compared, the recording is lossy: record with --codec ffv1 to compare them")
    return shifts


def _figures(replayed: Replayed, shifts: list[StageShift]) -> dict[str, Any]:
    pictures = replayed.pictures
    return {
        "frames": replayed.frames,
        "expressions_bit_exact": True,
        "stages": [shift.figures() for shift in shifts],
        "pictures": None if pictures is None else {
            "pictures": pictures.pictures, "identical": pictures.identical,
            "psnr": pictures.psnr if pictures.identical < pictures.pictures else None,
            "flip": pictures.flip if pictures.flip == pictures.flip else None,
        },
    }  # fmt: skip


def _clip_options(session: Session, options: argparse.Namespace) -> argparse.Namespace:
    """As `mien render` has them."""
    settings = replay_settings(session, options)
    own = {"fps": None, "view": "generated", "background": session.background, "size": None, "trace": None}
    own |= {"path": settings.path, "inference": settings.inference, "precision": settings.precision, "faces": None}
    own |= {"progress_s": None}
    return argparse.Namespace(**(vars(options) | own))


def _as_clip(session: Session, options: argparse.Namespace) -> int:
    """The session as an ordinary video: every face at its moment, none blended."""
    if options.compare or options.json:
        raise MienError("--compare and --json go with a session: name a folder with --out, or nothing")
    from viewer.clips.offline import make_clip
    from viewer.sessions.take import Take
    from viewer.sessions.track_file import TrackFile

    with TrackFile(session.track_file) as track:
        half_s = 0.5 / session.fps  # a frame is shown at the moment of the video that is nearest
        seconds = track.seconds + 1 / session.fps
        take = Take(session.folder.name, seconds, session.fps, lambda time_s: track.at(time_s + half_s))
        figures, _ = make_clip(take, _clip_options(session, options))
    print_error(f"mien: {figures.line()}")
    print(options.out)
    return 0
