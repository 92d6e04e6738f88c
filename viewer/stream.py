"""`mien stream`: many faces live, each from a source, pushed to a server, a file, a virtual camera or nowhere."""

from __future__ import annotations

import argparse
import logging
import math
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from viewer.interruptions import Interruptions
from viewer.options import Parser, add_engine_options, positive
from viewer.push.values import ENCODERS, VideoForm
from viewer.streams.admitting import Admitted, admitted
from viewer.streams.asking import StreamError, check, forms_of, named_target, threads_for
from viewer.streams.gpu_sharing import Sharing, add_mps_options, limits_of, shared
from viewer.streams.launcher import Launcher, module_of
from viewer.streams.memory import refuse_too_many
from viewer.streams.minder import Patience
from viewer.streams.plan import Plan
from viewer.streams.supervisor import Supervisor
from viewer.streams.values import WAYS, WHEN_FULL, StreamForm, StreamStatus

SHOW_S = 0.5
SIZES = (256, 512)
MOST_FPS = 120.0
_HANG_UP = (signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ()


def main(arguments: list[str], launcher: Launcher | None = None, patience: Patience | None = None) -> int:
    """Stream what `arguments` ask for. `launcher` stands in for processes in tests, which have less patience."""
    logging.basicConfig(format="mien: %(message)s", level=logging.WARNING)
    options = parser().parse_args(arguments)
    forms = asked_forms(options)
    if options.plan:
        return show_plan(forms[0])
    if options.address:
        _check_farm(options, forms)
    _refuse_report(options.json)
    for note in check(forms):
        _say(note)
    with Interruptions(also=_HANG_UP) as interruptions:
        with interruptions.answered_at_once():
            chosen = admitted(forms, options.way, options.when_full, _plan)
        for note in chosen.notes:
            _say(note)
        if not chosen.forms:
            raise StreamError(chosen.refused[0].note)
        if chosen.way == "workers" and not options.address:
            refuse_too_many(len(chosen.forms), options.size, spares=options.spare == "warm")
        with shared(options.mps, limits_of(options), tell=_say) as sharing:
            launcher = launcher or _launcher(chosen.way, sharing, options.address)
            problem = _stream(chosen, options, launcher, interruptions, patience, under_mps=sharing.mps is not None)
    if problem:
        raise StreamError(problem)
    return 0


def _stream(
    chosen: Admitted,
    options: argparse.Namespace,
    launcher: Launcher,
    interruptions: Interruptions,
    patience: Patience | None,
    *,
    under_mps: bool,
) -> str:
    """Run the streams that were admitted; returns what went wrong, "" if nothing."""
    began_s = time.monotonic()
    forms = [replace(form, epoch_s=began_s) for form in chosen.forms]  # all sources begin at the same moment
    supervisor = Supervisor(
        forms, launcher=launcher, way=chosen.way, spare="none" if options.address else options.spare, patience=patience,
        when_full=options.when_full or "refuse", under_mps=under_mps, starts=len(forms) if options.address else None,
    )  # fmt: skip
    try:
        supervisor.start()
        return watch(supervisor, chosen.refused, options.seconds, interruptions)
    finally:
        last = (*supervisor.statuses(), *chosen.refused)
        supervisor.stop()
        _report(options, chosen, last, time.monotonic() - began_s)


def show_plan(form: StreamForm) -> int:
    """Measure anew what this machine holds of such streams, and print it."""
    from viewer.streams.plan_table import plan_lines
    from viewer.streams.planner import planned

    for line in plan_lines(planned(form, anew=True, tell=_say), form.video.fps):
        print(line)
    return 0


def _plan(form: StreamForm) -> Plan:
    from viewer.streams.planner import planned

    return planned(form, tell=_say)


def _say(text: str) -> None:
    print(f"mien: {text}", file=sys.stderr)


def parser() -> Parser:
    """The options of `mien stream`."""
    result = Parser(
        prog="mien stream", description="Stream many faces live, each in a process of its own or as one batch."
    )
    result.add_argument("--faces", type=int, default=1, metavar="N", help="how many (default: 1)")
    result.add_argument(
        "--source", default="talk", metavar="NAME|FILE[,...]", help="performances or takes, in turn (default: talk)"
    )
    result.add_argument(
        "--to", default="", metavar="URL|@FILE",
        help="where to; {n} is the face's number; @FILE: as its first line says, unseen by `ps` (default: nowhere)",
    )  # fmt: skip
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
    result.add_argument(
        "--plan", action="store_true", help="measure anew what this machine holds (about a minute), print it, and end"
    )
    result.add_argument("--when-full", choices=WHEN_FULL, help="what becomes of faces that this machine does not hold")
    result.add_argument(
        "--spare", choices=("warm", "none"), default="warm", help="a worker more, that takes the place of one that dies"
    )
    result.add_argument("--face", type=Path, metavar="FILE", help="face to draw instead of the shipped one")
    result.add_argument("--address", default="", metavar="HOST:PORT", help="workers on the nodes of this Ray cluster")
    add_engine_options(result)
    add_mps_options(result)
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
    """The forms that options ask for.

    Raises:
        StreamError: so many cannot be had, or not to such a target.
    """
    workers = 1 if options.way == "batch" else max(1, options.faces)
    base = StreamForm(
        to=named_target(options.to), size=options.size, face=options.face, generator=options.generator,
        path=options.path, video=VideoForm(options.fps, options.bit_rate, options.keyframe, options.encoder),
        inference=options.inference, precision=options.precision, threads=threads_for(workers),
        mps=limits_of(options),
    )  # fmt: skip
    return forms_of(base, options.faces, options.source.split(","))


def _check_farm(options: argparse.Namespace, forms: Sequence[StreamForm]) -> None:
    from viewer.farm.placement import refuse_local_targets

    if options.way == "auto" or options.when_full or options.mps == "on":
        raise StreamError("--way auto, --when-full and --mps on are of this machine alone: not with --address")
    refuse_local_targets(forms)


def _launcher(way: str, sharing: Sharing, address: str = "") -> Launcher:
    if address:
        from viewer.farm.placement import farm_launcher

        return farm_launcher(address, module_of(way))
    return sharing.launcher(way)


def watch(
    supervisor: Supervisor,
    refused: Sequence[StreamStatus],
    seconds: float | None,
    interruptions: Interruptions,
    stream: TextIO | None = None,
) -> str:
    """Show how the streams go until their time is up, or nothing is left of them; returns what went wrong, or "".

    One that never came ends the others: it is found out while somebody looks. One that fails later does not.
    """
    from viewer.streams.table import Screen

    screen, end_s, remarked = Screen(stream or sys.stdout), None, 0
    while True:
        interruptions.check()
        statuses, now_s = supervisor.statuses(), time.monotonic()
        screen.show((*statuses, *refused), now_s, supervisor.advice.note)
        for remark in supervisor.remarks[remarked:]:
            _say(remark)
            remarked += 1
        failed = [status for status in statuses if status.state == "failed"]
        never_came = end_s is None and not all(status.frames for status in failed)
        if end_s is None and all(status.frames for status in statuses):
            end_s = now_s + seconds if seconds else math.inf
        if never_came or supervisor.is_over or (end_s is not None and now_s >= end_s):
            return _problem(failed)
        time.sleep(SHOW_S)


def _problem(failed: Sequence[StreamStatus]) -> str:
    """What has failed for good, in one line; "": nothing."""
    if not failed:
        return ""
    more = f"; {len(failed) - 1} more failed too" if len(failed) > 1 else ""
    return f"face {failed[0].number}: {failed[0].note}{more}"


def _refuse_report(path: Path | None) -> None:
    if path is not None:
        from viewer.picture_file import refuse_unwritable

        if not path.parent.is_dir():  # streams run for hours: a mistyped folder is not made for them
            raise StreamError(f"{path} cannot be written: there is no folder {path.parent}")
        refuse_unwritable(path)


def _report(options: argparse.Namespace, chosen: Admitted, statuses: Sequence[StreamStatus], seconds: float) -> None:
    if options.json is None:
        return
    from viewer.benches.bench_file import heading, write_figures
    from viewer.streams.summary import command, summary

    head = heading("stream") | {"way": chosen.way, "command": command(vars(options))}
    write_figures(options.json, summary(chosen.forms, statuses, seconds, head))
    print(options.json)
