"""Page-locked host memory, and a ring of it for copies from the device that nobody waits for."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray


class PinnedMemory:
    """Page-locked host memory.

    Attributes:
        view: (size,) uint8 over it; not to be used after `close`.
        pointer: its address, good for the driver's copies.
    """

    view: NDArray[np.uint8]
    pointer: int
    size: int

    def close(self) -> None:
        """Free it; idempotent."""

    def __enter__(self) -> PinnedMemory:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


class PinnedRing:
    """`slots` buffers of `size` bytes; a full ring gives None, and what is held is never overwritten. For one thread.

    slot = ring.copy(device_buffer, stream)    # None: all slots are held
    slot.ready()                               # the copy has arrived
    slot.view                                  # (size,) uint8
    slot.release()                             # may be called from any thread
    """

    def __init__(self, cuda: Any, slots: int, size: int) -> None:
        raise NotImplementedError

    @property
    def free(self) -> int:
        """Slots nobody holds."""
        raise NotImplementedError

    def copy(self, source: Any, stream: Any, size: int | None = None) -> PinnedSlot | None:
        """Start copying `size` bytes (default: all) from a device buffer or address; None if every slot is held.

        Raises:
            CudaError: the copy is refused; the slot is free again.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Wait for copies under way and free everything; idempotent."""


class PinnedSlot:
    """One copy on its way to the host."""

    view: NDArray[np.uint8]  # of the bytes that were copied; valid between `ready` and `release`

    def ready(self) -> bool:
        """True once the bytes are there. Never waits.

        Raises:
            CudaError: the device is lost.
        """
        raise NotImplementedError

    def release(self) -> None:
        """Give the slot back; idempotent, from any thread."""
