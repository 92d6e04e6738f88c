"""What `mien bench` can measure: a table. A new bench is a line in it, a function for its options, one that measures.

Libraries are imported where they are used, so that `mien bench --help` is quick.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gpu_core.assets import DEFAULT_FACE, resource, resources_root
from viewer.options import add_engine_options, positive
from viewer.picture_file import write_whole

if TYPE_CHECKING:
    from gpu_core.neural.model import GeneratorModel

# What options of the window's engine are called among the parsed ones, and on the command line.
_ENGINE_OPTIONS = {"generator": "model", "path": "path", "inference": "inference", "precision": "precision"}
_PRECISIONS = ("fp32", "fp16", "bf16", "int8")
QUICK_HELP = "a few runs of each: to see that it works"


@dataclass(frozen=True)
class Kind:
    """One bench: its word on the command line, its options, and what measures and prints, returning plain values."""

    name: str
    help: str
    add_options: Callable[[argparse.ArgumentParser], None]
    measure: Callable[[argparse.Namespace], dict[str, Any]]


def whole(text: str) -> int:
    """A whole number above zero, for argparse."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


# ---- pipeline --------------------------------------------------------------------------------------------------------


def _pipeline_options(parser: argparse.ArgumentParser) -> None:
    add_engine_options(parser)
    parser.add_argument("--rounds", type=whole, metavar="N", help="how often each take is played (default 10)")
    parser.add_argument("--frames", type=whole, metavar="N", help="length of each take (default 40)")
    parser.add_argument("--quick", action="store_true", help="two short rounds: to see that it works")


def _pipeline(options: argparse.Namespace) -> dict[str, Any]:
    from gpu_core.settings import EngineSettings
    from viewer.benches import pipeline

    lengths = (pipeline.QUICK_ROUNDS, pipeline.QUICK_FRAMES) if options.quick else (pipeline.ROUNDS, pipeline.FRAMES)
    settings = EngineSettings(path=options.path, inference=options.inference, precision=options.precision)
    rounds, frames = options.rounds or lengths[0], options.frames or lengths[1]
    figures = pipeline.measure_pipeline(options.generator, settings, rounds=rounds, frames=frames)
    pipeline.print_table(figures)
    return figures


# ---- peers -----------------------------------------------------------------------------------------------------------


def _peers_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quick", action="store_true", help=QUICK_HELP)


def _peers(options: argparse.Namespace) -> dict[str, Any]:
    from viewer.benches.peers import measure_peers, print_table

    figures = measure_peers(_models(None)[0], quick=options.quick)
    print_table(figures["rows"])
    return figures


# ---- window ----------------------------------------------------------------------------------------------------------


def _window_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seconds", type=positive, default=12.0, metavar="N", help="length of each part (default 12)")
    add_engine_options(parser)


def _window(options: argparse.Namespace) -> dict[str, Any]:
    from viewer.benches.window import measure_window, print_table

    engine = [f"--{option}={value}" for name, option in _ENGINE_OPTIONS.items() if (value := getattr(options, name))]
    figures = measure_window(options.seconds, engine)
    print_table(figures)
    return figures


# ---- recording -------------------------------------------------------------------------------------------------------


def _recording_options(parser: argparse.ArgumentParser) -> None:
    from viewer.sessions.layout import CODECS

    add_engine_options(parser)
    parser.add_argument("--rounds", type=whole, metavar="N", help="spans with and without, each (default 12)")
    parser.add_argument("--frames", type=whole, metavar="N", help="length of a span (default 90)")
    parser.add_argument("--codec", choices=CODECS, default="h264", help="of the video (default h264)")
    parser.add_argument("--fps", type=positive, default=30.0, metavar="N", help="of the video (default 30)")
    parser.add_argument("--quick", action="store_true", help=QUICK_HELP)


def _recording(options: argparse.Namespace) -> dict[str, Any]:
    from gpu_core.settings import EngineSettings
    from viewer.benches import recording

    rounds, frames = (
        (recording.QUICK_ROUNDS, recording.QUICK_FRAMES) if options.quick else (recording.ROUNDS, recording.FRAMES)
    )
    figures = recording.measure_recording(
        options.generator,
        EngineSettings(path=options.path, inference=options.inference, precision=options.precision),
        rounds=options.rounds or rounds, frames=options.frames or frames, codec=options.codec, fps=options.fps,
    )  # fmt: skip
    recording.print_table(figures)
    return figures


