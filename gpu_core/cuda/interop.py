"""How pixels pass between OpenGL's textures and CUDA: three tiers behind one interface, probed once.

    image          textures are registered with CUDA; kernels read and write them in place
    pixel buffer   OpenGL copies between texture and a buffer on the GPU, CUDA sees the buffer: no pixel leaves the GPU
    host copy      through page-locked memory of the host: works with any OpenGL, costs the bus both ways, and waits

    with interop.read(target, ("texture", "render"), stream) as sources:    # name -> SurfaceSource | LinearSource
        pack(..., sources, ...)
    with interop.write(target, stream) as display:
        unpack(..., display, ...)

Used on the thread whose GL context is current; leaving a block gives the textures back to OpenGL.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from types import TracebackType
from typing import Any

from gpu_core.atlas import Atlas
from gpu_core.cuda.calls import close_quietly, lost
from gpu_core.cuda.driver import Cuda, device_of_current_gl
from gpu_core.cuda.host_copy_tier import HostCopyTier
from gpu_core.cuda.image_tier import ImageTier
from gpu_core.cuda.pixel_buffer_tier import PixelBufferTier
from gpu_core.cuda.sources import Source
from gpu_core.cuda.tier import DISPLAY, Picture, Tier, picture_of
from gpu_core.errors import CudaError, GLError, PathUnavailable
from gpu_core.gl.targets import TargetSet
from gpu_core.settings import Traffic

log = logging.getLogger(__name__)

TIERS = ("image", "pixel buffer", "host copy")
_PROBED = Atlas(1, 16)  # a set of one small face
_COSTS = {
    "pixel buffer": "it costs a copy on the GPU for each picture; no pixel crosses the bus",
    "host copy": "it costs 8 bytes on the bus for each pixel of each picture, and waiting",
}
_UNDER_MPS = "MPS is on, which may be why: OpenGL draws outside of it"
_MEND = "best is OpenGL of the NVIDIA driver on the same GPU: no WSL, no VirtualGL; `prime-run` on laptops"


def open_interop(cuda: Cuda, *, below: str = "", because: str = "") -> Interop:
    """The first tier that works in the current GL context.

    Args:
        cuda: the device, current on this thread.
        below: a tier that failed while running: it and those above are not tried again.
        because: how it failed, for the reason.

    Raises:
        PathUnavailable: none works; the text has the reason of each.
    """
    first = TIERS.index(below) + 1 if below else 0
    refusals = [f"{below}: {because or 'failed while running'}"] if below else []
    elsewhere = _elsewhere(cuda)
    for name in TIERS[first:]:
        refusal = elsewhere if elsewhere and name != "host copy" else _refusal(cuda, name)
        if not refusal:
            return Interop(name, _make(cuda, name), _reason(cuda, name, refusals))
        log.info("pictures cannot pass by %s (mps_enabled is %d): %s", name, cuda.info.mps_enabled, refusal)
        refusals.append(f"{name}: {refusal}")
        if (reason := lost()) is not None:
            raise PathUnavailable(reason)
    raise PathUnavailable(f"no picture passes between OpenGL and CUDA; {'; '.join(refusals)}")


def _elsewhere(cuda: Cuda) -> str:
    """Why sharing is pointless: another GPU draws. Where the driver does not know who draws, trying tells."""
    try:
        drawing = device_of_current_gl()
    except CudaError:
        return ""
    here = cuda.info.index
    return "" if drawing == here else f"OpenGL draws on CUDA device {drawing}, the generator runs on {here}"


def _make(cuda: Cuda, name: str) -> Tier:
    if name == "image":
        return ImageTier()
    return PixelBufferTier() if name == "pixel buffer" else HostCopyTier(cuda)


def _refusal(cuda: Cuda, name: str) -> str:
    """Try a tier on a small set, both ways; "" if it works."""
    try:
        with ExitStack() as owned:
            stream = cuda.stream()
            owned.callback(close_quietly, stream)
            target = owned.enter_context(TargetSet(_PROBED))
            tier = _make(cuda, name)
            owned.callback(tier.close)
            pictures = [picture_of(target, name, written=name == DISPLAY) for name in ("texture", DISPLAY)]
            with tier.passing(pictures, stream):
                pass
    except (CudaError, GLError) as error:
        return str(error)
    return ""


def _reason(cuda: Cuda, name: str, refusals: Sequence[str]) -> str:
    if name == "image":
        return ""
    mps = [_UNDER_MPS] if cuda.info.mps_enabled else []
    return "; ".join([*refusals, *mps, _COSTS[name], _MEND])


class Interop:
    """The passage in use. A context manager; `open_interop` makes it.

    Attributes:
        tier: one of TIERS.
        reason: why not a better one, what this one costs, what would mend it; "" on "image".
    """

    def __init__(self, tier: str, passage: Tier, reason: str) -> None:
        self.tier, self.reason = tier, reason
        self._passage = passage
        self._watched: dict[TargetSet, Callable[[], None]] = {}  # sets that tell before they delete their textures

    def read(
        self, target: TargetSet, names: Sequence[str], stream: Any
    ) -> AbstractContextManager[Mapping[str, Source]]:
        """Let CUDA read pictures of a set: names of `signature.PICTURES`, or "display".

        Raises:
            CudaError, GLError: the passage is refused; nothing stays mapped.
        """
        return self._passing(target, [picture_of(target, name) for name in names], stream)

    @contextmanager
    def write(self, target: TargetSet, stream: Any) -> Iterator[Source]:
        """Let CUDA write the whole display texture; what it held before is lost.

        On "host copy" leaving the block waits for the stream.

        Raises:
            CudaError, GLError: the passage is refused; nothing stays mapped.
        """
        with self.pass_through(target, (DISPLAY,), stream) as sources:
            yield sources[DISPLAY]

    def pass_through(
        self, target: TargetSet, names: Sequence[str], stream: Any
    ) -> AbstractContextManager[Mapping[str, Source]]:
        """`read` and `write` at once, with one mapping for all: "display" among the names is written, others are read.

        Raises:
            CudaError, GLError: the passage is refused; nothing stays mapped.
        """
        pictures = [picture_of(target, name, written=name == DISPLAY) for name in names]
        return self._passing(target, pictures, stream)

    @contextmanager
    def _passing(self, target: TargetSet, pictures: Sequence[Picture], stream: Any) -> Iterator[Mapping[str, Source]]:
        self._watch(target)
        with self._passage.passing(pictures, stream) as sources:
            yield sources

    def traffic(self, target: TargetSet, names: Sequence[str]) -> Traffic:
        """Bytes over the bus for passing these pictures once, either way."""
        crossed = self._passage.bus_bytes([picture_of(target, name) for name in names])
        return Traffic(crossed, crossed)

    def _watch(self, target: TargetSet) -> None:
        if target not in self._watched:
            self._watched[target] = lambda: self._forget(target)
            target.closing.append(self._watched[target])

    def _forget(self, target: TargetSet) -> None:
        del self._watched[target]
        names = ["texture", "render", DISPLAY, *(("normal", "depth") if target.has_geometry else ())]
        self._passage.forget([picture_of(target, name).texture for name in names])

    def _unwatch(self) -> None:
        for target, let_go in self._watched.items():
            target.closing.remove(let_go)
        self._watched.clear()

    def abandon(self) -> None:
        """The device is lost: forget everything without calling CUDA."""
        self._unwatch()
        self._passage.abandon()

    def close(self) -> None:
        """Unregister and free everything, needs the GL context; idempotent. Of a lost device it calls nothing."""
        self._unwatch()
        self._passage.close()

    def __enter__(self) -> Interop:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()
