"""The options of `mien render` that make a video of a take, and what does not go together."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from gpu_core.errors import MienError
from viewer.options import Parser, finite
from viewer.picture_options import TRANSPARENT, colour, pixels

LOWEST_FPS, HIGHEST_FPS = 1.0, 240.0  # below it is no video, above it no player follows
MOST_FACES = 16  # in a batch: beyond it memory grows and nothing gets faster
SMALLEST_SIZE = 16  # a macroblock of H.264
# What only a still has, and only a take.
_OF_A_STILL = {"set": "--set", "yaw": "--yaw", "pitch": "--pitch", "roll": "--roll", "gaze": "--gaze"}
_OF_A_TAKE = {"fps": "--fps", "faces": "--faces", "trace": "--trace", "json": "--json"}


def add_take_options(parser: Parser) -> None:
    """Add what makes a video."""
    group = parser.add_argument_group("a take, as a video")
    group.add_argument("positional_take", nargs="?", metavar="TAKE", help="the same as --take")
    group.add_argument("--take", metavar="TAKE", help="CSV of Live Link Face, or the name of a performance, e.g. talk")
    _add_frame_options(group)


def add_video_options(parser: argparse.ArgumentParser, *, traced: bool = True) -> None:
    """Add what a video of anything else can be told; `check_video` looks at what was told."""
    parser.add_argument("--size", type=pixels, metavar="N", help="pixels a side (default: as the generator makes it)")
    parser.add_argument("--background", type=colour, metavar="#rrggbb", help="behind the face (default: dark grey)")
    _add_frame_options(parser, traced=traced)


def check_video(options: argparse.Namespace, others: Iterable[Path | None]) -> None:
    """Refuse what no video can be, and files named twice; `others` are files besides out, trace and json.

    Raises:
        MienError: the text says what.
    """
    if options.background == TRANSPARENT:
        raise MienError("--background transparent is for a still: video has no transparency, so say a #rrggbb")
    if options.size and (options.size % 2 or options.size < SMALLEST_SIZE):
        raise MienError(f"--size {options.size}: a video needs an even number of pixels, from {SMALLEST_SIZE} on")
    files = [path.absolute() for path in (options.out, options.trace, options.json, *others) if path]
    if len(set(files)) < len(files):
        raise MienError("--out, --trace, --json and the others have to be different files")


def _add_frame_options(group: argparse._ActionsContainer, *, traced: bool = True) -> None:
    group.add_argument("--fps", type=_fps, metavar="N", help="frames a second (default: the take's, else 30)")
    group.add_argument("--faces", type=_faces, metavar="N", help="frames inferred at once (default 1)")
    if traced:
        group.add_argument("--trace", type=Path, metavar="FILE.json", help="where the time went, for ui.perfetto.dev")
    group.add_argument("--progress-s", type=finite, metavar="SECONDS", help=argparse.SUPPRESS)  # for the window
    group.add_argument("--json", type=Path, metavar="FILE", help="write the figures of the last line as JSON")


def _fps(text: str) -> float:
    value = finite(text)
    if not LOWEST_FPS <= value <= HIGHEST_FPS:
        raise argparse.ArgumentTypeError(f"{text} is not from {LOWEST_FPS:g} to {HIGHEST_FPS:g} frames a second")
    return value


def _faces(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_FACES:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {MOST_FACES}")
    return int(text)


def is_take(options: argparse.Namespace, parser: Parser) -> bool:
    """Whether a video was asked for; then `options.take` names the take.

    Raises:
        MienError: what was asked for does not go together; the text says what.
    """
    positional = options.positional_take
    if positional and options.take:
        parser.error(f"the take is given twice, {positional} and --take {options.take}")
    options.take = options.take or positional
    is_video = options.out.suffix.lower() == ".mp4"
    if options.take is None:
        if is_video:
            parser.error(f"{options.out} is a video: say of which take, with --take FILE.csv or --take talk")
        _refuse(options, parser, _OF_A_TAKE, "is for a take: name one with --take")
        return False
    if not is_video:
        parser.error(f"a take becomes a video: --out {options.out} has to end in .mp4")
    _refuse(options, parser, _OF_A_STILL, "is for a still: the take says how the face moves")
    _check_for_video(options)
    return True


def _refuse(options: argparse.Namespace, parser: Parser, names: dict[str, str], why: str) -> None:
    for name, said in names.items():
        if getattr(options, name) != parser.get_default(name):
            parser.error(f"{said} {why}")


def _check_for_video(options: argparse.Namespace) -> None:
    if options.view == "all":
        raise MienError("--view all is for a still: a video shows one view, so say which")
    check_video(options, [Path(options.take)])
