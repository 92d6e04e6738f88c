"""The same measurement without MPS and with it, in one run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Generic, TypeVar

from gpu_core.errors import MpsError
from gpu_core.mps.control import program
from gpu_core.mps.environment import without_mps, worker_environment
from gpu_core.mps.gpus import first_gpu
from gpu_core.mps.looking import in_use
from gpu_core.mps.places import Mps
from gpu_core.mps.running import started

Figures = TypeVar("Figures")


@dataclass(frozen=True)
class NoLimits:
    """Every client may take all of the GPU."""

    thread_percent: float = 0.0
    memory_mb: int = 0
    priority: str = ""


@dataclass(frozen=True)
class OffAndOn(Generic[Figures]):
    """What was measured both ways, and by which daemon. Unproven on hardware."""

    off: Figures
    on: Figures
    mps: Mps


def why_not() -> str:
    """Why there can be no comparison here, one line; "" if it can be tried."""
    try:
        program()
        first_gpu()
    except MpsError as error:
        return str(error)
    return ""


def compare_ways(measure: Callable[[Mapping[str, str]], Figures], gpu: str = "") -> OffAndOn[Figures]:
    """Measure without MPS, then with it; `measure` gets what to add to the environment of the processes it starts.

    A daemon that serves already is used and left running, else ours is started for the second half and stopped. The
    first half is sent to a pipe directory where nobody listens, so that it runs without MPS whoever's daemon there is.
    `gpu` is a UUID; "": the first one.

    Raises:
        MpsError: there is no NVIDIA GPU, or MPS does not start; nothing has been measured, or the first half is lost.
    """
    program()
    gpu = gpu or first_gpu()
    off = measure(without_mps())
    with ExitStack() as owned:
        mps = in_use(gpu) or owned.enter_context(started(gpu))
        return OffAndOn(off, measure(worker_environment(NoLimits(), mps)), mps)
