"""`mien farm render`: many takes to videos at once, on this machine's cores or on a Ray cluster."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from viewer.clips.offline import offline_settings, print_error
from viewer.clips.offline_options import add_video_options, check_video
from viewer.clips.offline_progress import Progress
from viewer.clips.parts import PART_S
from viewer.interruptions import Interruptions
from viewer.options import Parser, add_engine_options, finite, positive
from viewer.picture_file import refuse_unwritable, write_whole

if TYPE_CHECKING:
    from viewer.farm.executor import Executor
    from viewer.farm.run import FarmRun, FarmTake
    from viewer.farm.values import Job, Room

MOST_WORKERS = 1024
EXIT_INCOMPLETE = 1  # some takes are there, some are not
LOG_NAME = "mien-farm.log"  # beside the videos, if something failed
OpenExecutor = Callable[["Job", "Room", int, Path], "Executor"]


def main(arguments: Sequence[str], open_executor: OpenExecutor | None = None) -> int:
    """Do what `arguments` ask for. `open_executor` stands in for Ray in tests."""
    options = _parsed(arguments)
    if open_executor is None:
        from viewer.farm.ray_executor import require_ray

        require_ray()
    with Interruptions() as interruptions:
        return _render(options, interruptions, open_executor or _on_ray)


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = _parser()
    options = parser.parse_args(arguments)
    options.trace = None
    check_video(argparse.Namespace(**{**vars(options), "out": options.dir}), map(Path, dict.fromkeys(options.takes)))
    return options


def _parser() -> Parser:
    from viewer.headless import VIEWS

    parser = Parser(prog="mien farm", description="Work for many processes and machines, by Ray.")
    words = parser.add_subparsers(required=True, metavar="WHAT")
    render = words.add_parser("render", help="takes to videos", description=(
        "Takes to videos: cut into segments, rendered by workers with a warm engine, joined without encoding anew. "
        "The same command again goes on where the last one ended."))  # fmt: skip
    render.add_argument("takes", nargs="+", metavar="TAKE", help="CSV of Live Link Face, .glb, .json, or a performance")
    render.add_argument("--out", dest="dir", type=Path, required=True, metavar="DIR", help="where TAKE.mp4 are written")
    render.add_argument("--overwrite", action="store_true", help="also over videos that are not known")
    _add_farm_options(render)
    render.add_argument(
        "--view", choices=tuple(view for view in VIEWS if view != "all"), default="generated", help="which picture"
    )
    render.add_argument("--face", type=Path, metavar="FILE", help="face to draw instead of the shipped one")
    add_video_options(render, traced=False)
    add_engine_options(render)
    return parser


def _add_farm_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the farm")
    group.add_argument("--address", default="", metavar="HOST:PORT", help="a Ray cluster (default: one here)")
    group.add_argument("--workers", type=_workers, default=0, metavar="N", help="at most (default: as many as fit)")
    group.add_argument("--cpus-per-worker", type=_share, default=1.0, metavar="F", help="cores (default: 1)")
    group.add_argument(
        "--gpus-per-worker", type=_share_or_none, metavar="F",
        help="of a GPU, 0.25 lets four share one (default: 0.5 where there are any)",
    )  # fmt: skip
    group.add_argument(
        "--segment", type=_segment, default=PART_S, metavar="SECONDS", help="length of a segment (default: 5)"
    )


def _workers(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {MOST_WORKERS}")
    return int(text)


def _share(text: str) -> float:
    value = positive(text)
    if value > MOST_WORKERS or (value > 1 and value != int(value)):
        raise argparse.ArgumentTypeError(f"{text} is not a part of one, nor a whole number up to {MOST_WORKERS}")
    return value


def _share_or_none(text: str) -> float:
    return 0.0 if finite(text) == 0 else _share(text)


def _segment(text: str) -> float:
    from viewer.farm.segments import LONGEST_S, SHORTEST_S

    value = finite(text)
    if not SHORTEST_S <= value <= LONGEST_S:
        raise argparse.ArgumentTypeError(f"{text} is not from {SHORTEST_S:g} to {LONGEST_S:g} seconds")
    return value


def _on_ray(job: Job, room: Room, most: int, log: Path) -> Executor:
    from viewer.farm.ray_executor import RayExecutor

    return RayExecutor(job, room, most=most, log=log)


# ---- the run ---------------------------------------------------------------------------------------------------------


def _render(options: argparse.Namespace, interruptions: Interruptions, open_executor: OpenExecutor) -> int:
    from viewer.farm.finished import FinishedVideos
    from viewer.farm.reading import read_takes
    from viewer.farm.run import FarmRun
    from viewer.farm.segments import cut

    refuse_unwritable(options.dir / "video")
    if options.json:
        refuse_unwritable(options.json)
    telling = _Telling()
    with interruptions.answered_at_once():
        takes, unread = read_takes(options.takes, options.dir, options.fps, say=telling.say)
    job, room = _job(options), _room(options)
    segments = sum(len(cut(len(take.faces), take.fps, options.segment)) for take in takes)
    run = FarmRun(
        takes, job, FinishedVideos(options.dir, overwrite=options.overwrite),
        segment_s=options.segment, say=telling.say,
    )  # fmt: skip
    start_s = time.perf_counter()
    with closing(telling), closing(open_executor(job, room, segments, options.dir / LOG_NAME)) as executor:
        _go(run, executor, telling, interruptions)
    return _report(options, run, takes, unread, time.perf_counter() - start_s)


def _go(run: FarmRun, executor: Executor, telling: _Telling, interruptions: Interruptions) -> None:
    def tell(made: int) -> None:
        telling.note(made, run)
        interruptions.check()

    try:
        run.go(executor, tell)
    except KeyboardInterrupt:
        telling.say(f"interrupted after {run.made} of {run.total} frames: the same command goes on from there")
        raise


def _job(options: argparse.Namespace) -> Job:
    from gpu_core.settings import View
    from viewer.clips.clip import ClipForm, offline_style
    from viewer.farm.inputs import shipped_face, shipped_generator
    from viewer.farm.values import Job
    from viewer.sessions.recording import BACKGROUND

    form = ClipForm(0.0, View(options.view), options.background or BACKGROUND, options.size)
    face, generator = shipped_face(options.face), shipped_generator(options.generator)
    return Job(form, offline_style(), offline_settings(options), face, generator)


def _room(options: argparse.Namespace) -> Room:
    from viewer.farm.values import Room

    return Room(options.address, options.workers, options.cpus_per_worker, options.gpus_per_worker)


def _report(
    options: argparse.Namespace, run: FarmRun, takes: Sequence[FarmTake], unread: Sequence[str], seconds: float
) -> int:
    """Say what there is now and what is not; the exit code says it as well."""
    missing = [*unread, *(name for name, _ in run.failed)]
    done = [take for take in takes if take.name not in missing]
    if run.rendered:
        fps, core_ms = run.rendered / seconds, 1000 * run.core_s / run.rendered
        _say(f"{run.rendered} frames in {seconds:.1f} s: {fps:.1f} a second; core-ms a frame: {core_ms:.1f}")
    if missing:
        _say(f"{len(done)} of {len(options.takes)} takes are in {options.dir}; not, for what is said above: "
             f"{', '.join(missing)}")  # fmt: skip
    if options.json:
        figures = {
            "frames": run.rendered, "seconds": seconds, "core_s": run.core_s, "failed": dict(run.failed),
            "unread": list(unread), "done": [str(take.out) for take in done],
        }  # fmt: skip
        write_whole(options.json, lambda file: file.write((json.dumps(figures, indent=2) + "\n").encode()))
    for take in done:
        sys.stdout.write(f"{take.out}\n")
    return EXIT_INCOMPLETE if missing else 0


class _Telling:
    """Progress and sentences on one stream, neither in the other."""

    def __init__(self) -> None:
        self._progress: Progress | None = None

    def note(self, made: int, run: FarmRun) -> None:
        """So many frames are made."""
        if self._progress is None:
            if run.opened is None:
                return
            self._progress = Progress(sys.stderr, run.total, begun=made)
        self._progress.note(made)

    def say(self, text: str) -> None:
        """A sentence, on a line of its own."""
        self.close()
        _say(text)

    def close(self) -> None:
        """Take the progress off the terminal."""
        if self._progress is not None:
            self._progress.close()


def _say(text: str) -> None:
    print_error(f"mien: {text}")
