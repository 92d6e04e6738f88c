"""Where the time of one frame went: its stages on their tracks, and the waits between them. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gpu_core.frame_budget import WINDOW, worker_of
from gpu_core.frame_record import LATEST_NS, LONGEST_MS, FrameRecord, is_believable, span_ms
from gpu_core.settings import StageTime
from gpu_core.timing import BESIDE, STAGES

WAIT = "wait"
# What is shorter is the cost of looking at the clock, not a wait.
LEAST_WAIT_MS = 0.05
# A clock of a GPU, set beside the host's, may be off by a little.
EARLIEST_MS = -1.0

# What a frame waits for before a stage begins, where it is not just the stage before.
_WAITS: Mapping[str, str] = {
    "infer": "in the generator's queue",
    "unpack": "waited for the engine thread",
    "copy_in": "waited for the engine thread",
    "show": "waited for the window",
}


@dataclass(frozen=True)
class Span:
    """A stage or a wait of one frame. Milliseconds since the request."""

    name: str  # a stage, or WAIT
    track: str  # one of gpu_core.frame_budget.WORKERS, or ENCODER
    start_ms: float
    duration_ms: float
    title: str = ""  # of a wait, in words

    @property
    def end_ms(self) -> float:
        """When it ended."""
        return self.start_ms + self.duration_ms


def origin_ns(record: FrameRecord) -> int:
    """Where a frame's time begins: the request, or the first that is known after it; 0 if nothing is."""
    begins = [stage.start_ns for stage in record.stages if is_believable(stage.duration_ms)]
    told = (record.requested_ns, record.submitted_ns, min(filter(_is_instant, begins), default=0))
    return next(filter(_is_instant, told), 0)


def stage_spans(record: FrameRecord) -> tuple[Span, ...]:
    """The stages that lie where they can, by their beginning; those of a clock that jumped are left out."""
    return _spans(record, STAGES)


def spans_beside(record: FrameRecord) -> tuple[Span, ...]:
    """What was done with the frame while nothing waited for it."""
    return _spans(record, BESIDE)


def _spans(record: FrameRecord, names: tuple[str, ...]) -> tuple[Span, ...]:
    origin = origin_ns(record)
    placed = (_place(stage, origin) for stage in record.stages if stage.name in names)
    return tuple(sorted((span for span in placed if span is not None), key=lambda span: span.start_ms))


def unplaced(record: FrameRecord) -> int:
    """How many stages have no time that could be true."""
    return len(record.stages) - len(stage_spans(record)) - len(spans_beside(record))


def waits(record: FrameRecord) -> tuple[Span, ...]:
    """The times in which nothing was done for this frame, named by what it waited for."""
    found: list[Span] = []
    cursor_ms = 0.0
    for span in stage_spans(record):
        if span.start_ms - cursor_ms >= LEAST_WAIT_MS:
            found += _wait(record, cursor_ms, span)
        cursor_ms = max(cursor_ms, span.end_ms)
    left_ms = record.latency_ms - cursor_ms
    if cursor_ms > 0.0 and left_ms >= LEAST_WAIT_MS:  # not if it is NaN
        found.append(Span(WAIT, WINDOW, cursor_ms, left_ms, "until it was on the screen"))
    return tuple(found)


def shares(record: FrameRecord) -> dict[str, float]:
    """Milliseconds of the latency by stage and WAIT; where stages overlap the time belongs to the one that began first.

    They add up to the time from the request to the end of the last stage.
    """
    taken: dict[str, float] = {}
    cursor_ms = 0.0
    for span in sorted((*stage_spans(record), *waits(record)), key=lambda span: span.start_ms):
        own_ms = span.end_ms - max(span.start_ms, cursor_ms)
        if own_ms > 0.0:
            taken[span.name] = taken.get(span.name, 0.0) + own_ms
        cursor_ms = max(cursor_ms, span.end_ms)
    return taken


def _place(stage: StageTime, origin: int) -> Span | None:
    if not is_believable(stage.duration_ms) or not _is_instant(stage.start_ns):
        return None
    start_ms = (stage.start_ns - origin) / 1e6
    if not origin or not EARLIEST_MS <= start_ms <= LONGEST_MS:
        return None
    return Span(stage.name, worker_of(stage), max(start_ms, 0.0), stage.duration_ms)


def _is_instant(time_ns: int) -> bool:
    return 0 < time_ns < LATEST_NS


def _wait(record: FrameRecord, since_ms: float, before: Span) -> list[Span]:
    """What lies before a stage; before the first one, until the engine took the request and what came after that."""
    length_ms = before.start_ms - since_ms
    if since_ms > 0.0:
        title = _WAITS.get(before.name, f"before {before.name.replace('_', ' ')}")
        return [Span(WAIT, before.track, since_ms, length_ms, title)]
    told_ms = span_ms(origin_ns(record), record.submitted_ns)
    taken_ms = before.start_ms if told_ms is None else min(told_ms, before.start_ms)
    parts = (
        Span(WAIT, before.track, 0.0, taken_ms, "waited for the engine"),
        Span(WAIT, before.track, taken_ms, before.start_ms - taken_ms, f"before {before.name.replace('_', ' ')}"),
    )
    return [part for part in parts if part.duration_ms >= LEAST_WAIT_MS]
