"""One take played once through an engine: the stages and the latency of every frame, and what all of it cost."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gpu_core.engine import Engine
from gpu_core.expression import Expression
from gpu_core.gl.sync import finish_drawing
from gpu_core.settings import Frame, FrameRequest, StageTime, View
from viewer.benches.calibration import Mood

_DIGITS = 4  # of a millisecond: a tenth of a microsecond


@dataclass(frozen=True, eq=False)
class Turn:
    """What one turn took. `stages_ms` has one value a frame, NaN where a frame did not have the stage."""

    stages_ms: dict[str, list[float]]
    latency_ms: list[float]  # request -> picture in its texture, with as many in flight as the engine takes
    wall_s: float
    core_s: float  # processor time of the whole process, all threads
    mood: Mood  # the machine's, just before
    load_average: float | None

    @property
    def frames(self) -> int:
        """Frames played."""
        return len(self.latency_ms)

    def samples(self) -> dict[str, float]:
        """One number a metric: frames of one turn follow each other too closely to count one by one."""
        p50, p95, p99 = np.percentile(self.latency_ms, (50, 95, 99))
        told = {"fps": self.frames / self.wall_s, "latency_ms": p50, "latency_p95_ms": p95, "latency_p99_ms": p99}
        told["core_ms"] = self.core_s * 1e3 / self.frames
        stages = {f"{name}_ms": float(np.nanmedian(values)) for name, values in self.stages_ms.items()}
        return {name: round(float(value), _DIGITS) for name, value in (told | stages).items()}

    def raw(self) -> dict[str, Any]:
        """All of it as plain values, for JSON, which knows no NaN."""
        stages = {name: [None if value != value else value for value in line] for name, line in self.stages_ms.items()}
        costs = {"wall_s": round(self.wall_s, 6), "core_s": round(self.core_s, 6)}
        return {"stages_ms": stages, "latency_ms": self.latency_ms} | costs | {"load_average": self.load_average}


def play(engine: Engine, expressions: Sequence[Expression], *, mood: Mood, load: float | None) -> Turn:
    """Play a take as fast as it goes, as many batches in flight as the engine takes."""
    waiting, finished = deque(expressions), list[Frame]()
    cores, start = time.process_time(), time.perf_counter()
    while len(finished) < len(expressions):
        while waiting and engine.can_submit:
            faces = (waiting.popleft(),) * engine.settings.faces
            engine.submit(FrameRequest(faces, frozenset({View.GENERATED}), requested_ns=time.perf_counter_ns()))
        for frame in engine.collect(wait=True):
            engine.recycle(frame)
            finished.append(frame)
    finish_drawing()
    wall, cores = time.perf_counter() - start, time.process_time() - cores
    latency = [round((frame.finished_ns - frame.request.requested_ns) / 1e6, _DIGITS) for frame in finished]
    return Turn(_stages(finished, dict(engine.late_stages())), latency, wall, cores, mood, load)


def _stages(frames: Sequence[Frame], late: dict[int, tuple[StageTime, ...]]) -> dict[str, list[float]]:
    """A line a stage. What a device tells late counts instead of the host's time; a stage that came twice, as sum."""
    told = [summed(frame.stages) | summed(late.get(frame.index, ())) for frame in frames]
    names = dict.fromkeys(name for one in told for name in one)
    return {name: [round(one.get(name, float("nan")), _DIGITS) for one in told] for name in names}


def summed(stages: Iterable[StageTime]) -> dict[str, float]:
    """Milliseconds by stage: a frame may copy, pack or infer more than once."""
    result: dict[str, float] = {}
    for stage in stages:
        result[stage.name] = result.get(stage.name, 0.0) + stage.duration_ms
    return result
