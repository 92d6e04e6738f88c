"""`mien bench pipeline`: the engine on this machine, without a window, with fixed takes in several rounds.

The takes take turns, so that a machine that slows down slows down all of them; a round of one take is one sample.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

from gpu_core.engine import Engine, open_engine
from gpu_core.gl.context import headless_context
from gpu_core.settings import EngineSettings
from viewer.benches.calibration import Calibration, load_average, moods_figures
from viewer.benches.engines import warn_if_busy
from viewer.benches.fixed_takes import FixedTake, fixed_takes
from viewer.benches.turns import Turn, play
from viewer.headless import wait_for_plan

ROUNDS, FRAMES = 10, 40  # fewer than eight rounds a file leave `--compare` without a verdict
QUICK_ROUNDS, QUICK_FRAMES = 2, 4
METHOD = (
    "headless; takes interleaved over rounds, a first round thrown away; requests as fast as the engine takes them; "
    "samples are one number a round: medians or percentiles over its frames, frames over seconds, core time a frame"
)


def measure_pipeline(generator: Path | None, settings: EngineSettings, *, rounds: int, frames: int) -> dict[str, Any]:
    """A row for each take: a sample a round for each metric, and the rounds' raw times.

    Raises:
        MienError: there is no OpenGL here, or the generator cannot be run.
    """
    warn_if_busy()
    takes = fixed_takes(frames)
    with headless_context() as gl, open_engine(None, generator, settings) as engine:
        wait_for_plan(engine, for_the_best=True)  # a plan that is being built would be measured instead of the frames
        turns = _interleaved(engine, takes, rounds)
        told = {"opengl": gl.renderer, "path": engine.path_name} | {
            name: engine.description[name] for name in ("generator", "engine", "face", "posing")
        }
    rows = [_row(take, turns[take.name]) for take in takes]
    asked = {"frames": frames, "rounds": rounds, "size": settings.size, "faces": settings.faces}
    return {"method": METHOD, "settings": asked | {"depth": settings.depth} | told, "rows": rows}


def _interleaved(engine: Engine, takes: tuple[FixedTake, ...], rounds: int) -> dict[str, list[Turn]]:
    calibration, turns = Calibration(), {take.name: list[Turn]() for take in takes}
    for number in range(rounds + 1):
        for take in takes:
            print(f"\rround {number} of {rounds}, {take.name:<20}", end="", file=sys.stderr, flush=True)
            turn = play(engine, take.expressions, mood=calibration.measure(), load=load_average())
            if number:  # the first one warms up
                turns[take.name].append(turn)
    print(file=sys.stderr)
    return turns


def _row(take: FixedTake, turns: list[Turn]) -> dict[str, Any]:
    """Samples for whoever compares, medians for whoever reads, raw times for whoever doubts."""
    each = [turn.samples() for turn in turns]
    samples = {name: [one[name] for one in each] for name in each[0] if all(name in one for one in each)}
    return {
        "name": take.name,
        "medians": {name: round(float(np.median(values)), 3) for name, values in samples.items()},
        "samples": samples,
        **moods_figures([turn.mood for turn in turns]),
        "rounds": [turn.raw() for turn in turns],
    }


def print_table(figures: dict[str, Any]) -> None:
    """The rows for people: medians over the rounds."""
    told, rows = figures["settings"], figures["rows"]
    print(f"{told['path']} path, {told['engine']}, {told['opengl']}, {told['size']}×{told['size']}")
    fixed = ("fps", "latency_ms", "latency_p95_ms", "latency_p99_ms", "core_ms")
    stages = [name for name in rows[0]["medians"] if name not in fixed]
    print(f"{'':<18}{'':>7}  {'latency, ms':^22}{'core-ms':>9}  stages, ms")
    names = "".join(f"{name.removesuffix('_ms'):>10}" for name in stages)
    print(f"{'take':<18}{'fps':>7}{'p50':>8}{'p95':>8}{'p99':>8}{'a frame':>9}{names}")
    for row in rows:
        values = [row["medians"].get(name, float("nan")) for name in fixed]
        line = f"{values[0]:>7.1f}" + "".join(f"{value:>8.1f}" for value in values[1:4]) + f"{values[4]:>9.1f}"
        print(f"{row['name']:<18}{line}" + "".join(f"{row['medians'].get(name, 0.0):>10.2f}" for name in stages))
    print(f"medians of {told['rounds']} rounds of {told['frames']} frames; core-ms: processor time of all threads")
