"""`mien bench`: measure the real window, the generators' quality, the inference engines, the kernels, the passage of
pixels between OpenGL and CUDA; without a word, on a machine with an NVIDIA GPU, the last.

The window runs in a process of its own, driven through the same widgets a person uses; what it measures comes back as
JSON. Benchmarks are noisy: close what else runs, and compare medians from one sitting.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gpu_core.assets import DEFAULT_FACE, resource, resources_root
from gpu_core.errors import MienError
from viewer.options import Parser, add_engine_options, positive
from viewer.picture_file import refuse_unwritable, write_whole

if TYPE_CHECKING:
    from gpu_core.neural.model import GeneratorModel

# Issue by issue, what the window has to reach on two cores without a GPU; printed beside what it did reach.
GOALS = {
    "fps_delivered": "at least 20 (stretch 25)",
    "slider_to_frame_ms.p95": "at most 120",
    "idle_cpu_percent": "under 3",
    "first_face_s": "at most 3",
    "rss_mb": "at most 700",
}
# What options of the window's engine are called among the parsed ones, and on the command line.
_ENGINE_OPTIONS = {"generator": "model", "path": "path", "inference": "inference", "precision": "precision"}
_PRECISIONS = ("fp32", "fp16", "bf16", "int8")
_STARTS = 3
_PATIENCE_S = 900.0


def main(arguments: list[str]) -> int:
    """Run one benchmark, print its table, and with --json write everything."""
    options = _parser().parse_args(arguments or _what_there_is())
    for path in (options.json, getattr(options, "sheet", None), getattr(options, "table", None)):
        if path:
            refuse_unwritable(path)
    figures = _BENCHES[options.what](options)
    if options.json:
        text = json.dumps(figures, indent=2, allow_nan=False) + "\n"
        write_whole(options.json, lambda file: file.write(text.encode()))
    return 0


def _what_there_is() -> list[str]:
    """What `mien bench` alone measures: the passage that an NVIDIA GPU is there for.

    Raises:
        MienError: there is none, and nobody said what else.
    """
    from gpu_core.cuda.driver import probe

    if problem := probe().problem:
        what = f"say what to measure: {', '.join(_BENCHES)}"
        raise MienError(f"{what} (interop needs an NVIDIA GPU: {problem}; see mien bench --help)")
    return ["interop"]


def _parser() -> Parser:
    parser = Parser(prog="mien bench", description="Measure the engine at work.")
    kinds = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    window = kinds.add_parser("window", help="the real window: frame rate, latency, idle cost, start, memory")
    window.add_argument("--seconds", type=positive, default=12.0, metavar="N", help="length of each part (default 12)")
    add_engine_options(window)
    quality = kinds.add_parser("quality", help="the generators' pictures against path-traced ones nobody trained on")
    quality.add_argument(
        "--truth", type=Path, metavar="DIR", help="poses.json, truth/ID.webp and truth_second_seed/ID.webp "
        "(default: the eight held-out pictures that come with Mien)",
    )  # fmt: skip
    quality.add_argument("--face", type=Path, metavar="FILE", help="the face that was path-traced (default: shipped)")
    quality.add_argument("--model", type=Path, action="append", metavar="FILE", help="generator; may be repeated")
    quality.add_argument("--precision", action="append", choices=_PRECISIONS, help="only this one, and the file's own")
    quality.add_argument("--limit", type=whole, metavar="N", help="at most N pictures, and N frames a sequence")
    quality.add_argument("--sheet", type=Path, metavar="FILE.png", help="the ten worst frames of the first generator")
    engines = kinds.add_parser("engines", help="the generator's inference alone: engines, precisions, batches")
    engines.add_argument("--model", type=Path, action="append", metavar="FILE", help="generator; may be repeated")
    engines.add_argument("--quick", action="store_true", help="a few runs of each: to see that it works")
    kernels = kinds.add_parser("kernels", help="the NVIDIA path's kernels: bytes, registers, spills; no GPU needed")
    kernels.add_argument("--table", type=Path, metavar="FILE.md", help="write the table that is kept with the sources")
    interop = kinds.add_parser("interop", help="pixels between OpenGL and CUDA: three tiers and the host path; NVIDIA")
    for kind in (window, quality, engines, kernels, interop):
        kind.add_argument("--json", type=Path, metavar="FILE", help="also write the figures as JSON")
    return parser


def whole(text: str) -> int:
    """A whole number above zero, for argparse."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _window(options: argparse.Namespace) -> dict[str, Any]:
    engine = [f"--{option}={value}" for name, option in _ENGINE_OPTIONS.items() if (value := getattr(options, name))]
    figures = measure_window(options.seconds, engine)
    _print_table(figures)
    return figures