# ---- quality ---------------------------------------------------------------------------------------------------------


def _quality_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--truth", type=Path, metavar="DIR", help="poses.json, truth/ID.webp and truth_second_seed/ID.webp "
        "(default: the eight held-out pictures that come with Mien)",
    )  # fmt: skip
    parser.add_argument("--face", type=Path, metavar="FILE", help="the face that was path-traced (default: shipped)")
    _model_option(parser)
    parser.add_argument("--precision", action="append", choices=_PRECISIONS, help="only this one, and the file's own")
    parser.add_argument("--limit", type=whole, metavar="N", help="at most N pictures, and N frames a sequence")
    parser.add_argument("--size", type=int, choices=(256, 512), default=512, help="pixels a side (default: 512)")
    parser.add_argument("--sheet", type=Path, metavar="FILE.png", help="the ten worst frames of the first generator")


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
    rows = candidates(_models(options.model, options.size), options.precision)
    figures = measure_quality(face, truth, rows, options.size)
    print_table(figures)
    if not any(name for name in truth.sequences):
        print(f"flicker: not measured, {folder} holds no held-out sequence (split held_out_sequence)")
    if options.sheet:
        shown = rows[min(1, len(rows) - 1)]
        by_id = {pose.id: pose for pose in truth.stills}
        poses = [by_id[name] for name in figures[shown.name]["worst"]]
        write_whole(options.sheet, lambda file: draw_sheet(face, shown, poses, file, options.size))
    return figures | {"truth": str(folder)}


# ---- engines, kernels, interop ---------------------------------------------------------------------------------------


def _engines_options(parser: argparse.ArgumentParser) -> None:
    _model_option(parser)
    parser.add_argument("--quick", action="store_true", help=QUICK_HELP)


def _engines(options: argparse.Namespace) -> dict[str, Any]:
    from viewer.benches.engines import measure_engines, print_table

    figures = measure_engines(_models(options.model), quick=options.quick)
    print_table(figures)
    return figures


def _kernels_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--table", type=Path, metavar="FILE.md", help="write the table that is kept with the sources")


def _kernels(options: argparse.Namespace) -> dict[str, Any]:
    from viewer.benches.kernels import markdown, measure_kernels, print_table

    figures = measure_kernels()
    print_table(figures)
    if options.table:
        table = markdown(figures).encode()
        write_whole(options.table, lambda file: file.write(table))
    return figures


def _no_options(_parser: argparse.ArgumentParser) -> None:
    """This bench has none of its own."""


def interop_where_possible() -> dict[str, Any]:
    """The figures of `mien bench interop` on a machine with an NVIDIA GPU, nothing on others."""
    from gpu_core.cuda.driver import probe

    return {} if probe().problem else {"interop": _interop(argparse.Namespace())["rows"]}


def _interop(_options: argparse.Namespace) -> dict[str, Any]:
    from gpu_core.gl.context import headless_context
    from gpu_core.gltf.face import load_face
    from viewer.benches.passage import measure_passage, print_table

    face = load_face(resource(*DEFAULT_FACE))
    with headless_context():
        rows = measure_passage(face, _models(None)[0])
    print_table(rows)
    return {"rows": rows}


# ---- capacity --------------------------------------------------------------------------------------------------------


def _capacity_options(parser: argparse.ArgumentParser) -> None:
    from viewer.benches.capacity_command import add_options

    add_options(parser)


def _capacity(options: argparse.Namespace) -> dict[str, Any]:
    from viewer.benches.capacity_command import run_capacity

    return run_capacity(options)


# ---- ablation --------------------------------------------------------------------------------------------------------


def _ablation_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=whole, metavar="N", help="rounds of each row (default 9)")
    parser.add_argument("--frames", type=whole, metavar="N", help="frames a round (default 12)")
    parser.add_argument("--quick", action="store_true", help=QUICK_HELP)
    parser.add_argument("--model", type=Path, metavar="FILE", help="generator to use instead of the shipped one")
    parser.add_argument("--markdown", type=Path, metavar="FILE.md", help="also write the table for people")


