"""Render path-traced truth of a glTF head: `./run recipe truth --face HEAD.glb --out DIR`.

DIR gets the pose table `poses.json` and, picture by picture, `truth/ID.webp` (512x512, lossless, straight alpha). An
interrupted run goes on where it stopped; asking for more pairs adds to what is there. A face of our own recipe is
rendered from its fine geometry if that is given (`./run recipe face --truth-geometry NPZ --truth-textures DIR`).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

from truth_recipe.baked_head import load_baked_head  # noqa: E402
from truth_recipe.driver import PathTracer, plan_jobs, render_jobs  # noqa: E402
from truth_recipe.gltf_head import load_gltf_head  # noqa: E402
from truth_recipe.plans import plan_hard, plan_lids, plan_pairs, plan_sequences  # noqa: E402
from truth_recipe.poses import SEQUENCE, TABLE, PoseRow, extended, read_table, write_table  # noqa: E402

from gpu_core.errors import MienError  # noqa: E402

FACE = ROOT / "resources" / "face" / "face.glb"
SECOND_SEED = 1_000_000  # added to the seed for the second rendering of the sequences


def main() -> int:
    """Plan, then render what is missing; returns 1 if the head cannot be read."""
    options = parse()
    rows = prepare_table(options)
    truth = plan_jobs(rows, options.out / "truth", seed=options.seed, samples=options.samples)
    sequences = [row for row in rows if row.split == SEQUENCE]
    again = options.out / "truth_second_seed"
    second = plan_jobs(sequences, again, seed=options.seed + SECOND_SEED, samples=options.samples)
    print(f"{len(rows)} poses, {len(truth) + len(second)} pictures to render", flush=True)
    if not truth + second:
        return 0
    try:
        tracer = open_tracer(options)
    except MienError as error:
        print(error, file=sys.stderr)
        return 1
    render_jobs(truth + second, tracer, lambda line: print(line, flush=True))
    return 0


def prepare_table(options: argparse.Namespace) -> list[PoseRow]:
    """Return the folder's pose table with the planned rows added; what was written down stays as it is."""
    table = options.out / TABLE
    planned = read_table(options.poses) if options.poses else plan(options)
    try:
        rows = extended(read_table(table) if table.exists() else [], planned)
    except ValueError as error:
        sys.exit(f"{table}: {error}; give another --out, or the options it was made with")
    options.out.mkdir(parents=True, exist_ok=True)
    write_table(table, rows)
    return [row for row in rows if not options.only or row.id in options.only]


def plan(options: argparse.Namespace) -> list[PoseRow]:
    """Return the rows that the options ask for."""
    if options.plan == "hard":
        return plan_hard(options.pairs, options.seed)
    if options.plan == "lids":
        return plan_lids(options.pairs, options.seed)
    if options.plan == "sequences":
        return plan_sequences(options.frames, options.seed)
    return plan_pairs(options.pairs, options.held_out, options.seed)


def open_tracer(options: argparse.Namespace) -> PathTracer:
    """Read the head and build Blender's scene."""
    from truth_recipe.cycles_tracer import CyclesTracer

    fine = options.geometry is not None
    head = load_baked_head(options.geometry, options.textures) if fine else load_gltf_head(options.face)
    return CyclesTracer(head, threads=options.threads)


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="./run recipe truth", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--face", type=Path, default=FACE, help="the head (default: the shipped face)")
    parser.add_argument("--geometry", type=Path, metavar="NPZ", help="fine geometry of a face of our own recipe")
    parser.add_argument("--textures", type=Path, metavar="DIR", help="its textures")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where table and pictures go")
    parser.add_argument(
        "--plan", choices=("pairs", "hard", "lids", "sequences"), default="pairs", help="what to render"
    )
    parser.add_argument("--pairs", type=int, default=150, help="training pictures (default 150)")
    parser.add_argument("--held-out", type=int, default=16, help="held-out pictures of the plan `pairs` (default 16)")
    parser.add_argument("--frames", type=int, default=30, help="frames of each sequence (default 30)")
    parser.add_argument("--poses", type=Path, metavar="JSON", help="a pose table of your own instead of a plan")
    parser.add_argument("--only", nargs="+", metavar="ID", help="render these poses only")
    parser.add_argument("--samples", type=int, help="samples per pixel for every picture, whatever the table says")
    parser.add_argument("--seed", type=int, default=1, help="of poses and noise (default 1)")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads (default 1)")
    options = parser.parse_args()
    if (options.geometry is None) != (options.textures is None):
        parser.error("--geometry and --textures belong together")
    return options


if __name__ == "__main__":
    sys.exit(main())
