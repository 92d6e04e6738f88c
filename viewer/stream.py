"""`mien stream`: many faces live, each from a source, pushed to a server, a file, a virtual camera or nowhere."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from viewer.interruptions import Interruptions
from viewer.options import Parser, add_engine_options, positive
from viewer.push.values import ENCODERS, VideoForm
from viewer.streams.asking import StreamError, check, forms_of, threads_for
from viewer.streams.launcher import BATCH_MODULE, WORKER_MODULE, Launcher, ProcessLauncher
from viewer.streams.supervisor import Supervisor
from viewer.streams.values import WAYS, WHEN_FULL, StreamForm, StreamStatus

SHOW_S = 0.5
SIZES = (256, 512)
MOST_FPS = 120.0
_HANG_UP = (signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ()
EXIT_REFUSED = 2


def main(arguments: list[str], launcher: Launcher | None = None) -> int:
    """Stream what `arguments` ask for. `launcher` stands in for processes in tests."""
    logging.basicConfig(format="mien: %(message)s", level=logging.WARNING)
    options = parser().parse_args(arguments)
    forms = asked_forms(options)
    _refuse_report(options.json)
    for note in check(forms):
        print(f"mien: {note}", file=sys.stderr)
    began_s = time.monotonic()
    supervisor = Supervisor(forms, launcher=launcher or _launcher(options), way=options.way, spare=options.spare)
    with Interruptions(also=_HANG_UP) as interruptions:
        try:
            supervisor.start()
            problem = watch(supervisor, options.seconds, interruptions, sys.stdout)
        finally:
            last = supervisor.statuses()
            supervisor.stop()
            _report(options.json, forms, last, time.monotonic() - began_s)
    if problem:
        raise StreamError(problem)
    return 0


def parser() -> Parser:
    """The options of `mien stream`."""
    result = Parser(
        prog="mien stream", description="Stream many faces live, each in a process of its own or as one batch."
    )
    result.add_argument("--faces", type=int, default=1, metavar="N", help="how many (default: 1)")
    result.add_argument(
        "--source", default="talk", metavar="NAME|FILE[,...]", help="performances or takes, in turn (default: talk)"
    )
    result.add_argument("--to", default="", metavar="URL", help="where to; {n} is the face's number (default: nowhere)")
    result.add_argument("--seconds", type=positive, metavar="S", help="end so long after all faces are there")
    result.add_argument("--json", type=Path, metavar="FILE", help="leave how it went here")
    result.add_argument("--fps", type=_fps, default=25.0, metavar="N", help="frames a second (default: 25)")
    result.add_argument("--size", type=int, choices=SIZES, default=512, help="pixels a side (default: 512)")
    result.add_argument("--bit-rate", type=_kbps, default=0, metavar="K", help="kbit/s (default: by size and rate)")
    result.add_argument("--keyframe", type=positive, default=1.0, metavar="S", help="seconds between them (default: 1)")
    result.add_argument(
        "--encoder", choices=ENCODERS, default="auto", help="auto is NVENC where there is one, else x264"
    )
    result.add_argument("--way", choices=WAYS, default="workers", help="a process a face, one batch, or what is faster")
    result.add_argument("--when-full", choices=WHEN_FULL, help="what becomes of faces that this machine does not hold")
    result.add_argument(
        "--spare", choices=("warm", "none"), default="warm", help="a worker more, that takes the place of one that dies"
    )
    result.add_argument("--face", type=Path, metavar="FILE", help="face to draw instead of the shipped one")
    add_engine_options(result)
    return result


def _fps(text: str) -> float:
    value = positive(text)
    if not 1.0 <= value <= MOST_FPS:
        raise argparse.ArgumentTypeError(f"{text} is not from 1 to {MOST_FPS:g} frames a second")
    return value


def _kbps(text: str) -> int:
    value = positive(text)
    if not 16 <= value <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text} is not from 16 to 1000000 kbit/s")
    return round(value)


def asked_forms(options: argparse.Namespace) -> tuple[StreamForm, ...]:
    """The forms that options ask for; all sources begin at the same moment.

    Raises:
        StreamError: so many cannot be had, or not to such a target.
    """
    workers = 1 if options.way == "batch" else max(1, options.faces)
    base = StreamForm(
        to=options.to, size=options.size, face=options.face, generator=options.generator, path=options.path,
        video=VideoForm(options.fps, options.bit_rate, options.keyframe, options.encoder),
        inference=options.inference, precision=options.precision, threads=threads_for(workers),
        epoch_s=time.monotonic(),
    )  # fmt: skip
    return forms_of(base, options.faces, options.source.split(","))


def _launcher(options: argparse.Namespace) -> Launcher:
    return ProcessLauncher(BATCH_MODULE if options.way == "batch" else WORKER_MODULE)


def watch(supervisor: Supervisor, seconds: float | None, interruptions: Interruptions, stream: TextIO) -> str:
    """Show how the streams go until their time is up, or nothing is left of them; returns what went wrong, or ""."""
    from viewer.streams.table import Screen

    screen, end_s = Screen(stream), None
    while True:
        interruptions.check()
        statuses, now_s = supervisor.statuses(), time.monotonic()
        screen.show(statuses, now_s)
        failed = next((status for status in statuses if status.state == "failed"), None)
        if end_s is None and all(status.frames for status in statuses):
            end_s = now_s + seconds if seconds else float("inf")
        if (failed and end_s is None) or supervisor.is_over or now_s >= (end_s or float("inf")):
            return f"face {failed.number}: {failed.note}" if failed else ""
        time.sleep(SHOW_S)


def _refuse_report(path: Path | None) -> None:
    if path is not None:
        from viewer.picture_file import refuse_unwritable

        refuse_unwritable(path)


def _report(path: Path | None, forms: Sequence[StreamForm], statuses: Sequence[StreamStatus], seconds: float) -> None:
    if path is None:
        return
    from viewer.benches.bench_file import heading, write_figures
    from viewer.streams.summary import summary

    write_figures(path, summary(forms, statuses, seconds, heading("stream")))
    print(path)
