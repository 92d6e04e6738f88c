"""What was measured about how many faces this machine holds, as plain values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """So many faces, one way."""

    way: str  # workers | batch
    faces: int
    faces_per_s: float = 0.0  # all together
    latency_ms: float = 0.0  # median
    efficiency: float = 0.0  # against as many times one face
    problem: str = ""  # why there are no figures


@dataclass(frozen=True)
class Capacity:
    """The curve, and what follows from it."""

    sentence: str
    fps: float
    measured: tuple[Measured, ...]
