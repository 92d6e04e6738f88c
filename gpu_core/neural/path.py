"""NeuralPath: one protocol for every way the pixels take through the generator, and the choice among them.

    targets.texture + targets.render  ->  submit(...)  ->  Pending  ->  finish(...)  ->  targets.display

Paths do not know each other. A path that cannot run here raises PathUnavailable with the reason; nothing ever falls
back to a fake.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gpu_core.errors import CudaError, PathUnavailable, PlanError
from gpu_core.gl.targets import TargetSet
from gpu_core.neural.model import GeneratorModel
from gpu_core.plans.progress import PlanProgress
from gpu_core.settings import EngineSettings, StageTime, Traffic
from gpu_core.timing import StageTimer

PATHS = ("auto", "cuda", "host")


@dataclass(frozen=True)
class PathState:
    """What a path is at this moment, for badge, doctor and trace."""

    name: str  # "host" | "cuda"
    reason: str  # why this path
    engine: str  # what infers, for example "OpenVINO bf16"
    tier: str = ""  # how pixels pass between OpenGL and CUDA: one of `gpu_core.cuda.interop.TIERS`; "" without CUDA
    tier_reason: str = ""  # why not a better one; what it costs and what would mend it
    building: PlanProgress | None = None  # a plan is being built beside it
    gpu: str = ""  # UUID of the GPU that computes, as NVML writes it; "" if none does
    serving: bool = True  # False: nothing infers yet, and the render image stands in


class Recorded(Protocol):
    """A finished picture on its way to the host, held until `release`."""

    @property
    def size(self) -> int:
        """Bytes of the copy."""

    def ready(self) -> bool:
        """True once `picture` would not wait; raises CudaError if the device, and the picture with it, is lost."""

    def picture(self) -> NDArray[np.uint8]:
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

    def film(self, target: TargetSet, face: int, background: tuple[int, int, int]) -> Recorded | None:
        """Begin copying a face's finished picture to the host, for a recording; see `gpu_core.cuda.film`.

        None where there is no way for that but to read it, or while too many copies are held.

        Raises:
            CudaError: the driver refuses.
        """

    def on_ready(self, callback: Callable[[], None]) -> None:
        """Have `callback` called, from any thread, whenever a batch has been inferred."""

    def close(self) -> None:
        """Wait for what is pending and release everything; idempotent."""


def open_path(model: GeneratorModel, settings: EngineSettings) -> NeuralPath:
    """Choose and open the path for a generator.

    Raises:
        PathUnavailable: the path or engine that `settings` name cannot run here.
    """
    from gpu_core.neural.host_path import HostPath

    if settings.path not in PATHS:
        raise PathUnavailable(f"unknown path {settings.path!r}: choose one of {', '.join(PATHS)}")
    if settings.path == "host":
        return HostPath(model, settings, reason="chosen by hand")
    from gpu_core.neural.auto_path import AutoPath
    from gpu_core.neural.cuda_way import PlannedCuda

    try:
        cuda = PlannedCuda(model, settings)
    except (PathUnavailable, PlanError, CudaError) as reason:
        if settings.path == "cuda":
            raise PathUnavailable(str(reason)) from reason
        return HostPath(model, settings, reason=f"{reason}; the CPU runs the generator")
    if settings.path == "cuda":
        return AutoPath(cuda, None, settings.depth)
    # No CPU computes in fp16: while it stands in, and after a failure, it takes what it is best at.
    on_cpu = replace(settings, precision="auto") if settings.precision == "fp16" else settings
    return AutoPath(cuda, lambda why: HostPath(model, on_cpu, reason=why), settings.depth)


@dataclass(frozen=True)
class Opened:
    """A path that runs, and the settings it runs with."""

    path: NeuralPath | None  # None without a generator
    settings: EngineSettings
    lacks: str = ""  # the precision that was chosen, where this generator cannot run in it and runs in `auto`

    def close(self) -> None:
        """Close the path, if there is one."""
        if self.path is not None:
            self.path.close()


def open_tried(model: GeneratorModel | None, settings: EngineSettings) -> Opened:
    """The path for a generator. One that is not known to run makes a trial picture here.

    Raises:
        ModelError, PathUnavailable: it cannot run so.
    """
    if model is None:
        return Opened(None, settings)
    path = open_path(model, settings)
    try:
        if not model.trusted:
            path.try_out()
    except BaseException:
        path.close()
        raise
    return Opened(path, settings)


def open_in_any_precision(model: GeneratorModel | None, settings: EngineSettings) -> Opened:
    """As `open_tried`; but a generator that lacks the precision of the settings runs in `auto`.

    Raises:
        ModelError, PathUnavailable: it cannot run so either.
    """
    try:
        return open_tried(model, settings)
    except PathUnavailable:
        if settings.precision == "auto":
            raise
        opened = open_tried(model, replace(settings, precision="auto"))
        return replace(opened, lacks=settings.precision)
