"""How pixels pass between OpenGL's textures and CUDA: three tiers behind one interface, probed once.

    image          textures are registered with CUDA; kernels read and write them in place
    pixel buffer   OpenGL copies between texture and a pixel buffer on the GPU, CUDA sees the buffer: no pixel leaves the GPU
    host copy      through page-locked memory of the host: works with any OpenGL, costs the bus both ways, and waits

    with interop.read(target, ("texture", "render"), stream) as sources:    # name -> SurfaceSource | LinearSource
        pack(..., sources, ...)
    with interop.write(target, stream) as display:
        unpack(..., display, ...)

Used on the thread whose GL context is current; leaving a block gives the textures back to OpenGL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from gpu_core.cuda.driver import Cuda
from gpu_core.cuda.sources import Source
from gpu_core.gl.targets import TargetSet
from gpu_core.settings import Traffic

TIERS = ("image", "pixel buffer", "host copy")


def open_interop(cuda: Cuda, *, below: str = "", because: str = "") -> Interop:
    """The first tier that works in the current GL context; `below` names one that failed while running, and is skipped.

    Raises:
        PathUnavailable: none works; the text has the reason of each.
    """
    raise NotImplementedError


class Interop:
    """The passage in use.

    Attributes:
        tier: one of TIERS.
        reason: why not a better one, what this one costs, what would mend it; "" on "image".
    """

    tier: str
    reason: str

    def read(
        self, target: TargetSet, names: Sequence[str], stream: Any
    ) -> AbstractContextManager[Mapping[str, Source]]:
        """Let CUDA read pictures of a set (names of `signature.PICTURES`); leaving the block gives them back.

        Raises:
            CudaError, GLError: the passage is refused; nothing stays mapped.
        """
        raise NotImplementedError

    def write(self, target: TargetSet, stream: Any) -> AbstractContextManager[Source]:
        """Let CUDA write the whole display texture; what it held before is undefined within the block.

        On "host copy" leaving the block waits for the stream.

        Raises:
            CudaError, GLError: the passage is refused; nothing stays mapped.
        """
        raise NotImplementedError

    def pass_through(
        self, target: TargetSet, names: Sequence[str], stream: Any
    ) -> AbstractContextManager[Mapping[str, Source]]:
        """`read` and `write` at once, one mapping for all: "display" among the names is written, all others are read."""
        raise NotImplementedError

    def traffic(self, target: TargetSet, names: Sequence[str]) -> Traffic:
        """Bytes over the bus for passing these pictures once; "display" among the names counts as written."""
        raise NotImplementedError

    def abandon(self) -> None:
        """The device is lost: forget everything without calling CUDA."""

    def close(self) -> None:
        """Unregister and free everything, needs the GL context; idempotent. After a lost device it abandons."""
