"""What the last frames come to: frames a second, latency, 1 % low, jitter, deadlines, losses. Pure arithmetic.

Only steady frames count. An interval lies between two frames that were shown one after the other; where nothing was
asked for meanwhile, or a clock jumped, there is a gap instead, and a gap is in no figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from gpu_core.frame_record import FrameRecord, span_ms
from gpu_core.timing import Floats, Percentiles

LATE = 1.5  # of the target's period: half a period late, the frame misses its moment whichever way that is rounded
NEWER_REQUEST = "newer request"  # it was still waiting when a newer one came
NEWER_PICTURE = "newer picture"  # it was drawn, and a newer one was finished before it could be painted


@dataclass(frozen=True)
class FrameStatistics:
    """The figures of a stretch of frames. None: there is nothing it could be computed from. No figure is ever NaN."""

    frames: int  # steady ones
    fps: float  # shown a second, gaps left out; 0: there are no two frames in a row
    latency: Percentiles | None  # input event -> screen
    one_percent_low_fps: float | None
    jitter_ms: float | None
    missed: int  # frames that were shown later than `LATE` periods after the one before or their own request
    target_fps: float  # 0: none
    dropped: int  # requests that never reached the screen
    dropped_why: Mapping[str, int] = field(default_factory=dict)
    queue_depth: float = 0.0  # mean batches in flight
    age_ms: float | None = None  # of the frame that is on the screen, since its input event
    gaps: int = 0


def statistics(records: Sequence[FrameRecord], *, now_ns: int, target_fps: float) -> FrameStatistics:
    """Condense records, oldest first; `target_fps` 0 asks for no rate. Whatever the timings say, this never raises."""
    period_ms = period_of(target_fps)
    steady = [record for record in records if record.steady]
    spans = intervals_ms(records, period_ms=period_ms)
    shown = np.array([span for span in spans if span is not None])
    why = {
        NEWER_REQUEST: sum(max(record.dropped, 0) for record in steady),
        NEWER_PICTURE: sum(max(record.unshown, 0) for record in steady),
    }
    depths = [record.in_flight for record in steady if 0 < record.in_flight < 1000]
    return FrameStatistics(
        frames=len(steady),
        fps=_rate(shown),
        latency=Percentiles.of(np.array([record.latency_ms for record in steady])),
        one_percent_low_fps=one_percent_low(shown),
        jitter_ms=_jitter(spans),
        missed=_missed(records, spans, LATE * period_ms) if period_ms else 0,
        target_fps=target_fps if period_ms else 0.0,
        dropped=sum(why.values()),
        dropped_why={reason: count for reason, count in why.items() if count},
        queue_depth=sum(depths) / len(depths) if depths else 0.0,
        age_ms=span_ms(records[-1].requested_ns, now_ns) if records else None,
        gaps=sum(span is None for span in spans),
    )


def period_of(target_fps: float) -> float:
    """Milliseconds from one frame to the next at a rate that is asked for; 0 where none is, or one that cannot be."""
    return 1000.0 / target_fps if 1e-3 <= target_fps <= 1e6 else 0.0


def intervals_ms(records: Sequence[FrameRecord], *, period_ms: float = 0.0) -> list[float | None]:
    """Milliseconds between frames that were shown in a row, None for a gap: one entry fewer than there are records.

    Args:
        period_ms: of the rate that is asked for; a source that asked for nothing for longer than `LATE` of them paused.
            0: any time in which nothing was asked for, and that is longer than the frame itself took, is a pause.
    """
    return [_interval(before, after, period_ms) for before, after in pairwise(records)]


def _interval(before: FrameRecord, after: FrameRecord, period_ms: float) -> float | None:
    whole = span_ms(before.shown_ns, after.shown_ns)
    if not (before.steady and after.steady) or not whole:
        return None
    unasked = span_ms(before.shown_ns, after.requested_ns) or 0.0
    pause_ms = LATE * period_ms if period_ms else whole - unasked
    return None if unasked > pause_ms and not after.dropped else whole


def one_percent_low(intervals: Floats) -> float | None:
    """Frames a second of the slowest hundredth of the intervals: their number divided by the time they took.

    "x % low average" of https://www.capframex.com/blog/post/Explanation%20of%20different%20performance%20metrics.
    Of fewer than a hundred it is the slowest.
    """
    if not intervals.size:
        return None
    slowest = np.sort(intervals)[-max(1, intervals.size // 100) :]
    return _rate(slowest)


def _rate(intervals: Floats) -> float:
    return float(1000.0 * intervals.size / intervals.sum()) if intervals.size else 0.0


def _jitter(spans: Sequence[float | None]) -> float | None:
    """Mean |difference| of one interval and the next: |D| of RFC 3550, 6.4.1, without its smoothing over time."""
    steps = [abs(after - before) for before, after in pairwise(spans) if before is not None and after is not None]
    return sum(steps) / len(steps) if steps else None


def _missed(records: Sequence[FrameRecord], spans: Sequence[float | None], late_ms: float) -> int:
    pairs = zip(spans, records[1:], strict=True)
    return sum(_waited_ms(span, after) > late_ms for span, after in pairs if span is not None)


def _waited_ms(span: float, after: FrameRecord) -> float:
    """How long the screen waited for a frame. What nobody had asked for yet cannot be late: then its request counts."""
    return span if after.dropped else min(span, span_ms(after.requested_ns, after.shown_ns) or span)