def _quality(options: argparse.Namespace) -> dict[str, Any]:
    """Measure quality; the contact sheet shows the first generator's worst frames."""
    from gpu_core.gltf.face import load_face
    from gpu_core.quality import check_installed
    from viewer.benches.quality import candidates, measure_quality, print_table
    from viewer.benches.sheet import draw_sheet
    from viewer.benches.truth import read_truth, shipped_truth

    check_installed()
    folder = options.truth or shipped_truth()
    truth = read_truth(folder).limited(options.limit)
    face = load_face(options.face or resource(*DEFAULT_FACE))
    rows = candidates(_models(options.model), options.precision)
    figures = measure_quality(face, truth, rows)
    print_table(figures)
    if not any(name for name in truth.sequences):
        print(f"flicker: not measured, {folder} holds no held-out sequence (split held_out_sequence)")
    if options.sheet:
        shown = rows[min(1, len(rows) - 1)]
        by_id = {pose.id: pose for pose in truth.stills}
        poses = [by_id[name] for name in figures[shown.name]["worst"]]
        write_whole(options.sheet, lambda file: draw_sheet(face, shown, poses, file))
    return figures | {"truth": str(folder), "machine": machine()}


def _engines(options: argparse.Namespace) -> dict[str, Any]:
    from viewer.benches.engines import measure_engines, print_table

    figures = measure_engines(_models(options.model), quick=options.quick)
    print_table(figures)
    return figures | {"machine": machine()}


def _kernels(options: argparse.Namespace) -> dict[str, Any]:
    from viewer.benches.kernels import markdown, measure_kernels, print_table

    figures = measure_kernels()
    print_table(figures)
    if options.table:
        table = markdown(figures).encode()
        write_whole(options.table, lambda file: file.write(table))
    return figures | {"machine": machine()}


def _interop(_options: argparse.Namespace) -> dict[str, Any]:
    from gpu_core.gl.context import headless_context
    from gpu_core.gltf.face import load_face
    from viewer.benches.passage import measure_passage, print_table

    face = load_face(resource(*DEFAULT_FACE))
    with headless_context():
        rows = measure_passage(face, _models(None)[0])
    print_table(rows)
    return {"rows": rows, "machine": machine()}


def _models(paths: list[Path] | None) -> list[GeneratorModel]:
    """The generators that were named, else the shipped ones of the default face.

    Raises:
        MienError: one of them cannot be read.
    """
    from gpu_core.neural.model import load_model

    folder = resources_root() / "models"
    shipped = [path for name in ("swift", "fine") if (path := folder / f"{name}.onnx").exists()]
    return [load_model(path) for path in paths or shipped]


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {"platform": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()}


_BENCHES = {"window": _window, "quality": _quality, "engines": _engines, "kernels": _kernels, "interop": _interop}


def measure_window(seconds: float, engine: list[str]) -> dict[str, Any]:
    """Start the window several times, the last time with the whole measurement; merges what they say."""
    starts = [_start(["--measure-seconds=0", *engine]) for _ in range(_STARTS)]
    figures = _start([f"--measure-seconds={seconds}", *engine])
    starts.append({"first_face_s": figures["first_face_s"]})
    warm = sorted(start["first_face_s"] for start in starts[1:])  # the first start may find cold files
    figures["first_face_s"] = warm[len(warm) // 2]
    figures["first_face_s_each"] = [start["first_face_s"] for start in starts]
    figures["machine"] = machine()
    return figures


def _start(arguments: list[str]) -> dict[str, Any]:
    """Run the window once with a measurement; the clock starts before the process does."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        started_ns = time.monotonic_ns()
        command = [*_launcher(), f"--measure={report}", f"--measure-from={started_ns}", *arguments]
        try:
            done = subprocess.run(command, check=False, timeout=_PATIENCE_S)
        except subprocess.TimeoutExpired:
            raise MienError(f"the window could not be measured: it took more than {_PATIENCE_S:.0f} s") from None
        if done.returncode or not report.exists():
            raise MienError(f"the window could not be measured: it ended with code {done.returncode}")
        figures: dict[str, Any] = json.loads(report.read_text())
        return figures


def _launcher() -> list[str]:
    """What a user starts: ./run in a checkout, else the module."""
    script = Path(__file__).resolve().parents[1] / "run"
    return [str(script)] if script.exists() else [sys.executable, "-m", "viewer"]


def _print_table(figures: dict[str, Any]) -> None:
    print(f"{'figure':<26}{'measured':>12}  goal")
    for name, goal in GOALS.items():
        value: Any = figures
        for part in name.split("."):
            value = value[part]
        print(f"{name:<26}{value:>12.2f}  {goal}")
    stages = ", ".join(f"{name} {p['p50']:.1f}" for name, p in figures["stages_ms"].items())
    print(f"stages, median ms: {stages}")