def _ablation(options: argparse.Namespace) -> dict[str, Any]:
    from viewer.benches.ablation_command import run_ablation

    return run_ablation(options)


# ---- speech ----------------------------------------------------------------------------------------------------------


def _speech_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quick", action="store_true", help="a few sentences: to see that it works")


def _speech(options: argparse.Namespace) -> dict[str, Any]:
    from viewer.benches.speech import measure_speech, print_table

    figures = measure_speech(quick=options.quick)
    print_table(figures)
    return figures


# ---- streams ---------------------------------------------------------------------------------------------------------


def _streams_options(parser: argparse.ArgumentParser) -> None:
    from viewer.benches import streams

    streams.add_options(parser)


def _streams(options: argparse.Namespace) -> dict[str, Any]:
    from viewer.benches.streams import run

    return run(options)


# ---- farm ------------------------------------------------------------------------------------------------------------


def _farm_options(parser: argparse.ArgumentParser) -> None:
    add_engine_options(parser)
    parser.add_argument("--rounds", type=whole, metavar="N", help="rounds with each number of workers (default 5)")
    parser.add_argument("--frames", type=whole, metavar="N", help="frames a round (default 200)")
    parser.add_argument("--quick", action="store_true", help=QUICK_HELP)


def _farm(options: argparse.Namespace) -> dict[str, Any]:
    from viewer.benches import farm

    lengths = (farm.QUICK_ROUNDS, farm.QUICK_FRAMES) if options.quick else (farm.ROUNDS, farm.FRAMES)
    settings = {name: getattr(options, name) for name in ("path", "inference", "precision")}
    rounds, frames = options.rounds or lengths[0], options.frames or lengths[1]
    figures = farm.measure_farm(options.generator, settings, rounds=rounds, frames=frames)
    farm.print_table(figures)
    return figures


# ---- all of them -----------------------------------------------------------------------------------------------------


def _model_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", type=Path, action="append", metavar="FILE", help="generator; may be repeated")


def _models(paths: list[Path] | None, size: int = 512) -> list[GeneratorModel]:
    """The generators that were named, else the shipped ones of the default face for pictures of this size.

    Raises:
        MienError: one of them cannot be read.
    """
    from gpu_core.neural.model import load_model

    folder, names = resources_root() / "models", ("swift", "fine") if size > 256 else ("swift-256", "swift", "fine")
    shipped = [path for name in names if (path := folder / f"{name}.onnx").exists()]
    return [load_model(path) for path in paths or shipped]


KINDS = (
    Kind(
        "pipeline",
        "the engine without a window: fixed takes, stage by stage; the default",
        _pipeline_options,
        _pipeline,
    ),
    Kind("ablation", "from the classic path to everything at once, step by step", _ablation_options, _ablation),
    Kind(
        "capacity", "what cards should hold, from counts and data sheets; no GPU needed", _capacity_options, _capacity
    ),
    Kind("peers", "what others take for the same work: conversions, inference, drawing", _peers_options, _peers),
    Kind("window", "the real window: frame rate, latency, idle cost, start, memory", _window_options, _window),
    Kind("recording", "what a recording costs the frames that are being made", _recording_options, _recording),
    Kind("quality", "the generators' pictures against path-traced ones nobody trained on", _quality_options, _quality),
    Kind("engines", "the generator's inference alone: engines, precisions, batches", _engines_options, _engines),
    Kind("speech", "lips against sound, closures, the first sound, videos of speech", _speech_options, _speech),
    Kind(
        "streams", "many faces: serially, as one batch, by a worker each; what this holds", _streams_options, _streams
    ),
    Kind("farm", "two workers of the farm against one, a core each", _farm_options, _farm),
    Kind("kernels", "the NVIDIA path's kernels: bytes, registers, spills; no GPU needed", _kernels_options, _kernels),
    Kind("interop", "pixels between OpenGL and CUDA: three tiers and the host path; NVIDIA", _no_options, _interop),
)
