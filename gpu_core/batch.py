"""A batch in flight between `Engine.submit` and `Engine.collect`."""

from __future__ import annotations

from dataclasses import dataclass

from gpu_core.neural.path import PathState, Pending
from gpu_core.settings import FrameRequest, Traffic
from gpu_core.timing import StageTimer

# What an engine without a generator says of its path: the render image stands in.
RENDER_ONLY = PathState("render only", "no generator is loaded for this face", "none", serving=False)


@dataclass(frozen=True)
class Batch:
    """A batch in flight: drawn, perhaps being inferred."""

    request: FrameRequest
    set_index: int
    timer: StageTimer
    pending: Pending | None

    uploaded: int = 0  # bytes of its pose that went up to the GPU

    def ready(self) -> bool:
        return self.pending is None or self.pending.ready()

    @property
    def traffic(self) -> Traffic:
        return (self.pending.traffic if self.pending is not None else Traffic()) + Traffic(0, self.uploaded)
