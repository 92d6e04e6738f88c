"""What making a clip took: by stage, by frame, of a core; as one line and as JSON."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gpu_core.settings import StageTime
from gpu_core.timing import Percentiles

ENCODE, READ = "encode", "read"
_LISTED = 4  # stages named in the line: the rest is small


@dataclass(frozen=True)
class Figures:
    """A finished clip. `stages_ms` is of one frame, each stage on the clock of whoever did it: they overlap."""

    frames: int
    seconds: float  # that making it took, without opening the engine
    core_ms: float  # of all cores together, a frame
    engine_core_ms: float  # of that, the thread that poses, draws, converts and reads
    encoder_core_ms: float  # and the one that encodes; the rest is inference's, and software OpenGL's own threads'
    waited_s: float  # for the encoder
    stages_ms: Mapping[str, Percentiles]

    @property
    def fps(self) -> float:
        """Frames made in a second."""
        return self.frames / self.seconds if self.seconds > 0 else 0.0

    def line(self) -> str:
        """All of it in one line."""
        longest = sorted(self.stages_ms.items(), key=lambda item: -item[1].p50)[:_LISTED]
        stages = ", ".join(f"{name} {found.p50:.1f}" for name, found in longest)
        core = f"{self.core_ms:.1f} (engine {self.engine_core_ms:.1f}, encoder {self.encoder_core_ms:.1f})"
        line = f"{self.frames} frames in {self.seconds:.1f} s: {self.fps:.1f} a second; core-ms a frame: {core}"
        return f"{line}; median ms, side by side: {stages}" if stages else line  # a short clip has no steady frame

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        stages = {name: asdict(found) for name, found in self.stages_ms.items()}
        return {
            "frames": self.frames,
            "seconds": self.seconds,
            "fps": self.fps,
            "core_ms_per_frame": self.core_ms,
            "engine_thread_core_ms_per_frame": self.engine_core_ms,
            "encoder_thread_core_ms_per_frame": self.encoder_core_ms,
            "waited_for_encoder_s": self.waited_s,
            "stages_ms": stages,
        }


class Tally:
    """Collects the stages of a clip's batches as they pass; its clocks start when it is made."""

    def __init__(self) -> None:
        self._stages: dict[str, list[float]] = defaultdict(list)  # milliseconds a frame
        self._start = time.perf_counter(), time.process_time(), time.thread_time()

    def add(self, stages: Iterable[StageTime], *, faces: int) -> None:
        """Note the stages of a batch of so many faces; a stage that came twice counts as their sum."""
        sums: dict[str, float] = defaultdict(float)
        for stage in stages:
            sums[stage.name] += stage.duration_ms
        for name, total_ms in sums.items():
            self._stages[name].append(total_ms / faces)

    def figures(self, *, frames: int, waited_s: float, encoder_s: float) -> Figures:
        """What it took until now; `encoder_s` of a core on the encoder's thread. On the thread that made this."""
        # The other way round than at the start: a thread's part lies within the process's, and that within the whole.
        now = time.thread_time(), time.process_time(), time.perf_counter()
        engine_s, core_s, seconds = (end - start for end, start in zip(now, self._start[::-1], strict=True))
        core_ms, engine_ms, encoder_ms = (1000 * s / max(frames, 1) for s in (core_s, engine_s, encoder_s))
        found = {name: Percentiles.of(np.array(values)) for name, values in self._stages.items()}
        stages = {name: percentiles for name, percentiles in found.items() if percentiles is not None}
        return Figures(frames, seconds, core_ms, engine_ms, encoder_ms, waited_s, stages)
