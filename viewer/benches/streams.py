"""`mien bench streams`: many faces, serially, as one batch and by a worker each, in turns on one machine.

serial    one process, one face after the other, nothing beside it: the same engine and precision as the others
classic   the same, by the classic path: what was done before (FP32, nothing kept from frame to frame)
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from gpu_core.assets import resources_root
from gpu_core.errors import MienError
from viewer.benches.bench_file import heading
from viewer.options import add_path_options, positive
from viewer.streams.plan import MEASURED_WAYS, Plan, efficiency
from viewer.streams.plan_cache import PlanCache, plan_values
from viewer.streams.planner import Measured, key_of, measure, plan_of
from viewer.streams.round_orders import BATCH, CLASSIC, SERIAL, WORKERS, WORKERS_MPS
from viewer.streams.round_players import Players, ProcessPlayers
from viewer.streams.values import MOST_STREAMS, MpsLimits, StreamForm

WAYS = (SERIAL, BATCH, WORKERS)
FACES, SECONDS, ROUNDS, SIZE = (1, 2, 4, 8), 1.0, 5, 256
_PARALLEL = (*MEASURED_WAYS, WORKERS_MPS)
QUICK_SECONDS, QUICK_ROUNDS = 0.3, 2
_SAMPLES = {"faces_per_s": "faces_per_s", "latency_ms": "p50_ms", "latency_p95_ms": "p95_ms", "core_ms": "core_ms"}
_HEADINGS = (
    "way",
    "faces",
    "faces/s",
    "× serial",
    "each fps",
    "efficiency",
    "p50 ms",
    "p95 ms",
    "core-ms",
    "CPU %",
    "MB",
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of `mien bench streams`."""
    parser.add_argument(
        "--generator",
        metavar="NAME|FILE",
        help="a shipped one's name or an ONNX file (default: as streams of this size)",
    )
    add_path_options(parser)
    parser.add_argument("--faces", type=faces_list, default=FACES, metavar="N,...", help="how many (default: 1,2,4,8)")
    parser.add_argument("--size", type=int, choices=(256, 512), default=SIZE, help="pixels a side (default: 256)")
    parser.add_argument("--seconds", type=_seconds, metavar="S", help=f"length of a round (default: {SECONDS:g})")
    parser.add_argument("--rounds", type=_rounds, metavar="N", help=f"rounds of each (default: {ROUNDS})")
    parser.add_argument("--quick", action="store_true", help="a few runs of each: to see that it works")
    parser.add_argument("--no-classic", action="store_true", help="leave the classic path out: it takes its time")


def _seconds(text: str) -> float:
    return min(positive(text), 60.0)


