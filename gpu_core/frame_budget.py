"""Where the time between two frames goes: how long each stage and each worker is busy in it. Pure arithmetic.

Stages overlap, so busy times are unions of intervals, never sums. Only stretches in which frames follow one another
count: what lies in a gap (see gpu_core.frame_statistics) is cut off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gpu_core.frame_record import LATEST_NS, FrameRecord, is_believable, span_ms
from gpu_core.frame_statistics import intervals_ms
from gpu_core.settings import StageTime

# Who works: each does one thing at a time, all of them beside each other.
ENGINE, INFERENCE, GPU, WINDOW = "engine thread", "inference", "gpu", "window"
WORKERS = (ENGINE, INFERENCE, GPU, WINDOW)
NEWEST = 240  # records: some seconds, so that a verdict speaks of now

Span = tuple[int, int]


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
    return {"cpu:infer": INFERENCE, "cpu:show": WINDOW}.get(key, ENGINE)


def budget(records: Sequence[FrameRecord], *, target_fps: float) -> FrameBudget:
    """The budget of the newest frames. Timings that cannot be true are left out; nothing raises."""
    records = records[-NEWEST:]
    period_ms = 1000.0 / target_fps if 1e-3 <= target_fps <= 1e6 else 0.0
    lengths = intervals_ms(records, period_ms=period_ms)
    counted = [record for record, length in zip(records[1:], lengths, strict=True) if length is not None]
    followed = [record for record, length in zip(records[:-1], lengths, strict=True) if length is not None]
    stretches = _stretches(followed, counted)
    busy = _busy_spans(records)
    period = _mean([length for length in lengths if length is not None])
    frames_in = _within(stretches, stretches) / period if period else 0.0

    def a_frame(spans: Iterable[Span]) -> float:
        return _within(_union(spans), stretches) / frames_in if frames_in else 0.0

    workers = {worker: [span for key in busy if _worker_of(key) == worker for span in busy[key]] for worker in WORKERS}
    return FrameBudget(
        frames=len(counted),
        pauses=sum(a.steady and b.steady and s is None for a, b, s in zip(records, records[1:], lengths, strict=False)),
        period_ms=period,
        latency_ms=_mean([wait for record in records if record.steady and (wait := _latency(record)) is not None]),
        unasked_ms=_mean([_unasked_ms(*pair) for pair in zip(followed, counted, strict=True)]),
        in_flight=_mean([float(record.in_flight) for record in counted]),
        stages_ms={key: a_frame(spans) for key, spans in busy.items()},
        workers_ms={worker: a_frame(spans) for worker, spans in workers.items()},
        any_ms=a_frame(span for spans in busy.values() for span in spans),
    )


def _stretches(followed: Sequence[FrameRecord], counted: Sequence[FrameRecord]) -> list[Span]:
    """When frames followed one another, up to the newest one's request: after that, unfinished ones were worked on."""
    spans = [(before.shown_ns, after.shown_ns) for before, after in zip(followed, counted, strict=True)]
    until_ns = counted[-1].requested_ns if counted else 0
    known = [(start, min(end, until_ns)) for start, end in spans if start < until_ns]
    return _union(known or spans)


def _latency(record: FrameRecord) -> float | None:
    return span_ms(record.requested_ns, record.shown_ns)


def _unasked_ms(before: FrameRecord, after: FrameRecord) -> float:
    return 0.0 if after.dropped else span_ms(before.shown_ns, min(after.requested_ns, after.shown_ns)) or 0.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _busy_spans(records: Iterable[FrameRecord]) -> dict[str, list[Span]]:
    """When each stage was being worked on, by "clock:name"; of steady frames and others alike, for all are work."""
    spans: dict[str, list[Span]] = {}
    for record in records:
        for stage in record.stages:
            if is_believable(stage.duration_ms) and 0 < stage.start_ns < LATEST_NS:
                end_ns = stage.start_ns + round(stage.duration_ms * 1e6)
                spans.setdefault(f"{stage.clock}:{stage.name}", []).append((stage.start_ns, end_ns))
    return spans


def _union(spans: Iterable[Span]) -> list[Span]:
    """The same time as spans that neither overlap nor touch, in order."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _within(spans: Sequence[Span], stretches: Sequence[Span]) -> float:
    """Milliseconds of `spans` that lie in `stretches`; both as `_union` makes them."""
    total_ns, at = 0, 0
    for start, end in spans:
        while at < len(stretches) and stretches[at][1] <= start:
            at += 1
        for low, high in stretches[at:]:
            if low >= end:
                break
            total_ns += max(0, min(end, high) - max(start, low))
    return total_ns / 1e6
