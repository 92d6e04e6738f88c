"""CUDA events: marks on a stream that the device passes, taken from a pool and given back to it."""

from __future__ import annotations

import logging
from typing import Any

from gpu_core.cuda.calls import call, is_done, release
from gpu_core.errors import CudaError

log = logging.getLogger(__name__)

_DISABLE_TIMING = 2  # CU_EVENT_DISABLE_TIMING: cheaper where nobody asks for the time


class Events:
    """A pool of events of the current device. For one thread; the owner closes it.

    All methods raise CudaError if the driver refuses or the device is lost.
    """

    def __init__(self, *, timing: bool = False) -> None:
        self._flags = 0 if timing else _DISABLE_TIMING
        self._owned: list[Any] = []
        self._free: list[Any] = []

    def record(self, stream: Any) -> Any:
        """An event that the device passes once it has done everything put on the stream so far."""
        event = self._free.pop() if self._free else self._create()
        try:
            call("cuEventRecord", event, stream.handle)
        except BaseException:
            self._free.append(event)
            raise
        return event

    def _create(self) -> Any:
        event = call("cuEventCreate", self._flags)
        self._owned.append(event)
        return event

    def passed(self, event: Any) -> bool:
        """True once the device is past it. Never waits."""
        return is_done("cuEventQuery", event)

    def wait(self, event: Any) -> None:
        """Have the CPU wait until the device is past it."""
        call("cuEventSynchronize", event)

    def elapsed_ms(self, first: Any, second: Any) -> float:
        """Milliseconds between two events that have been passed; a float32: it loses digits over long times."""
        return float(call("cuEventElapsedTime", first, second))

    def record_or_wait(self, stream: Any) -> Any | None:
        """As `record`; where the driver refuses an event the CPU waits for the stream instead, and there is none."""
        try:
            return self.record(stream)
        except CudaError as error:
            log.warning("waiting for the GPU, for want of an event: %s", error)
            release("cuStreamSynchronize", stream.handle)
            return None

    def give_back(self, event: Any) -> None:
        """Nobody will ask this event any more: it may be recorded again."""
        self._free.append(event)

    def close(self) -> None:
        """Destroy every event, given back or not; idempotent."""
        for event in self._owned:
            release("cuEventDestroy", event)
        self.abandon()

    def abandon(self) -> None:
        """Forget every event without calling CUDA."""
        self._owned, self._free = [], []
