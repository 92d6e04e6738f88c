"""A batch in flight between `Engine.submit` and `Engine.collect`, and what its device tells after that."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from gpu_core.free_views import drawn_pictures
from gpu_core.gl.sync import fence_here
from gpu_core.gl.targets import TargetSet
from gpu_core.neural.path import Pending
from gpu_core.path_state import PathState
from gpu_core.settings import Frame, FrameRequest, Picture, StageTime, Traffic, View
from gpu_core.timing import StageTimer

UNHEARD_FRAMES = 64  # whose late stages are kept for somebody to ask

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
    submitted_ns: int = 0  # on the clock of time.perf_counter_ns
    in_flight: int = 1  # batches in the pipeline at submission, itself included

    def ready(self) -> bool:
        return self.pending is None or self.pending.ready()

    @property
    def traffic(self) -> Traffic:
        return (self.pending.traffic if self.pending is not None else Traffic()) + Traffic(0, self.uploaded)

    def pictures(self, target: TargetSet, *, stands_in: bool) -> Mapping[View, tuple[Picture, ...]]:
        """Where its pictures lie. `stands_in`: nothing infers, so the render image takes the generated one's place."""
        pictures = dict(drawn_pictures(target, self.request))
        if self.pending is not None:
            pictures[View.GENERATED] = target.pictures(View.GENERATED)
        elif stands_in:
            is_drawn = View.GENERATED in self.request.views  # with whatever look: the pair has the trained one
            pictures[View.GENERATED] = target.pictures(View.RENDER) if is_drawn else pictures[View.RENDER]
        return pictures

    def finished(self, index: int, pictures: Mapping[View, tuple[Picture, ...]], *, path: str, steady: bool) -> Frame:
        """The frame it has become, finished now; call where its GL context is current."""
        return Frame(
            index=index,
            request=self.request,
            pictures=pictures,
            fence=fence_here(),
            set_index=self.set_index,
            stages=self.timer.take(),
            finished_ns=time.perf_counter_ns(),
            path=path,
            steady=steady,
            traffic=self.traffic,
            submitted_ns=self.submitted_ns,
            in_flight=self.in_flight,
        )


class LateStages:
    """Stages that a device tells when it has passed them, by `Frame.index`. For one thread; nothing waits."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[int, Pending]] = deque()
        self._told: deque[tuple[int, tuple[StageTime, ...]]] = deque(maxlen=UNHEARD_FRAMES)

    def add(self, index: int, pending: Pending) -> None:
        """Wait for a finished batch; and hear what there is, since that frees the device's events."""
        self._waiting.append((index, pending))
        self._hear()

    def take(self) -> list[tuple[int, tuple[StageTime, ...]]]:
        """What has been told since the last call."""
        self._hear()
        told = [*self._told]
        self._told.clear()
        return told

    def forget(self) -> None:
        """The next batches come from another path."""
        self._waiting.clear()

    def _hear(self) -> None:
        while self._waiting and (stages := self._waiting[0][1].late_stages()) is not None:
            index, _ = self._waiting.popleft()
            if stages:
                self._told.append((index, stages))
