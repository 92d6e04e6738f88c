"""What a neural path says of itself: plain values for badge, doctor and reports."""

from __future__ import annotations

from dataclasses import dataclass

from gpu_core.plans.progress import PlanProgress


@dataclass(frozen=True)
class PathState:
    """What a path is at this moment, for badge, doctor and reports."""

    name: str  # "host" | "cuda" | "classic"
    reason: str  # why this path
    engine: str  # what infers, for example "OpenVINO bf16"
    tier: str = ""  # how pixels pass between OpenGL and CUDA: one of `gpu_core.cuda.interop.TIERS`; "" without CUDA
    tier_reason: str = ""  # why not a better one; what it costs and what would mend it
    building: PlanProgress | None = None  # a plan is being built beside it
    gpu: str = ""  # UUID of the GPU that computes, as NVML writes it; "" if none does
    serving: bool = True  # False: nothing infers yet, and the render image stands in
    conversion: str = ""  # who converts between pictures and tensors on the host path: "cpu" | "gpu"; "" on the others
    conversion_reason: str = ""  # why OpenGL does not, where it was asked to
