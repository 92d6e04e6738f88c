"""How long the stages of a batch took: measured by `StageTimer`, kept and condensed by `StageHistory`.

Everything is on the clock of `time.perf_counter_ns`. What a GPU times it tells some frames later, and `amend` puts it
where it belongs. The stages overlap (the CPU poses one batch while another is
inferred), so the latency of a frame is measured from the input event to the picture, never summed from its stages.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gpu_core.frame_record import LATEST_NS, FrameLog, FrameRecord, is_believable
from gpu_core.nvtx_ranges import stage_range
from gpu_core.settings import StageTime

# In the order a batch passes them. The copies stay empty on a path whose pixels never leave the GPU.
# While something is recorded, `record` takes the picture.
STAGES: tuple[str, ...] = ("pose", "render", "copy_out", "pack", "infer", "unpack", "copy_in", "record", "show")
BESIDE: tuple[str, ...] = ("encode",)  # done with a frame while nothing waits for it: no part of its latency
LATENCY = "latency"  # input event -> frameSwapped of the window
SERIES: tuple[str, ...] = (*STAGES, *BESIDE, LATENCY)

Floats: TypeAlias = NDArray[np.float64]


class StageTimer:
    """Collects the stages of one batch; `take` hands them over and starts afresh. For one thread."""

    def __init__(self) -> None:
        self._stages: list[StageTime] = []

    @contextmanager
    def stage(self, name: str, clock: str = "cpu") -> Iterator[None]:
        """Time the body of a with statement, also when it raises."""
        start_ns = time.perf_counter_ns()
        try:
            with stage_range(name):
                yield
        finally:
            self.add(name, start_ns, time.perf_counter_ns(), clock)

    def add(self, name: str, start_ns: int, end_ns: int, clock: str = "cpu") -> None:
        """Note a stage that was timed elsewhere, such as on the inference worker."""
        self._stages.append(StageTime(name, start_ns, (end_ns - start_ns) / 1e6, clock))

    def take(self) -> tuple[StageTime, ...]:
        """The stages since the last call, in the order in which they ended."""
        taken, self._stages = tuple(self._stages), []
        return taken


@dataclass(frozen=True)
class Percentiles:
    """What a series of durations looked like, in milliseconds. `worst_1pct` is the mean of its slowest hundredth."""

    count: int
    p50: float
    p95: float
    p99: float
    worst_1pct: float

    @classmethod
    def of(cls, values: Floats) -> Percentiles | None:
        """The percentiles of the finite entries, or None if there are none."""
        finite = np.sort(values[np.isfinite(values)])
        if not finite.size:
            return None
        p50, p95, p99 = np.percentile(finite, (50, 95, 99))
        slowest = finite[-max(1, finite.size // 100) :]
        return cls(int(finite.size), float(p50), float(p95), float(p99), float(slowest.mean()))


# Frames whose late stages may come before the frame itself: more than are ever between engine and screen.
_MOST_EARLY = 32


class StageHistory:
    """The last `capacity` frames: their records, and of the steady ones a row each, one column a series.

    For one thread.
    """

    def __init__(self, capacity: int = 600) -> None:
        self.capacity = capacity
        self.frames = 0  # steady frames ever noted
        self.unsteady = 0  # frames kept off the statistics
        self.on_gpu: frozenset[str] = frozenset()  # stages of the newest timed frame that its GPU timed
        self._rows: Floats = np.full((capacity, len(SERIES)), np.nan)
        self._shown: NDArray[np.int64] = np.zeros(capacity, np.int64)
        self._indices: NDArray[np.int64] = np.full(capacity, -1, np.int64)  # `Frame.index` of each row
        self._early: dict[int, tuple[StageTime, ...]] = {}  # by `Frame.index`: told before the frame was shown
        self._log = FrameLog(capacity)

    def __len__(self) -> int:
        return min(self.frames, self.capacity)

    def records(self) -> tuple[FrameRecord, ...]:
        """The last frames, oldest first, unsteady ones included, with whatever a GPU has told of them since."""
        return self._log.all()

    def record(self, index: int) -> FrameRecord | None:
        """The frame with that `Frame.index`, or None if it is gone."""
        return self._log.get(index)

    def add(self, record: FrameRecord) -> None:
        """Note one frame. Stages nobody has heard of are left out; a stage that came twice counts as their sum.

        A duration that cannot be true counts as none.
        """
        late = self._early.pop(record.index, ())
        self._log.add(record.amended(late) if late else record)
        if not record.steady:
            self.unsteady += 1
            return
        at = self.frames % self.capacity
        self._rows[at] = np.nan
        self._rows[at, -1] = record.latency_ms
        self._fill(self._rows[at], record.stages)
        self._shown[at] = record.shown_ns if 0 < record.shown_ns < LATEST_NS else 0
        self._indices[at] = record.index
        self.frames += 1
        self._note_gpu(record.stages)
        if late:
            self._amend_row(at, late)

    def amend(self, index: int, stages: Iterable[StageTime]) -> None:
        """Put in what is told late of the frame with that `Frame.index`: it counts instead of what was there.

        A frame that is not here yet gets it when it comes; one that is gone does not.
        """
        stages = tuple(stage for stage in stages if stage.name in SERIES[:-1])
        if index < 0 or not stages:
            return
        (rows,) = np.nonzero(self._indices == index)
        if rows.size:
            self._amend_row(int(rows[-1]), stages)
        if self._log.amend(index, stages) or rows.size:
            return
        self._early[index] = (*self._early.get(index, ()), *stages)
        for former in list(self._early)[:-_MOST_EARLY]:
            del self._early[former]

    def _amend_row(self, at: int, stages: tuple[StageTime, ...]) -> None:
        row = self._rows[at]
        row[[SERIES.index(stage.name) for stage in stages]] = np.nan
        self._fill(row, stages)
        self._note_gpu(stages)

    def _note_gpu(self, stages: tuple[StageTime, ...]) -> None:
        self.on_gpu = frozenset(stage.name for stage in stages if stage.clock == "gpu") or self.on_gpu

    def _fill(self, row: Floats, stages: Iterable[StageTime]) -> None:
        for stage in stages:
            if stage.name in SERIES[:-1] and is_believable(stage.duration_ms):
                column = SERIES.index(stage.name)
                row[column] = stage.duration_ms + (0.0 if np.isnan(row[column]) else row[column])

    def clear(self) -> None:
        """Forget everything: the next frames are of another generator, path or face."""
        self.frames = self.unsteady = 0
        self.on_gpu = frozenset()
        self._indices[:] = -1
        self._early.clear()
        self._log.clear()

    def values(self, name: str) -> Floats:
        """Milliseconds of one series, oldest first, NaN where a frame did not have that stage."""
        column: Floats = self._rows[self._order(), SERIES.index(name)]
        return column

    def percentiles(self, name: str) -> Percentiles | None:
        """p50, p95 and p99 of one series over the ring, or None if no frame had it."""
        return Percentiles.of(self.values(name))

    def table(self) -> dict[str, Percentiles]:
        """The percentiles of every series that has any."""
        return {name: found for name in SERIES if (found := self.percentiles(name)) is not None}

    def rate(self, now_ns: int, window_s: float = 1.0) -> float:
        """Frames a second shown within the last `window_s`; 0 when nothing moves."""
        shown = self._shown[self._order()]
        recent = shown[(shown > now_ns - window_s * 1e9) & (shown <= now_ns)]  # a clock may have gone back
        if recent.size < 2:
            return 0.0
        return float((recent.size - 1) * 1e9 / max(int(recent.max() - recent.min()), 1))

    def _order(self) -> NDArray[np.int64]:
        """Row numbers from the oldest to the newest."""
        return np.arange(self.frames - len(self), self.frames) % self.capacity
