"""One round of one row of the ablation: so many frames of a performance, in order, as fast as the row's engine goes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gpu_core import quality
from gpu_core.batching import play_through
from gpu_core.engine import Engine
from gpu_core.expression import Expression
from gpu_core.gl.sync import finish_drawing
from gpu_core.settings import FrameRequest, View
from viewer.benches.turns import summed
from viewer.performance.builtin import BUILTIN

PERFORMANCE, RATE = "talk", 25.0  # frames a second it is sampled at, whatever speed it is played at
REST_S = 0.1  # before each round: threads of ONNX Runtime spin for 40 ms of processor time after a run, then sleep
HIGHEST_DB = 99.0  # stands for pictures that are equal


@dataclass(frozen=True)
class Round:
    """What one round took."""

    frames: int
    wall_s: float
    core_s: float  # processor time of the whole process
    latency_ms: tuple[float, ...]  # submitted -> finished, of every frame, with the pipeline full
    alone_ms: tuple[float, ...]  # the same with nothing else in flight
    stages_ms: dict[str, float]  # medians

    @property
    def fps(self) -> float:
        """Frames a second."""
        return self.frames / self.wall_s

    @property
    def core_ms(self) -> float:
        """Processor time a frame."""
        return 1e3 * self.core_s / self.frames


@dataclass(frozen=True)
class Likeness:
    """How like the classic path's pictures a row's are, one value an expression."""

    psnr_db: tuple[float, ...]
    flip: tuple[float, ...]


def scene(number: int, frames: int) -> list[Expression]:
    """The expressions of round `number`: the same for every row, others in the next round."""
    performance = BUILTIN[PERFORMANCE]
    start = number * frames
    return [performance.at(((start + index) / RATE) % performance.duration_s) for index in range(frames)]


def spread_expressions(count: int) -> list[Expression]:
    """So many moments spread over the whole performance."""
    performance = BUILTIN[PERFORMANCE]
    return [performance.at(performance.duration_s * (index + 0.5) / count) for index in range(count)]


def play_round(engine: Engine, expressions: Sequence[Expression], alone: Sequence[Expression] = ()) -> Round:
    """Play them with the pipeline full, then `alone` one by one."""
    time.sleep(REST_S)
    latency, stages, done = list[float](), dict[str, list[float]](), 0
    core, wall = time.process_time(), time.perf_counter()
    for frame, count in play_through(engine, expressions):
        latency.append((frame.finished_ns - frame.submitted_ns) / 1e6)
        for name, took_ms in summed(frame.stages).items():
            stages.setdefault(name, []).append(took_ms)
        done += count
        engine.recycle(frame)
    finish_drawing()
    wall, core = time.perf_counter() - wall, time.process_time() - core
    medians = {name: float(np.median(values)) for name, values in stages.items()}
    return Round(done, wall, core, tuple(latency), tuple(_alone_ms(engine, one) for one in alone), medians)


def _alone_ms(engine: Engine, expression: Expression) -> float:
    frame = engine.render(FrameRequest((expression,)))
    engine.recycle(frame)
    return (frame.finished_ns - frame.submitted_ns) / 1e6


def pictures(engine: Engine, expressions: Sequence[Expression]) -> list[NDArray[np.float32]]:
    """What the engine makes of them: (size, size, 4) float 0..1, premultiplied."""
    made: list[NDArray[np.float32]] = []
    for frame, count in play_through(engine, expressions):
        made += [engine.read(frame, View.GENERATED, face).astype(np.float32) / np.float32(255) for face in range(count)]
        engine.recycle(frame)
    return made


def likeness(made: Sequence[NDArray[np.float32]], wanted: Sequence[NDArray[np.float32]]) -> Likeness:
    """Compare picture by picture.

    Raises:
        MissingMetric: flip-evaluator is not installed.
    """
    pairs = list(zip(made, wanted, strict=True))
    decibels = (min(quality.psnr(one[..., :3], other[..., :3]), HIGHEST_DB) for one, other in pairs)
    return Likeness(tuple(decibels), tuple(float(quality.flip_map(one, other).mean()) for one, other in pairs))
