"""How long the device took for the stages of a batch, read when it has passed them; nothing here waits.

clock = GpuClock(cuda)
batch = clock.batch()
with batch.stage(stream, "pack"):
    ...                                # whatever is put on the stream here
batch.stages()                         # None while the device is not there yet, then the stages
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from gpu_core.cuda.driver import Cuda
from gpu_core.settings import StageTime


class GpuClock:
    """Events of a device, and where its clock stands against `time.perf_counter_ns`. For one thread."""

    def __init__(self, cuda: Cuda) -> None:
        raise NotImplementedError

    def batch(self) -> BatchStages:
        """A fresh sheet for the stages of one batch."""
        raise NotImplementedError

    def close(self) -> None:
        """Destroy every event, also those of batches nobody asked; idempotent."""


class BatchStages:
    """The stages of one batch on the device's clock."""

    @contextmanager
    def stage(self, stream: Any, name: str) -> Iterator[None]:
        """Time what the body puts on a stream. A body that raises leaves no stage.

        Raises:
            CudaError: the driver refuses an event.
        """
        raise NotImplementedError
        yield

    def stages(self) -> tuple[StageTime, ...] | None:
        """All stages in the order they began, clock "gpu"; None while the device has not passed the last one.

        Raises:
            CudaError: the device is lost.
        """
        raise NotImplementedError

    def drop(self) -> None:
        """Give the events back unread; harmless after `stages` has told."""
