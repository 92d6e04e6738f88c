"""`mien bench ablation`: from the classic path to everything at once, one optimisation after the other, side by side.

First a scouting: each step is tried on top of the steps that have paid so far, and stays if it is faster without
answering later than the classic path. Then the rows are measured, all engines open, their rounds taking turns; `full`
is the combination that the scouting found, in an engine of its own, so that it was not chosen by its own figures.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_core.engine import Engine
from gpu_core.errors import MienError
from gpu_core.face import FaceAsset
from gpu_core.neural.model import GeneratorModel
from viewer.benches.ablation_figures import Lane, figures_of, without
from viewer.benches.ablation_rounds import (
    REST_S,
    Round,
    likeness,
    pictures,
    play_round,
    scene,
    spread_expressions,
)
from viewer.benches.ablation_rows import FULL, ON_CPU, ON_GPU, Row, Step, classic

PATIENCE_S = 900.0  # a plan may have to be built
EXPRESSIONS = 8  # compared for likeness
TRIALS = 3  # rounds that decide whether a step stays
PAYS = 1.02  # so many times as fast as what it stands on, or as cheap
NOISE = 0.95  # what is cheaper may look so much slower
METHOD = (
    "one process, headless, no window; the same face, generator, size and performance for every row. Every engine is "
    "open all the time and warmed up; the rows take turns, round by round, beginning with another one each round. A "
    f"pause of {REST_S * 1e3:.0f} ms before each round lets threads that spin fall asleep. fps: frames of a round over "
    "its seconds, median of the rounds. latency: submitted until the picture is in its texture, with the pipeline "
    "full; alone: with nothing else in flight, as when a slider is moved. core-ms: processor time of the process a "
    "frame. ratio: median of the rounds' own ratios to classic. PSNR (of the colours) and FLIP against classic's "
    f"pictures of {EXPRESSIONS} moments. full was chosen in rounds before those that are told here: a step stayed if "
    f"it made {100 * (PAYS - 1):.0f} % more frames a second, or as many for so much less processor time, and did not "
    "answer later than classic"
)


def measure_ablation(
    face: FaceAsset,
    generator: GeneratorModel,
    *,
    size: int = 512,
    rounds: int = 9,
    frames: int = 12,
    cuda: bool = False,
) -> dict[str, Any]:
    """The table as plain values. Needs a current GL context.

    Raises:
        MienError: the classic path itself cannot run here.
    """
    with ExitStack() as opened:
        lanes, missing = _scouted(opened, face, generator, classic(size), ON_CPU + (ON_GPU if cuda else ()), frames)
        _compare_pictures(lanes)
        _measure(lanes, rounds, frames)
        rows = [figures_of(lane, lanes[0]) for lane in lanes]
    for at, row in missing:
        rows.insert(min(at, len(rows) - 1), without(row))
    settings = {"rounds": rounds, "frames": frames, "size": size, "generator": generator.name, "face": face.name}
    return {"method": METHOD, "settings": settings, "rows": rows, "ratio": rows[-1]["ratio"]}


# ---- scouting --------------------------------------------------------------------------------------------------------


def _scouted(
    opened: ExitStack, face: FaceAsset, generator: GeneratorModel, base: Row, steps: Sequence[Step], frames: int
) -> tuple[list[Lane], list[tuple[int, Row]]]:
    """A lane for every step that can be had, `full` last; and the others with their places in the table."""
    best = first = _open(opened, face, generator, base)
    lanes, missing = [first], list[tuple[int, Row]]()
    _say("trying classic")
    latest_ms = max(float(np.median(play_round(first.engine, scene(n, frames)).latency_ms)) for n in range(TRIALS))
    for step in steps:
        row = Row(step.name, step.adds, step.on(best.row.settings))
        _say(f"trying {row.name}")
        try:
            lane = _open(opened, face, generator, row)
        except MienError as reason:
            missing.append((len(lanes) + len(missing), replace(row, missing=str(reason), kept=False)))
            continue
        if _pays(lane, best, latest_ms, frames):
            best = lane
        else:
            lane.row = replace(row, kept=False)
        lanes.append(lane)
    title = f"the best of these: {best.row.name}"
    lanes.append(_open(opened, face, generator, Row(FULL, title, best.row.settings)))
    return lanes, missing


def _open(opened: ExitStack, face: FaceAsset, generator: GeneratorModel, row: Row) -> Lane:
    engine = opened.enter_context(Engine(face, generator, row.settings))
    give_up_at = time.monotonic() + PATIENCE_S
    while not engine.path_state.serving or engine.path_state.building is not None:
        engine.collect(wait=False)
        if time.monotonic() > give_up_at:
            raise MienError(f"the plan is not built after {PATIENCE_S:.0f} s")
        time.sleep(0.1)
    wanted = row.settings.tier
    if wanted != "auto" and engine.path_state.tier != wanted:
        raise MienError(f"the tier {wanted!r} does not work here: {engine.path_state.tier_reason}")
    return Lane(row, engine)


def _pays(lane: Lane, best: Lane, latest_ms: float, frames: int) -> bool:
    """Some rounds beside what it stands on, after one that warms up."""
    play_round(lane.engine, scene(0, frames))
    new, old = list[Round](), list[Round]()
    for number in range(1, TRIALS + 1):
        shown = scene(number, frames)
        new.append(play_round(lane.engine, shown))
        old.append(play_round(best.engine, shown))
    pairs = list(zip(new, old, strict=True))
    faster = float(np.median([one.fps / other.fps for one, other in pairs]))
    cheaper = float(np.median([other.core_ms / one.core_ms for one, other in pairs]))
    answers = min(float(np.median(one.latency_ms)) for one in new)
    return answers <= latest_ms and (faster >= PAYS or (faster >= NOISE and cheaper >= PAYS))


# ---- measuring -------------------------------------------------------------------------------------------------------


def _compare_pictures(lanes: Sequence[Lane]) -> None:
    expressions = spread_expressions(EXPRESSIONS)
    wanted: list[NDArray[np.float32]] = pictures(lanes[0].engine, expressions)
    for lane in lanes:
        lane.likeness = likeness(pictures(lane.engine, expressions), wanted)


def _measure(lanes: Sequence[Lane], rounds: int, frames: int) -> None:
    for number in range(rounds + 1):  # the first one warms up
        shown = scene(number, frames)
        first = number % len(lanes)
        for lane in (*lanes[first:], *lanes[:first]):
            _say(f"round {number} of {rounds}: {lane.row.name}")
            done = play_round(lane.engine, shown, shown[: max(2, frames // 4)])
            if number:
                lane.rounds.append(done)
    _say("")


def _say(text: str) -> None:
    """How far it is, on one line that is written over; only for somebody who looks."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
