"""What streams are asked for and what they tell of themselves, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from gpu_core.settings import EngineSettings
from viewer.push.values import PushStatus, VideoForm

WAYS = ("workers", "batch", "auto")  # a process a face; all faces in one process as one batch; the better, measured
WHEN_FULL = ("refuse", "degrade")
MOST_STREAMS = 64


@dataclass(frozen=True)
class MpsLimits:
    """What one worker may take of a GPU that is shared through CUDA MPS. 0 and "": no limit."""

    thread_percent: float = 0.0  # of the GPU's multiprocessors, 0..100
    memory_mb: int = 0  # of the GPU's memory
    priority: str = ""  # "" | normal | below


@dataclass(frozen=True)
class StreamForm:
    """One stream: which face, moved by what, drawn how, pushed where."""

    number: int = 1  # from 1; stands for {n} in `to`
    source: str = "talk"  # a performance's name or a take's file
    # A URL, a file or camera:; "": nowhere, for watching and measuring. Holds secrets: never show it.
    to: str = field(default="", repr=False)
    size: int = 512  # pixels, square
    video: VideoForm = field(default_factory=VideoForm)
    face: Path | None = None  # None: the shipped one
    generator: Path | None = None
    path: str = "auto"
    inference: str = "auto"
    precision: str = "auto"
    threads: int = 0  # of inference; 0: chosen
    epoch_s: float = 0.0  # when the source begins, on time.monotonic's clock, the same for all streams; 0: at once
    mps: MpsLimits = field(default_factory=MpsLimits)

    def engine_settings(self, faces: int = 1) -> EngineSettings:
        """What its engine is opened with: two batches in flight, so that drawing and inference overlap."""
        return EngineSettings(
            size=self.size, path=self.path, inference=self.inference, precision=self.precision, threads=self.threads,
            faces=faces,
        )  # fmt: skip


@dataclass(frozen=True)
class StreamStatus:
    """What one stream tells, about twice a second. A deadline is a frame's time at the stream's rate."""

    number: int
    state: str  # starting | live | restarting | degraded | ended | failed | refused
    note: str = ""  # one sentence: why it is not live, or what it cost
    way: str = "workers"  # workers | batch
    pid: int = 0
    fps: float = 0.0  # new pictures a second, over the last two seconds
    frames: int = 0  # pictures made since the stream began
    misses: int = 0  # deadlines that passed without a new picture
    worst_gap_s: float = 0.0  # the longest time between two new pictures, once the first was there
    age_ms: float = 0.0  # from the expression's time to the picture being there, median of the last
    cpu_percent: float = 0.0  # of one core; in a batch, the face's share
    gpu_percent: float | None = None  # of the GPU's multiprocessors; None: nothing tells
    memory_mb: float = 0.0  # resident; in a batch, the whole process's
    restarts: int = 0
    push: PushStatus = field(default_factory=PushStatus)
    thumbnail: bytes = b""  # JPEG, 96 x 96, about one a second; b"": none yet, or the same as before
