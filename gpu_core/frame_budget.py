"""Where the time between two frames goes: how long each stage and each worker is busy in it. Pure arithmetic.

Stages overlap, so busy times are unions of intervals, never sums. Only stretches in which frames follow one another
count: what lies in a gap (see gpu_core.frame_statistics) is cut off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gpu_core.frame_record import LATEST_NS, FrameRecord, is_believable, span_ms
from gpu_core.frame_statistics import intervals_ms, period_of
from gpu_core.settings import StageTime
from gpu_core.timing import Floats

# Who works: each does one thing at a time, all of them beside each other.
ENGINE, INFERENCE, GPU, WINDOW = "engine thread", "inference", "gpu", "window"
WORKERS = (ENGINE, INFERENCE, GPU, WINDOW)
ENCODER = "encoder"  # of a recording: beside the frames, none of which waits for it
NEWEST = 150  # records: some seconds, so that a verdict speaks of now


@dataclass(frozen=True)
class FrameBudget:
    """Means over frames that followed another without a gap; all in milliseconds a frame unless said otherwise."""

    frames: int
    pauses: int  # times in which nothing was asked for
    period_ms: float  # from one frame to the next
    latency_ms: float  # input event -> screen
    unasked_ms: float  # of the period: nothing was asked for
    in_flight: float  # batches
    stages_ms: Mapping[str, float]  # "cpu:infer", "gpu:infer"...: busy with that stage
    workers_ms: Mapping[str, float]  # one of `WORKERS`: busy at all
    any_ms: float  # at least one of them is busy

    def share(self, worker: str) -> float:
        """How much of the period a worker is busy, 0..1."""
        return self.workers_ms[worker] / self.period_ms if self.period_ms else 0.0

    def slowest(self, worker: str) -> tuple[str, float]:
        """The stage a worker spends most time in, "clock:name", and how much."""
        own = {key: value for key, value in self.stages_ms.items() if _worker_of(key) == worker}
        return max(own.items(), key=lambda item: item[1], default=("", 0.0))


def worker_of(stage: StageTime) -> str:
    """Who does a stage."""
    return _worker_of(f"{stage.clock}:{stage.name}")


def _worker_of(key: str) -> str:
    if key.startswith("gpu:"):
        return GPU
    return {"cpu:infer": INFERENCE, "cpu:show": WINDOW, "cpu:encode": ENCODER}.get(key, ENGINE)


def budget(records: Sequence[FrameRecord], *, target_fps: float) -> FrameBudget:
    """The budget of the newest frames. Timings that cannot be true are left out; nothing raises."""
    records = records[-NEWEST:]
    lengths = intervals_ms(records, period_ms=period_of(target_fps))
    counted = [record for record, length in zip(records[1:], lengths, strict=True) if length is not None]
    followed = [record for record, length in zip(records[:-1], lengths, strict=True) if length is not None]
    period = _mean([length for length in lengths if length is not None])
    clock = _Stretches(followed, counted)
    busy = {key: clock.of(spans) for key, spans in _busy_spans(records).items()}
    frames_in = clock.length_ms / period if period else 0.0

    def a_frame(keys: Iterable[str]) -> float:
        spans = [busy[key] for key in keys]
        return _union_ms(np.concatenate(spans)) / frames_in if spans and frames_in else 0.0

    return FrameBudget(
        frames=len(counted),
        pauses=sum(a.steady and b.steady and s is None for a, b, s in zip(records, records[1:], lengths, strict=False)),
        period_ms=period,
        latency_ms=_mean([wait for record in records if record.steady and (wait := _latency(record)) is not None]),
        unasked_ms=_mean([_unasked_ms(*pair) for pair in zip(followed, counted, strict=True)]),
        in_flight=_mean([float(record.in_flight) for record in counted]),
        stages_ms={key: a_frame([key]) for key in busy},
        workers_ms={worker: a_frame(key for key in busy if _worker_of(key) == worker) for worker in WORKERS},
        any_ms=a_frame(busy),
    )


class _Stretches:
    """When frames followed one another: a clock that runs then, in milliseconds, and stands still in gaps.

    It ends with the newest frame's request: after that, frames were worked on that are not finished.
    """

    def __init__(self, followed: Sequence[FrameRecord], counted: Sequence[FrameRecord]) -> None:
        spans = sorted((before.shown_ns, after.shown_ns) for before, after in zip(followed, counted, strict=True))
        until_ns = counted[-1].requested_ns if counted else 0
        spans = [(start, min(end, until_ns)) for start, end in spans if start < until_ns] or spans
        self._start_ns = spans[0][0] if spans else 0
        edges = np.array(spans, np.int64).reshape(-1, 2) - self._start_ns
        # A clock that went back may have shown two frames at a time: no stretch begins before the one before it ends.
        self._edges: Floats = np.maximum.accumulate(edges.ravel()).astype(np.float64)
        lengths = np.diff(self._edges, prepend=0.0)
        lengths[::2] = 0.0
        self._read_ms: Floats = np.cumsum(lengths) / 1e6

    @property
    def length_ms(self) -> float:
        """All of it."""
        return float(self._read_ms[-1]) if self._read_ms.size else 0.0

    def of(self, spans: NDArray[np.int64]) -> Floats:
        """Spans (n, 2) of nanoseconds as this clock has them."""
        if not self._read_ms.size:
            return np.zeros((0, 2))
        read: Floats = np.interp((spans - self._start_ns).astype(np.float64), self._edges, self._read_ms)
        return read


def _latency(record: FrameRecord) -> float | None:
    return span_ms(record.requested_ns, record.shown_ns)


def _unasked_ms(before: FrameRecord, after: FrameRecord) -> float:
    return 0.0 if after.dropped else span_ms(before.shown_ns, min(after.requested_ns, after.shown_ns)) or 0.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _busy_spans(records: Iterable[FrameRecord]) -> dict[str, NDArray[np.int64]]:
    """When each stage was being worked on, by "clock:name"; of steady frames and others alike, for all are work."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for record in records:
        for stage in record.stages:
            if worker_of(stage) == ENCODER:
                continue
            if is_believable(stage.duration_ms) and 0 < stage.start_ns < LATEST_NS:
                end_ns = stage.start_ns + round(stage.duration_ms * 1e6)
                spans.setdefault(f"{stage.clock}:{stage.name}", []).append((stage.start_ns, end_ns))
    return {key: np.array(pairs, np.int64) for key, pairs in spans.items()}


def _union_ms(spans: Floats) -> float:
    """How long at least one of the spans (n, 2) lasts."""
    start, end = spans[np.argsort(spans[:, 0])].T
    covered = np.maximum.accumulate(end)[:-1]  # up to where, before each but the first
    return float((end[:1] - start[:1]).sum() + np.maximum(end[1:] - np.maximum(start[1:], covered), 0.0).sum())
