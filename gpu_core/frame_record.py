"""What is remembered of a frame after its picture is gone: when it was asked for, and what each stage took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from gpu_core.settings import StageTime

Instant: TypeAlias = int  # nanoseconds on the clock of time.perf_counter_ns; 0: not known


@dataclass(frozen=True)
class FrameRecord:
    """One frame on its way from the request to the screen. Stages of a GPU carry `clock` "gpu", on the host's clock."""

    index: int  # `Frame.index`
    requested_ns: Instant  # the input event
    submitted_ns: Instant  # handed to the engine
    finished_ns: Instant  # the picture is in its texture
    shown_ns: Instant  # on the screen; without a window: the same as `finished_ns`
    stages: tuple[StageTime, ...]
    steady: bool  # False: something was loaded or compiled on the way, or it is one of the first
    in_flight: int  # batches in the pipeline when it was submitted, itself included: 1..3
    dropped: int  # requests that were dropped between the frame before it and this one
    path: str  # name of the path it took
    traffic_bytes: int = 0  # over the bus, or copied in memory on software OpenGL

    @property
    def latency_ms(self) -> float:
        """Input event -> screen; NaN where either is not known or the clock went backwards."""
        if not self.requested_ns or not self.shown_ns or self.shown_ns < self.requested_ns:
            return float("nan")
        return (self.shown_ns - self.requested_ns) / 1e6
