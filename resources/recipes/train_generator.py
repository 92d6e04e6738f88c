"""Train, export and measure a generator with one command.

    ./run recipe generator --truth DIR [DIR ...] [--size swift|fine] [--face FACE.glb] [--name NAME] [--minutes N]

Each DIR holds `poses.json` and `truth/ID.webp`: path-traced pictures of the face (`./run recipe truth` makes more).
Steps: draw the inputs with this project's own renderer -> train (resumable: run it again) -> export in every precision
-> measure on held-out pictures -> cards. `--start` and `--teacher` name work folders of earlier trainings or FP32 files
of this recipe's, as they ship. `swift-256` was made with

    --name swift-256 --pixels 256 --start resources/models/swift.onnx --teacher resources/models/fine.onnx
"""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

from generator_recipe.cards import write_cards  # noqa: E402
from generator_recipe.evaluation import generate  # noqa: E402
from generator_recipe.export import export_onnx  # noqa: E402
from generator_recipe.extremes import anything, extremes, movement  # noqa: E402
from generator_recipe.network import SIZES, Generator  # noqa: E402
from generator_recipe.pairs import TRUTH_SIZE, Pairs, load_pairs, read_pose_table, taught_pairs  # noqa: E402
from generator_recipe.quantisation import write_fp16, write_int8  # noqa: E402
from generator_recipe.sheets import draw_curve  # noqa: E402
from generator_recipe.survey import draw_extremes  # noqa: E402
from generator_recipe.training import Schedule, Trainer, trained_network  # noqa: E402

FACE = ROOT / "resources" / "face" / "face.glb"
MODELS = ROOT / "resources" / "models"
_UNRENDERED = 240  # random expressions whose truth is the teacher's answer


def main() -> None:
    """Run all steps; training goes on where an earlier run stopped."""
    options = parse()
    options.work.mkdir(parents=True, exist_ok=True)
    sources, held_out = collect(options)
    start = trained_network(options.start)[0] if options.start else None
    crop = min(options.crop, options.pixels)
    schedule = Schedule(minutes=options.minutes, crop=crop, threads=options.threads)
    trainer = Trainer(SIZES[options.size], sources, held_out, schedule, options.work, start)
    trainer.run()
    draw_curve(trainer.curve, options.work / "curve.png")
    network = trainer.averaged()
    draw_extremes(network, options.face, options.work / "extremes.png", options.pixels)
    ship(network, trainer, sources[0], options)


def collect(options: argparse.Namespace) -> tuple[list[Pairs], Pairs]:
    """What is trained on, truth first, and the first folder's held-out stills."""
    cache = options.work.parent
    folders = [folder for folder in options.truth if any(row.split == "train" for row in read_pose_table(folder))]
    sources = [load_pairs(folder, options.face, cache, "train", options.pixels) for folder in folders]
    if options.teacher:
        teacher, name = trained_network(options.teacher)
        answer = partial(generate, teacher)
        sources.append(taught_pairs(answer, name, options.face, unrendered(), cache, options.pixels))
    return sources, load_pairs(options.truth[0], options.face, cache, "held_out", options.pixels)


def unrendered() -> dict[str, Any]:
    """Expressions to ask the teacher for: every extreme, anything, and movements."""
    moving = {f"moving-{k}-{i}": e for k in range(8) for i, e in enumerate(movement(6, seed=k))}
    return extremes() | anything(_UNRENDERED, seed=0) | moving


def ship(network: Generator, trainer: Trainer, pairs: Pairs, options: argparse.Namespace) -> None:
    """Export in every precision, measure, write the cards."""
    path = MODELS / f"{options.name}.onnx"
    export_onnx(network, options.pixels, path)
    write_fp16(path)
    if options.size == "swift":  # on a GPU, FP16 serves; int8 is for CPUs
        write_int8(path, pairs.inputs)
    before = {"started_from": options.start, "taught_by": options.teacher}
    training = trainer.description() | {name: source.stem for name, source in before.items() if source}
    print(json.dumps(write_cards(path, options.face, options.truth[0], training), indent=2))


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="./run recipe generator", description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--truth", type=Path, nargs="+", required=True, metavar="DIR", help="poses.json and truth/*.webp"
    )
    parser.add_argument(
        "--face", type=Path, default=FACE, help="the face that was path-traced (default: the shipped one)"
    )
    parser.add_argument("--size", choices=tuple(SIZES), default="swift", help="which network (default swift)")
    parser.add_argument("--name", help="file name in resources/models (default: the size)")
    parser.add_argument("--work", type=Path, help="checkpoint and pictures (default out/generator/NAME)")
    parser.add_argument("--start", type=trained, metavar="WORK|FILE", help="begin with the weights of this network")
    parser.add_argument(
        "--teacher", type=trained, metavar="WORK|FILE", help="learn unrendered expressions from this one"
    )
    parser.add_argument(
        "--pixels", type=side, default=TRUTH_SIZE, help=f"pixels a side of its pictures (default {TRUTH_SIZE})"
    )
    parser.add_argument("--minutes", type=float, default=90, help="training time over all runs (default 90)")
    parser.add_argument("--crop", type=side, default=256, help="pixels a side trained on at once (default 256)")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads (default 2)")
    options = parser.parse_args()
    options.name = options.name or options.size
    options.work = options.work or ROOT / "out" / "generator" / options.name
    for folder in options.truth:
        if not (folder / "poses.json").exists():
            parser.error(f"{folder} holds no poses.json: give the folder of the path-traced pictures")
    return options


def side(text: str) -> int:
    """Pixels a side that the network can halve four times, for argparse."""
    if not text.isdecimal() or int(text) % 16 or not 64 <= int(text) <= TRUTH_SIZE:
        raise argparse.ArgumentTypeError(f"{text!r} is no multiple of 16 from 64 to {TRUTH_SIZE}")
    return int(text)


def trained(text: str) -> Path:
    """The work folder of a training, or a file that ships beside its card, for argparse."""
    path = Path(text)
    if not (path.with_suffix(".json") if path.suffix == ".onnx" else path / "checkpoint.pt").is_file():
        raise argparse.ArgumentTypeError(f"{text} is neither a training's folder nor an .onnx file with its card")
    return path


if __name__ == "__main__":
    main()
