"""How long the device took for the stages of a batch, read when it has passed them; nothing here waits.

    clock = GpuClock(cuda)
    batch = clock.batch()
    with batch.stage(stream, "pack"):
        ...                                # whatever is put on the stream here
    batch.stages()                         # None while the device is not there yet, then the stages

A stage lies between two events. Where it began on `time.perf_counter_ns` follows from an anchor: an event on a stream
of its own that does nothing else, so that the device passes it the moment it is recorded. Spans between events are
float32 milliseconds, exact to a microsecond over seconds, to a quarter of a millisecond over an hour: so the anchor is
renewed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gpu_core.cuda.calls import close_quietly
from gpu_core.cuda.events import Events
from gpu_core.errors import CudaError
from gpu_core.nvtx_ranges import stage_range
from gpu_core.settings import StageTime

if TYPE_CHECKING:
    from gpu_core.cuda.driver import Cuda

_ANCHOR_AGE_NS = 5_000_000_000


@dataclass
class _Anchor:
    """One moment on both clocks, and how many batches still refer to it."""

    event: Any
    host_ns: int
    users: int = 0


@dataclass(frozen=True)
class _Span:
    name: str
    issued_ns: int
    start: Any
    end: Any


class GpuClock:
    """Events of a device, and where its clock stands against `time.perf_counter_ns`. For one thread.

    Raises:
        CudaError: the driver refuses a stream or an event.
    """

    def __init__(self, cuda: Cuda, now_ns: Callable[[], int] = time.perf_counter_ns) -> None:
        self.now_ns = now_ns
        self.events = Events(timing=True)
        self._stream = cuda.stream()
        self._anchor: _Anchor | None = None

    def batch(self) -> BatchStages:
        """A fresh sheet for the stages of one batch.

        Raises:
            CudaError: the driver refuses an event.
        """
        return BatchStages(self)

    def anchor(self) -> _Anchor:
        """The anchor of now, taken into use."""
        if self._anchor is None or self.now_ns() - self._anchor.host_ns > _ANCHOR_AGE_NS:
            old, event = self._anchor, self.events.record(self._stream)
            self._anchor = _Anchor(event, self.now_ns())
            if old is not None and not old.users:
                self.events.give_back(old.event)
        self._anchor.users += 1
        return self._anchor

    def let_go(self, anchor: _Anchor) -> None:
        """A batch needs this anchor no more."""
        anchor.users -= 1
        if not anchor.users and anchor is not self._anchor:
            self.events.give_back(anchor.event)

    @property
    def closed(self) -> bool:
        """True once the events are gone."""
        return self._stream is None

    def close(self) -> None:
        """Destroy every event, also those of batches nobody asked; idempotent."""
        self.events.close()
        self._anchor = None
        close_quietly(self._stream)
        self._stream = None


class BatchStages:
    """The stages of one batch on the device's clock. `GpuClock.batch` makes it."""

    def __init__(self, clock: GpuClock) -> None:
        self._clock = clock
        self._anchor: _Anchor | None = clock.anchor()
        self._spans: list[_Span] = []
        self._told: tuple[StageTime, ...] = ()

    @contextmanager
    def stage(self, stream: Any, name: str) -> Iterator[None]:
        """Time what the body puts on a stream. A body that raises leaves no stage.

        Raises:
            CudaError: the driver refuses an event.
        """
        events, issued_ns = self._clock.events, self._clock.now_ns()
        start = events.record(stream)
        try:
            with stage_range(name):  # Nsight carries it over to what is put on the stream here
                yield
            self._spans.append(_Span(name, issued_ns, start, events.record(stream)))
        except BaseException:
            events.give_back(start)
            raise

    def stages(self) -> tuple[StageTime, ...] | None:
        """All stages in the order they ended, clock "gpu"; None while the device has not passed them all.

        Nothing comes of a device that is lost: the calls that matter say so.
        """
        try:
            if self._anchor is not None and not self._clock.closed:
                if not self._passed(self._anchor):
                    return None
                self._told = tuple(self._measured(span, self._anchor) for span in self._spans)
        except CudaError:
            self._told = ()
        self.drop()
        return self._told

    def _passed(self, anchor: _Anchor) -> bool:
        marks = [span.end for span in reversed(self._spans)]  # the last first: until it is passed nothing else matters
        return all(self._clock.events.passed(mark) for mark in (*marks, anchor.event))

    def _measured(self, span: _Span, anchor: _Anchor) -> StageTime:
        """A stage; it began neither before it was put on the stream nor so late that it would not have ended yet."""
        events, duration_ms = self._clock.events, self._clock.events.elapsed_ms(span.start, span.end)
        start_ns = anchor.host_ns + int(events.elapsed_ms(anchor.event, span.start) * 1e6)
        latest_ns = self._clock.now_ns() - int(duration_ms * 1e6)
        return StageTime(span.name, max(span.issued_ns, min(start_ns, latest_ns)), duration_ms, "gpu")

    def drop(self) -> None:
        """Give the events back unread; harmless after `stages` has told."""
        anchor, self._anchor = self._anchor, None
        if anchor is None or self._clock.closed:
            return
        for span in self._spans:
            self._clock.events.give_back(span.start)
            self._clock.events.give_back(span.end)
        self._clock.let_go(anchor)
