"""The NVIDIA path: from the framebuffer to the display texture without leaving the GPU, and without waiting.

    submit   map the pictures - pack - unmap at once - infer - note the event
    finish   map the display texture - unpack - unmap at once; the engine's fence follows

A slot is a batch in flight: a stream, tensors and an execution context of its own. The display texture is mapped in
`finish`, not in `submit`: unmapping puts everything OpenGL does later behind the stream, and inference must not hold up
the drawing of the next batch. On the host copy tier `finish` waits for its copy down; nothing else ever waits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from gpu_core.cuda.callbacks import HostCallback
from gpu_core.cuda.calls import call, close_quietly
from gpu_core.cuda.clock import BatchStages, GpuClock
from gpu_core.cuda.conversions import QUAD, pack, unpack
from gpu_core.cuda.driver import Cuda, lost
from gpu_core.cuda.events import Events
from gpu_core.cuda.film import Film
from gpu_core.cuda.interop import TIERS, open_interop
from gpu_core.cuda.nvenc import GpuEncoder
from gpu_core.cuda.nvrtc import ENTRY_POINTS
from gpu_core.errors import CudaError, ModelError, PlanError
from gpu_core.gl.targets import TargetSet
from gpu_core.mps.environment import own_share
from gpu_core.neural.model import GeneratorModel
from gpu_core.neural.path import Recorded
from gpu_core.neural.signature import InputTensor, OutputTensor
from gpu_core.path_state import PathState
from gpu_core.plans.backend import Backend
from gpu_core.plans.session import PlanSession
from gpu_core.settings import EngineSettings, StageTime, Traffic
from gpu_core.timing import StageTimer

DISPLAY = "display"


@dataclass
class _Slot:
    """What one batch in flight has for itself."""

    index: int
    stream: Any  # cuda.core.Stream
    inferred: Any = None  # event after the inference under way


class CudaPath:
    """A `NeuralPath` on an NVIDIA GPU. Device and backend belong to the caller, and outlive it.

    `below` names a tier that is not to be used, nor any better one, `because` says why; `reason` is why this path.

    Raises:
        PathUnavailable: no tier works in the current GL context, or no compiler serves this GPU.
        PlanError: the plan does not fit the generator, or TensorRT refuses it; carries TensorRT's log.
        CudaError: a driver's call failed.
    """

    def __init__(
        self,
        model: GeneratorModel,
        settings: EngineSettings,
        cuda: Cuda,
        backend: Backend,
        plan: bytes,
        *,
        below: str = "",
        because: str = "",
        reason: str = "",
    ) -> None:
        self.model, self._cuda, self.depth = model, cuda, settings.depth
        self.pictures = model.signature.pictures
        self._covered = not model.signature.has_alpha  # then alpha is the render image's
        self._notify: Callable[[], None] = lambda: None
        self._called = HostCallback(lambda: self._notify())
        self._slots: list[_Slot] = []
        self._film: Film | None = None  # made when somebody records
        with ExitStack() as owned:
            owned.callback(self.close)
            self._owned = ExitStack()
            self._prepare_kernels(settings.size)
            self._interop = open_interop(cuda, below=below, because=because)
            self._owned.callback(self._interop.close)
            self._events = Events()
            self._owned.callback(self._events.close)
            self._clock = GpuClock(cuda)
            self._owned.callback(self._clock.close)
            self._session = PlanSession(
                backend, cuda, plan, signature=model.signature, batch=settings.faces, slots=settings.depth
            )
            self._owned.callback(lambda: self._session.close(lost=lost() is not None))
            self._open_slots()
            owned.pop_all()
        self._free = deque(self._slots)
        self._reason = reason or f"{cuda.info.name} is there{_shared(cuda)}, and its plan"

    def _prepare_kernels(self, size: int) -> None:
        """Compile now what the first frame would wait for, and find out now if there is no compiler."""
        tensors: tuple[InputTensor | OutputTensor, ...] = (*self.model.signature.inputs, self.model.signature.output)
        fits = size % QUAD == 0 and all((tensor.width, tensor.height) == (size, size) for tensor in tensors)
        # colour.cu is a recording's, which may begin at any frame.
        for file in ("convert.cu", "colour.cu") if fits else ("convert.cu", "colour.cu", "resize.cu"):
            self._cuda.kernels.prepare(ENTRY_POINTS[file])

    def _open_slots(self) -> None:
        for index in range(self.depth):
            self._slots.append(_Slot(index, self._cuda.stream()))
            self._owned.callback(close_quietly, self._slots[-1].stream)

    @property
    def state(self) -> PathState:
        """GPU, TensorRT and tier; what stands in the way of a CUDA graph or of a better tier."""
        why_no_graph = self._session.graph_reason
        reason = f"{self._reason}; inference without a CUDA graph: {why_no_graph}" if why_no_graph else self._reason
        engine = f"{self._session.title} {self.model.precision}"
        tier, why = self._interop.tier, self._interop.reason
        return PathState("cuda", reason, engine, tier, why, gpu=self._cuda.info.uuid)

    # ---- one batch -----------------------------------------------------------------------------------------------

    def submit(self, target: TargetSet, timer: StageTimer) -> CudaPending:
        """Pack the pictures of a drawn target and start inference; returns before the GPU has begun.

        Raises:
            RuntimeError: `depth` batches are pending already.
            CudaError, PlanError: the driver or TensorRT refuse; the target is OpenGL's again.
        """
        if not self._free:
            raise RuntimeError(f"{self.depth} batches are pending already")
        slot = self._free[0]
        stages = self._clock.batch()
        try:
            self._pack(slot, target, stages)
            with stages.stage(slot.stream, "infer"):
                self._session.infer(slot.index, slot.stream)
            slot.inferred = self._events.record(slot.stream)
            self._called.after(slot.stream)
        except BaseException:
            stages.drop()
            raise
        self._free.popleft()
        return CudaPending(self, slot, target, stages)

    def _pack(self, slot: _Slot, target: TargetSet, stages: BatchStages) -> None:
        names = sorted(self.pictures)
        with self._interop.read(target, names, slot.stream) as sources, stages.stage(slot.stream, "pack"):
            for said in self.model.signature.inputs:
                tensor = self._session.input(slot.index, said.name)
                pack(self._cuda.kernels, slot.stream, sources, tensor, said, target.atlas)

    def finish(self, slot: _Slot, target: TargetSet, stages: BatchStages) -> None:
        """Put the rest of a batch on its stream and free its slot, also when that fails."""
        names = (DISPLAY, "render") if self._covered else (DISPLAY,)
        try:
            with (
                self._interop.pass_through(target, names, slot.stream) as sources,
                stages.stage(slot.stream, "unpack"),
            ):
                tensor, said = self._session.output(slot.index), self.model.signature.output
                display, cover = sources[DISPLAY], sources.get("render")
                unpack(self._cuda.kernels, slot.stream, tensor, said, display, target.atlas, cover)
        except BaseException:
            stages.drop()
            raise
        finally:
            self._events.give_back(slot.inferred)
            self._free.append(slot)

    def inferred(self, slot: _Slot) -> bool:
        """True once the network has answered the batch in a slot."""
        return self._events.passed(slot.inferred)

    def traffic(self, target: TargetSet) -> Traffic:
        """Bytes that one batch passes over the bus."""
        out = (DISPLAY, "render") if self._covered else (DISPLAY,)
        return self._interop.traffic(target, sorted(self.pictures)) + self._interop.traffic(target, out)

    # ---- the rest of the protocol --------------------------------------------------------------------------------

    def advance(self) -> None:
        """There is nothing better to move on to."""

    def cancel_building(self) -> None:
        """Nothing is being built: there is a plan."""

    def film(
        self, target: TargetSet, face: int, background: tuple[int, int, int], encoder: GpuEncoder | None = None
    ) -> Recorded | None:
        """Begin copying a finished picture to the host: after whatever wrote it, beside whatever comes."""
        region = target.atlas.regions[face]
        if self._interop.tier == TIERS[-1] or region.size % 2:
            return None
        if encoder is not None:
            with self._interop.read(target, (DISPLAY,), encoder.stream) as sources:
                return encoder.take(sources[DISPLAY], background, left=region.x, bottom=region.y)
        if self._film is None:
            self._film = Film(self._cuda, region.size)
            self._owned.callback(self._film.close)
        with self._interop.read(target, (DISPLAY,), self._film.stream) as sources:
            return self._film.take(sources[DISPLAY], background, left=region.x, bottom=region.y)

    def try_out(self) -> None:
        """Run the network on whatever its tensors hold, in every slot until the first frame would find it prepared.

        Raises:
            ModelError: it fails.
        """
        try:
            for slot in self._slots:
                for _ in range(2):  # once plainly, which loads and tunes; then it is captured as a graph
                    self._session.infer(slot.index, slot.stream)
                call("cuStreamSynchronize", slot.stream.handle)
        except (PlanError, CudaError) as error:
            raise ModelError(f"{self.model.path.name} does not run on this GPU: {error}") from error

    def on_ready(self, callback: Callable[[], None]) -> None:
        """Have `callback` called, on a thread of the driver's, whenever a batch has been inferred."""
        self._notify = callback

    def close(self) -> None:
        """Wait for what is pending and release everything; idempotent. Never fails: the device may be lost."""
        self._notify = lambda: None
        self._owned.close()


class CudaPending:
    """A batch on the GPU."""

    def __init__(self, path: CudaPath, slot: _Slot, target: TargetSet, stages: BatchStages) -> None:
        self._path, self._slot, self._target, self._stages = path, slot, target, stages
        self.traffic = path.traffic(target)

    def ready(self) -> bool:
        """True once the network has answered."""
        return self._path.inferred(self._slot)

    def late_stages(self) -> tuple[StageTime, ...] | None:
        """Pack, infer and unpack on the GPU's clock, once it has passed them."""
        return self._stages.stages()

    def finish(self, timer: StageTimer) -> None:
        """Have the picture written into the display texture; what OpenGL does from here on comes after it."""
        self._path.finish(self._slot, self._target, self._stages)


def _shared(cuda: Cuda) -> str:
    """Words for a GPU that other processes use at the same time."""
    share = own_share()
    return f", shared through MPS{f' ({share})' if share else ''}" if cuda.info.mps_enabled else ""