def _rounds(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to 100")
    return int(text)


def faces_list(text: str) -> tuple[int, ...]:
    """Numbers of faces, for argparse."""
    parts = text.split(",")
    if not all(part.strip().isdecimal() and 1 <= int(part) <= MOST_STREAMS for part in parts):
        raise argparse.ArgumentTypeError(f"{text!r}: numbers from 1 to {MOST_STREAMS}, joined by commas")
    return tuple(sorted({int(part) for part in parts}))


def named_generator(text: str | None) -> Path | None:
    """A generator by its shipped name, or a file; None: the one that streams have when nothing is said.

    Raises:
        MienError: there is neither.
    """
    if text is None:
        return None
    for path in (resources_root() / "models" / f"{text}.onnx", Path(text)):
        if path.is_file():
            return path
    raise MienError(f"there is no generator {text}: give a shipped one's name, such as swift, or an ONNX file")


def run(options: argparse.Namespace, players: Players | None = None, cache: PlanCache | None = None) -> dict[str, Any]:
    """Measure, print, keep the plan, draw the picture beside the JSON; returns what --json writes.

    Raises:
        MienError: a way cannot be had here, or a file cannot be written.
    """
    form = StreamForm(
        size=options.size, generator=named_generator(options.generator),
        path=options.path, inference=options.inference, precision=options.precision,
    )  # fmt: skip
    if players is not None:
        return _measured(form, options, players, cache, mps_problem() or "none of these players is a client")
    with ExitStack() as owned:
        environments, problem = mps_environments(owned)
        processes = owned.enter_context(ProcessPlayers(form, environments=environments))
        return _measured(form, options, processes, cache, problem)


def _measured(
    form: StreamForm, options: argparse.Namespace, players: Players, cache: PlanCache | None, without_mps: str
) -> dict[str, Any]:
    seconds = options.seconds or (QUICK_SECONDS if options.quick else SECONDS)
    rounds = options.rounds or (QUICK_ROUNDS if options.quick else ROUNDS)
    ways = (*WAYS, *(() if options.no_classic else (CLASSIC,)), *(() if without_mps else (WORKERS_MPS,)))
    said = measure(players, ways=ways, faces=options.faces, seconds=seconds, rounds=rounds, tell=_tell)
    plan = plan_of(key_of(form), said)
    if plan.is_whole and not options.quick:
        (cache or PlanCache()).put(plan)
    figures = figures_of(said, plan) | {
        "settings": _settings(form, options, seconds, rounds),
        "mps": mps_note(without_mps),
    }
    print_table(figures)
    if options.json:
        picture = picture_beside(options.json)
        from viewer.benches.streams_picture import write_picture

        write_picture(picture, figures, heading("streams")["machine"])
        print(picture)
    return figures


def picture_beside(path: Path) -> Path:
    """Where the picture goes that belongs to a JSON file."""
    return path.with_suffix(".png") if path.suffix != ".png" else path.with_name(f"{path.name}.png")


def _tell(text: str) -> None:
    print(f"mien: {text}", flush=True)


def _settings(form: StreamForm, options: argparse.Namespace, seconds: float, rounds: int) -> dict[str, Any]:
    return {
        "size": form.size, "generator": str(form.generator or "shipped"), "path": form.path,
        "inference": form.inference, "precision": form.precision, "faces": list(options.faces), "seconds": seconds,
        "rounds": rounds,
    }  # fmt: skip


def figures_of(said: Sequence[Measured], plan: Plan) -> dict[str, Any]:
    """Rows, ratios and the plan as plain values."""
    points = [one.point() for one in said]
    serial = {one.faces: one.point().faces_per_s for one in said if one.way == SERIAL}
    rows = []
    for one, point in zip(said, points, strict=True):
        per_s = serial.get(one.faces, 0.0)
        rows.append(
            {
                "way": one.way, "faces": one.faces, "faces_per_s": point.faces_per_s,
                "ratio": round(point.faces_per_s / per_s, 3) if per_s else None,
                "efficiency": round(efficiency(points, point), 3) or None,
                "p50_ms": point.p50_ms, "p95_ms": point.p95_ms,
                "core_ms": one.median("core_ms"), "cpu_percent": point.cpu_percent, "memory_mb": point.memory_mb,
                "samples": {
                    name: [round(getattr(sample, field), 4) for sample in one.samples]
                    for name, field in _SAMPLES.items()
                },
            }
        )  # fmt: skip
    promised = {"holds": holds(plan), "sentence": plan.sentence()} if plan.is_whole else {}
    return {"rows": rows, "plan": plan_values(plan)} | promised


def holds(plan: Plan) -> dict[str, dict[str, int]]:
    """Streams by way and rate."""
    return {way: {f"{fps} fps": plan.holds(fps, way) for fps in (15, 25, 30)} for way in plan.ways}


def better(figures: dict[str, Any], faces: int) -> dict[str, Any] | None:
    """The row of the better way with so many faces."""
    rows = [row for row in figures["rows"] if row["faces"] == faces and row["way"] in _PARALLEL]
    return max(rows, key=lambda row: float(row["faces_per_s"]), default=None)


def mps_problem() -> str:
    """Why there is no GPU to share; "" if there is one."""
    from gpu_core.cuda.driver import probe

    return probe().problem


def mps_environments(owned: ExitStack) -> tuple[dict[str, dict[str, str]], str]:
    """What workers of both ways are started with, off and on, and why MPS is not compared here; "" if it is."""
    from gpu_core.errors import MpsError
    from viewer.streams.gpu_sharing import shared

    if problem := mps_problem():
        return {}, problem
    try:
        on = owned.enter_context(shared("on", MpsLimits(), tell=_tell))
        off = owned.enter_context(shared("off", MpsLimits(), tell=_tell))
    except MpsError as error:
        return {}, str(error)
    return {WORKERS: dict(off.environment), WORKERS_MPS: dict(on.environment)}, ""


def mps_note(problem: str) -> str:
    """Why workers are not compared with and without MPS; "" where they are."""
    return f"CUDA MPS off and on is not compared: {problem}" if problem else ""


def print_table(figures: dict[str, Any]) -> None:
    """Print the rows, by the number of faces, and what they come to."""
    lines = [_HEADINGS, *(_cells(row) for row in sorted(figures["rows"], key=lambda row: row["faces"]))]
    widths = [max(len(line[at]) for line in lines) for at in range(len(_HEADINGS))]
    for line in lines:
        padded = [
            text.rjust(width) if at else text.ljust(width)
            for at, (text, width) in enumerate(zip(line, widths, strict=True))
        ]
        print("  ".join(padded).rstrip())
    for text in summary_lines(figures):
        print(text)


def summary_lines(figures: dict[str, Any]) -> list[str]:
    """What the table comes to, in sentences."""
    told = [figures["sentence"]] if "sentence" in figures else []
    for faces in sorted({row["faces"] for row in figures["rows"]}):
        best = better(figures, faces)
        if best is not None and best["ratio"] is not None and faces > 1:
            beside = _than_classic(figures, best)
            told.append(f"{faces} faces: {best['way']} makes {best['ratio']:.2f} times what serial makes{beside}")
    return [*told, *filter(None, [figures.get("mps", "")])]


def _than_classic(figures: dict[str, Any], best: dict[str, Any]) -> str:
    for row in figures["rows"]:
        if row["way"] == CLASSIC and row["faces"] == best["faces"] and row["faces_per_s"]:
            return f", and {best['faces_per_s'] / row['faces_per_s']:.2f} times what the classic path makes"
    return ""


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    made = row["faces_per_s"]
    return (
        row["way"], str(row["faces"]), f"{made:.1f}", _or_dash(row["ratio"]), f"{made / row['faces']:.1f}",
        _or_dash(row["efficiency"]), f"{row['p50_ms']:.0f}", f"{row['p95_ms']:.0f}", f"{row['core_ms']:.1f}",
        f"{row['cpu_percent']:.0f}", f"{row['memory_mb']:.0f}",
    )  # fmt: skip


def _or_dash(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
