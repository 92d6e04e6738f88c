"""Which path a generator takes here, and opening it: the one place that knows all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gpu_core.errors import CudaError, PathUnavailable, PlanError
from gpu_core.neural.auto_path import AutoPath
from gpu_core.neural.classic_way import open_classic
from gpu_core.neural.cuda_way import PlannedCuda
from gpu_core.neural.host_path import HostPath
from gpu_core.neural.model import GeneratorModel
from gpu_core.neural.path import NeuralPath
from gpu_core.settings import EngineSettings

PATHS = ("auto", "cuda", "host", "classic")


def open_path(model: GeneratorModel, settings: EngineSettings) -> NeuralPath:
    """Choose and open the path for a generator.

    Raises:
        PathUnavailable: the path or engine that `settings` name cannot run here.
    """
    if settings.path not in PATHS:
        raise PathUnavailable(f"unknown path {settings.path!r}: choose one of {', '.join(PATHS)}")
    settings.check()
    if settings.path == "classic":
        return open_classic(model, settings)
    if settings.path == "host":
        return HostPath(model, settings, reason="chosen by hand")
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
