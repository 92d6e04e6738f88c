"""NeuralPath: one protocol for every way the pixels take through the generator.

    targets.texture + targets.render  ->  submit(...)  ->  Pending  ->  finish(...)  ->  targets.display

Paths do not know each other. A path that cannot run here raises PathUnavailable with the reason; nothing ever falls
back to a fake.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from gpu_core.gl.targets import TargetSet
from gpu_core.path_state import PathState
from gpu_core.settings import StageTime, Traffic
from gpu_core.timing import StageTimer

if TYPE_CHECKING:
    from gpu_core.cuda.nvenc import Encodable, GpuEncoder


class Recorded(Protocol):
    """A finished picture on its way to the host, held until `release`."""

    @property
    def size(self) -> int:
        """Bytes of the copy."""

    def ready(self) -> bool:
        """True once `picture` would not wait; raises CudaError if the device, and the picture with it, is lost."""

    def picture(self) -> NDArray[np.uint8] | Encodable:
        """(size * 3 / 2, size) uint8: NV12, BT.709, limited range, over the background, top row first; may wait."""

    def release(self) -> None:
        """Its memory may be used again; idempotent."""


class Pending(Protocol):
    """A batch on its way through the generator."""

    @property
    def traffic(self) -> Traffic:
        """Bytes of this batch over the bus; complete once `finish` has returned."""

    def late_stages(self) -> tuple[StageTime, ...] | None:
        """After `finish`: the stages timed by the device, or None while it has not passed them yet. Never waits."""

    def ready(self) -> bool:
        """True once `finish` would not wait."""

    def finish(self, timer: StageTimer) -> None:
        """Wait if need be and write the generated picture into the batch's display texture.

        Raises:
            InferenceError, CudaError, PlanError: the generator failed on this batch.
        """


class NeuralPath(Protocol):
    """The way pixels take from the framebuffer through the generator to the display texture.

    Used only on the thread that owns the GL context.
    """

    depth: int  # batches that may be pending at once
    pictures: frozenset[str]  # of signature.PICTURES: what has to be drawn before `submit`

    @property
    def state(self) -> PathState:
        """What this path is now; it may change between two batches."""

    def submit(self, target: TargetSet, timer: StageTimer) -> Pending:
        """Take drawn pictures out of their target and start inference; raises RuntimeError beyond `depth`."""

    def try_out(self) -> None:
        """Run the network once on empty pictures.

        Raises:
            ModelError: it fails, or its picture has another shape than its signature says.
        """

    def advance(self) -> None:
        """Between two batches: move on to a better path if it is ready by now. Never waits for it."""

    def cancel_building(self) -> None:
        """Give up a plan that is being built, for this process; nothing happens if there is none."""

    def film(
        self, target: TargetSet, face: int, background: tuple[int, int, int], encoder: GpuEncoder | None = None
    ) -> Recorded | None:
        """Begin copying a face's finished picture to the host, for a recording; see `gpu_core.cuda.film`.

        None where there is no way for that but to read it, or while too many copies are held. With an encoder the
        picture stays on the GPU to be encoded there: its `picture` is an `Encodable`.

        Raises:
            CudaError: the driver refuses.
        """

    def on_ready(self, callback: Callable[[], None]) -> None:
        """Have `callback` called, from any thread, whenever a batch has been inferred."""

    def close(self) -> None:
        """Wait for what is pending and release everything; idempotent."""
