"""Page-locked host memory, and a ring of it for copies from the device that nobody waits for."""

from __future__ import annotations

import ctypes
import logging
from collections import deque
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gpu_core.cuda.calls import call, release
from gpu_core.cuda.events import Events

if TYPE_CHECKING:
    from gpu_core.cuda.driver import Cuda

log = logging.getLogger(__name__)


class PinnedMemory:
    """Page-locked host memory, `size` bytes; the current device copies to and from it without the CPU.

    Attributes:
        view: (size,) uint8 over it; not to be used after `close`.
        pointer: its address, good for the driver's copies.

    Raises:
        CudaError: no memory is left, or it is refused.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.pointer = int(call("cuMemAllocHost", size))
        self.view: NDArray[np.uint8] = np.ctypeslib.as_array((ctypes.c_uint8 * size).from_address(self.pointer))

    def close(self) -> None:
        """Free it; idempotent."""
        if self.pointer:
            release("cuMemFreeHost", self.pointer)
        self.pointer = 0
        self.view = np.empty(0, np.uint8)

    def __enter__(self) -> PinnedMemory:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


class PinnedRing:
    """`slots` buffers of `size` bytes. A full ring gives None, and what is held is never overwritten.

        slot = ring.copy(device_buffer, stream)    # None: all slots are held
        slot.ready()                               # the copy has arrived
        slot.view                                  # (size,) uint8
        slot.release()                             # from any thread; everything else on the ring's own

    Raises:
        CudaError: no memory is left, or it is refused.
    """

    def __init__(self, cuda: Cuda, slots: int, size: int) -> None:
        self.size = size
        self._events = Events()
        self._memory: list[PinnedMemory] = []
        self._marks: list[Any] = [None] * slots  # the event after each slot's last copy
        self._free: deque[int] = deque()
        with ExitStack() as owned:
            owned.callback(self.close)
            for slot in range(slots):
                self._memory.append(cuda.pinned(size))
                self._free.append(slot)
            owned.pop_all()

    @property
    def free(self) -> int:
        """Slots nobody holds."""
        return len(self._free)

    def copy(self, source: Any, stream: Any, size: int | None = None) -> PinnedSlot | None:
        """Start copying `size` bytes (default: all) from a device buffer or address; None if every slot is in use.

        A slot that was released before its copy had arrived counts as used until it has.

        Raises:
            CudaError: the copy is refused; the slot is free again.
            ValueError: more bytes than a slot holds.
        """
        wanted = self.size if size is None else size
        if wanted > self.size:
            raise ValueError(f"{wanted} bytes do not fit a slot of {self.size}")
        if (slot := self._take()) is None:
            return None
        try:
            address = int(getattr(source, "handle", source))
            call("cuMemcpyAsync", self._memory[slot].pointer, address, wanted, stream.handle)
        except BaseException:
            self._free.append(slot)
            raise
        self._mark(slot, stream)
        return PinnedSlot(self, slot, wanted)

    def _take(self) -> int | None:
        slot = next((slot for slot in tuple(self._free) if self.arrived(slot)), None)
        if slot is not None:
            self._free.remove(slot)
        return slot

    def _mark(self, slot: int, stream: Any) -> None:
        if self._marks[slot] is not None:
            self._events.give_back(self._marks[slot])
        self._marks[slot] = self._events.record_or_wait(stream)

    def arrived(self, slot: int) -> bool:
        """True if no copy into this slot is under way."""
        return self._marks[slot] is None or self._events.passed(self._marks[slot])

    def memory(self, slot: int) -> PinnedMemory:
        """The memory of a slot."""
        return self._memory[slot]

    def give_back(self, slot: int) -> None:
        """A slot is held no more; from any thread."""
        self._free.append(slot)

    def close(self) -> None:
        """Wait for copies under way and free everything; idempotent.

        What somebody still holds is left alone: memory lost is better than a crash on the thread that reads it.
        """
        for mark in self._marks:
            if mark is not None:
                release("cuEventSynchronize", mark)
        held = len(self._memory) - len(self._free)
        for slot in self._free:
            self._memory[slot].close()
        if held:
            log.warning("%d slots of page-locked memory are still held and stay", held)
        self._memory, self._marks = [], []
        self._free.clear()
        self._events.close()


class PinnedSlot:
    """One copy on its way to the host."""

    def __init__(self, ring: PinnedRing, slot: int, size: int) -> None:
        self._ring: PinnedRing | None = ring
        self._slot = slot
        self._view = ring.memory(slot).view[:size]

    @property
    def view(self) -> NDArray[np.uint8]:
        """The bytes that were copied, (size,) uint8; valid between `ready` and `release`."""
        return self._view

    def ready(self) -> bool:
        """True once the bytes are there. Never waits.

        Raises:
            CudaError: the device is lost.
        """
        return self._ring is None or self._ring.arrived(self._slot)

    def release(self) -> None:
        """Give the slot back; idempotent, from any thread."""
        ring, self._ring = self._ring, None
        if ring is not None:
            ring.give_back(self._slot)
