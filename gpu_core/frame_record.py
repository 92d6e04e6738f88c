"""What is remembered of a frame after its picture is gone: when it was asked for, and what each stage took."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from gpu_core.settings import Frame, StageTime

Instant: TypeAlias = int  # nanoseconds on the clock of time.perf_counter_ns; 0: not known

# A choice: nothing here takes an hour. What is said to have taken longer, or less than nothing, is a clock that jumped.
LONGEST_MS = 3_600_000.0
LATEST_NS = 2**62  # 146 years after the start of the clock: later instants are none, and would not fit into arrays


@dataclass(frozen=True)
class FrameRecord:
    """One frame on its way from the request to the screen. Stages of a GPU carry `clock` "gpu", on the host's clock."""

    index: int  # `Frame.index`
    requested_ns: Instant  # the input event
    submitted_ns: Instant  # handed to the engine
    finished_ns: Instant  # the picture is in its texture
    shown_ns: Instant  # on the screen; without a window: the same as `finished_ns`
    stages: tuple[StageTime, ...]
    steady: bool  # False: something was loaded or compiled on the way, or it is one of the first
    in_flight: int  # batches in the pipeline when it was submitted, itself included: 1..3
    dropped: int  # requests that were dropped between the frame before it and this one
    path: str  # name of the path it took
    traffic_bytes: int = 0  # over the bus, or copied in memory on software OpenGL
    unshown: int = 0  # pictures finished since the frame before it that a newer one replaced before they were shown

    @property
    def latency_ms(self) -> float:
        """Input event -> screen; NaN where either is not known or the clock went backwards."""
        found = span_ms(self.requested_ns, self.shown_ns)
        return float("nan") if found is None else found

    def amended(self, stages: Iterable[StageTime]) -> FrameRecord:
        """The record with what a device told late, in place of the host's stages of the same names."""
        late = tuple(stages)
        names = {stage.name for stage in late}
        return replace(self, stages=(*(stage for stage in self.stages if stage.name not in names), *late))


def record_of(
    frame: Frame, *, stages: tuple[StageTime, ...] = (), shown_ns: Instant = 0, dropped: int = 0, unshown: int = 0
) -> FrameRecord:
    """What is remembered of a finished frame.

    Args:
        stages: what was done with it after it left the engine.
        shown_ns: 0 where there is no screen.
    """
    return FrameRecord(
        index=frame.index,
        requested_ns=frame.request.requested_ns,
        submitted_ns=frame.submitted_ns,
        finished_ns=frame.finished_ns,
        shown_ns=shown_ns or frame.finished_ns,
        stages=(*frame.stages, *stages),
        steady=frame.steady,
        in_flight=frame.in_flight,
        dropped=dropped,
        path=frame.path,
        traffic_bytes=frame.traffic.host_bytes,
        unshown=unshown,
    )


class FrameLog:
    """The last `capacity` records, steady and unsteady. For one thread."""

    def __init__(self, capacity: int) -> None:
        self._records: deque[FrameRecord] = deque(maxlen=capacity)

    def add(self, record: FrameRecord) -> None:
        """Note the newest frame."""
        self._records.append(record)

    def amend(self, index: int, stages: Iterable[StageTime]) -> bool:
        """Put in what a device told late of that frame; False if it is not here."""
        for back, record in enumerate(reversed(self._records), 1):  # nearly always one of the newest
            if record.index == index:
                self._records[-back] = record.amended(stages)
                return True
        return False

    def get(self, index: int) -> FrameRecord | None:
        """The newest record with that `Frame.index`, or None."""
        return next((record for record in reversed(self._records) if record.index == index), None)

    def all(self) -> tuple[FrameRecord, ...]:
        """Every record, oldest first."""
        return tuple(self._records)

    def clear(self) -> None:
        """Forget them all."""
        self._records.clear()


def is_believable(duration_ms: float) -> bool:
    """Whether something can have taken so long: neither negative, nor NaN, nor longer than `LONGEST_MS`."""
    return 0.0 <= duration_ms <= LONGEST_MS  # False for NaN


def span_ms(start_ns: Instant, end_ns: Instant) -> float | None:
    """From one instant to another; None where one is not known, or the clock jumped between them."""
    if not 0 < start_ns <= end_ns < LATEST_NS:
        return None
    duration_ms = (end_ns - start_ns) / 1e6
    return duration_ms if is_believable(duration_ms) else None
