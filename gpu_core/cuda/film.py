"""Pictures for a recording: turned into NV12 by a kernel and copied to the host beside everything else.

    film.take(source) -> Recorded         at once; None while every slot is held
    recorded.ready() -> picture() -> release()

One copy a frame, 1.5 bytes a pixel, and nothing waits for it.
"""

from __future__ import annotations

from contextlib import ExitStack

import numpy as np
from numpy.typing import NDArray

from gpu_core.cuda.calls import call, close_quietly
from gpu_core.cuda.driver import Cuda
from gpu_core.cuda.frames import encode, frame_bytes
from gpu_core.cuda.launching import Colour
from gpu_core.cuda.pinned import PinnedRing, PinnedSlot
from gpu_core.cuda.sources import Source
from gpu_core.errors import CudaError

SLOTS = 8  # pictures on their way or not yet taken: a quarter of a second at 30 a second


class Film:
    """Takes square pictures of `size` pixels a side. For the thread that owns the GL context.

    Attributes:
        stream: where its work is: what `take` is given has to be ready there.

    Raises:
        ValueError: an odd size, of which there is no NV12.
        CudaError: no memory is left, or it is refused.
    """

    def __init__(self, cuda: Cuda, size: int, slots: int = SLOTS) -> None:
        if size % 2:
            raise ValueError(f"{size} pixels a side are odd: NV12 has a colour for every two by two")
        self.size, self._cuda = size, cuda
        self._out: list[Recorded] = []  # somebody holds these
        with ExitStack() as owned:
            self.stream = cuda.stream()
            owned.callback(close_quietly, self.stream)
            self._picture = cuda.allocate(frame_bytes(size, size), self.stream)
            owned.callback(close_quietly, self._picture)
            self._ring = PinnedRing(cuda, slots, frame_bytes(size, size))
            owned.callback(self._ring.close)
            self._owned = owned.pop_all()

    def take(self, source: Source, background: Colour, *, left: int = 0, bottom: int = 0) -> Recorded | None:
        """Begin the copy of a region of a premultiplied picture, rows bottom first, laid over a colour.

        None while as many pictures as there are slots are held.

        Raises:
            CudaError: the driver refuses.
        """
        self._out = [recorded for recorded in self._out if recorded.is_held]
        if not self._ring.free:
            return None
        region = (left, bottom, self.size, self.size)
        encode(self._cuda.kernels, self.stream, "nv12", source, self._picture, region, background)
        slot = self._ring.copy(self._picture, self.stream)
        if slot is None:
            return None
        self._out.append(Recorded(self, slot))
        return self._out[-1]

    def wait(self) -> None:
        """Until everything that was taken has arrived.

        Raises:
            CudaError: the device is lost.
        """
        call("cuStreamSynchronize", self.stream.handle)

    def close(self) -> None:
        """Release everything; what somebody still holds stays readable. Idempotent, never fails."""
        for recorded in self._out:
            recorded.keep()
        self._out = []
        self._owned.close()


class Recorded:
    """A picture on its way to the host, held until `release`."""

    def __init__(self, film: Film, slot: PinnedSlot) -> None:
        self._film, self._slot = film, slot
        self._kept: NDArray[np.uint8] | None = None
        self._lost: CudaError | None = None
        self.is_held = True
        self.size = int(slot.view.size)  # bytes

    def ready(self) -> bool:
        """True once `picture` would not wait.

        Raises:
            CudaError: the device is lost, and the picture with it.
        """
        if self._lost is not None:
            raise self._lost
        return self._kept is not None or self._slot.ready()

    def picture(self) -> NDArray[np.uint8]:
        """The picture, (size * 3 / 2, size) uint8: luma, then rows of U and V in turn; top row first. Until `release`.

        Raises:
            CudaError: the device is lost, and the picture with it.
        """
        if not self.ready():
            self._film.wait()
        view = self._slot.view if self._kept is None else self._kept
        return view.reshape(self._film.size * 3 // 2, self._film.size)

    def keep(self) -> None:
        """Move the picture into ordinary memory: its own is about to go."""
        if not self.is_held:
            return
        try:
            if not self._slot.ready():
                self._film.wait()
            self._kept = self._slot.view.copy()
        except CudaError as error:
            self._lost = error
        self._slot.release()

    def release(self) -> None:
        """Its memory may be used again; idempotent."""
        self.is_held = False
        self._slot.release()
