"""Train, export and measure the default generator with one command.

    ./run recipe generator --truth DIR [--work DIR] [--minutes N]

DIR holds `poses.json` and `truth/ID.webp`: the path-traced pictures of the default face. Steps: draw the inputs with
this project's own renderer -> train (resumable: run it again) -> export -> evaluate on held-out pairs -> card.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

from generator_recipe.evaluation import FACE_REGION, WHOLE, flicker, mean_psnr, mean_render_psnr  # noqa: E402
from generator_recipe.export import export_onnx, write_card  # noqa: E402
from generator_recipe.pairs import SIZE, Pairs, load_pairs, read_truth_folder  # noqa: E402
from generator_recipe.sheets import draw_contact_sheet, draw_curve  # noqa: E402
from generator_recipe.training import Schedule, Trainer  # noqa: E402

from gpu_core.contract import picture_contract  # noqa: E402
from gpu_core.gltf.face import load_face  # noqa: E402

FACE = ROOT / "resources" / "face" / "face.glb"
MODEL = ROOT / "resources" / "models" / "swift.onnx"


def main() -> None:
    """Run all steps; training goes on where an earlier run stopped."""
    options = parse()
    options.work.mkdir(parents=True, exist_ok=True)
    train, held_out, sequence = (
        load_pairs(options.truth, FACE, options.work, split) for split in ("train", "held_out", "held_out_sequence")
    )
    schedule = Schedule(minutes=options.minutes, threads=options.threads)
    trainer = Trainer(train, held_out, schedule, options.work)
    trainer.run()
    export_onnx(trainer.averaged(), SIZE, MODEL)
    quality = measure(trainer, held_out, sequence, options.truth)
    training = {
        "pairs": len(train.rows), "minutes": round(trainer.seconds / 60), "steps": trainer.steps,
        "crop": schedule.crop, "batch": schedule.batch, "threads": schedule.threads, "seed": schedule.seed,
        "truth": "path-traced by Cycles, 8 samples and denoised (training), 32 samples (held out)",
        "splits": "by id in the pose table; nothing held out was trained on",
    }  # fmt: skip
    write_card(MODEL, picture_contract(load_face(FACE).sha256), SIZE, training, quality)
    draw_curve(trainer.curve, options.work / "curve.png")
    draw_contact_sheet(trainer.averaged(), held_out, options.work / "worst.png")
    print(json.dumps(quality, indent=2))


def measure(trainer: Trainer, held_out: Pairs, sequence: Pairs, truth: Path) -> dict[str, Any]:
    """Every figure of the card, in dB, on held-out pairs; flicker on the held-out sequence (1 is the truth's noise)."""
    network = trainer.averaged()
    figures = {
        "held_out_pairs": len(held_out.rows),
        "face_psnr_db": mean_psnr(network, held_out, FACE_REGION),
        "face_psnr_render_image_db": mean_render_psnr(held_out, FACE_REGION),
        "whole_psnr_db": mean_psnr(network, held_out, WHOLE),
        "whole_psnr_render_image_db": mean_render_psnr(held_out, WHOLE),
        "flicker": flicker(network, sequence, read_truth_folder(truth / "truth_second_seed", sequence.rows)),
    }
    return {name: round(value, 3) for name, value in figures.items()}


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="./run recipe generator", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--truth", type=Path, required=True, help="folder with poses.json and truth/*.webp")
    parser.add_argument("--work", type=Path, default=ROOT / "out" / "generator", help="drawn inputs and checkpoints")
    parser.add_argument("--minutes", type=float, default=90, help="training time over all runs (default 90)")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads (default 2)")
    options = parser.parse_args()
    if not (options.truth / "poses.json").exists():
        parser.error(f"{options.truth} holds no poses.json: give the folder of the path-traced pictures")
    return options


if __name__ == "__main__":
    main()
