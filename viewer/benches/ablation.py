"""`mien bench ablation`: from the classic path to everything at once, one optimisation after the other, side by side.

First a scouting: each step is tried on top of the steps that have paid so far, and stays if it is faster, looks the
same, and does not answer later than the classic path. Then the rows are measured, all engines open, their rounds taking
turns; `full` is what the scouting found, in an engine of its own, so that it was not chosen by its own figures.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from gpu_core.face import FaceAsset
from gpu_core.neural.model import GeneratorModel
from viewer.benches.ablation_figures import Lane, figures_of, without
from viewer.benches.ablation_rounds import REST_S, play_round, scene
from viewer.benches.ablation_rows import ON_CPU, ON_GPU, classic
from viewer.benches.ablation_scouting import ALIKE_FLIP, EXPRESSIONS, PAYS, Scouting, say
from viewer.benches.calibration import Calibration

METHOD = (
    "one process, headless, no window; the same face, generator, size and performance for every row. Every engine is "
    "open all the time and warmed up; the rows take turns, in another order each round. A "
    f"pause of {REST_S * 1e3:.0f} ms before each round lets threads that spin fall asleep. fps: frames of a round over "
    "its seconds, median of the rounds. latency: submitted until the picture is in its texture, with the pipeline "
    "full; alone: with nothing else in flight, as when a slider is moved. core-ms: processor time of the process a "
    "frame. ratio: median of the rounds' own ratios to classic. PSNR (of the colours) and FLIP against classic's "
    f"pictures of {EXPRESSIONS} moments. full was chosen in rounds before those that are told here: a step stayed if "
    f"it made {100 * (PAYS - 1):.0f} % more frames a second, or as many for so much less processor time, did not "
    f"answer later than classic, and looked like it (FLIP at most {ALIKE_FLIP:g})"
)


def measure_ablation(
    face: FaceAsset,
    generator: GeneratorModel,
    *,
    size: int,
    rounds: int,
    frames: int,
    cuda: bool,
) -> dict[str, Any]:
    """The table as plain values. Needs a current GL context.

    Raises:
        MienError: the classic path itself cannot run here.
    """
    with ExitStack() as opened:
        scouting = Scouting(opened, face, generator, classic(size), frames=frames)
        scouting.climb(ON_CPU)
        if cuda:
            scouting.climb(ON_GPU)
        scouting.open_full()
        lanes = scouting.lanes
        _measure(lanes, rounds, frames)
        rows = [figures_of(lane, lanes[0]) for lane in lanes]
    for at, row in scouting.missing:
        rows.insert(min(at, len(rows) - 1), without(row))
    settings = {"rounds": rounds, "frames": frames, "size": size, "generator": generator.name, "face": face.name}
    return {"method": METHOD, "settings": settings, "rows": rows, "ratio": rows[-1]["ratio"]}


# ---- measuring -------------------------------------------------------------------------------------------------------


def _measure(lanes: Sequence[Lane], rounds: int, frames: int) -> None:
    calibration = Calibration()
    for number in range(rounds + 1):  # the first one warms up
        shown = scene(number, frames)
        for lane in random.Random(number).sample(lanes, len(lanes)):  # nobody has the same neighbour every time
            say(f"round {number} of {rounds}: {lane.row.name}")
            mood, done = calibration.measure(), play_round(lane.engine, shown, shown[: max(2, frames // 4)])
            if number:
                lane.moods.append(mood)
                lane.rounds.append(done)
    say("")
