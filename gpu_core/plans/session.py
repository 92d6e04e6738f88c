"""PlanSession: a plan ready to infer, one execution context a slot, in buffers that are ours.

Inference of a slot runs plainly once and is then captured as a CUDA graph: the first run after a shape is set loads
and tunes what a capture could not. The graph holds inference alone, whose buffers stay where they are; what reads and
writes pictures is launched beside it, since a mapped picture may lie elsewhere each time.
"""

from __future__ import annotations

import math
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from gpu_core.cuda.driver import Cuda, call, lost, translated
from gpu_core.cuda.graphs import CapturedGraph, capture
from gpu_core.errors import CudaError, PlanError
from gpu_core.neural.signature import InputTensor, OutputTensor, Signature
from gpu_core.plans.backend import Backend
from gpu_core.plans.engine_check import check_engine
from gpu_core.plans.messages import Messages, logger_for

ALIGNMENT = 256  # bytes: what TensorRT asks of every address


class PlanUnusable(PlanError):
    """TensorRT does not load this plan here: only a new build helps."""


@dataclass
class _Slot:
    """An execution context and everything it touches."""

    context: Any
    buffers: dict[str, Any] = field(default_factory=dict)  # cuda.core.Buffer by tensor
    scratch: Any = None  # the context's own memory: cuda.core.Buffer
    warm: bool = False  # has run with its shapes
    graph: CapturedGraph | None = None


class PlanSession:
    """Runs a plan on `slots` batches at once. Used only on the thread on which its device is current.

    Attributes:
        title: what infers, for people: "TensorRT 11.4.0".
        graph_reason: "" while inference is launched as CUDA graphs, else why not.
    """

    def __init__(
        self,
        backend: Backend,
        cuda: Cuda,
        plan: bytes,
        *,
        signature: Signature,
        batch: int,
        slots: int,
        graphs: bool = True,
    ) -> None:
        """Load a plan and prepare every slot. Without `graphs` inference is launched plainly, for comparison.

        Raises:
            PlanUnusable: the plan does not load.
            PlanError: TensorRT refuses otherwise, or the plan is not the signature's; the text names the tensor.
            CudaError: no memory for its buffers.
        """
        self.title, self.graph_reason = backend.title, "" if graphs else "none is wanted"
        self._api, self._cuda, self._batch = backend.api, cuda, batch
        self._signature = signature
        self._tensors: tuple[InputTensor | OutputTensor, ...] = (*signature.inputs, signature.output)
        self._messages = Messages()
        self._slots: list[_Slot] = []
        self._logger: Any = None
        self._runtime: Any = None
        self._engine: Any = None
        self._stream: Any = None  # memory is allocated on it
        with ExitStack() as opening:
            opening.callback(self.close)
            self._load(plan)
            self._fit = check_engine(self._api, self._engine, signature, batch)
            self._stream = cuda.stream()
            for _ in range(slots):
                self._prepare()
            with translated("cuStreamSynchronize"):
                self._stream.sync()  # profiles are set, and memory is there, whichever stream uses them
            opening.pop_all()

    def _load(self, plan: bytes) -> None:
        cannot = f"{self.title} cannot load the plan"
        self._logger = logger_for(self._api, self._messages)  # has to outlive everything made with it
        self._runtime = self._messages.ask(cannot, self._api.Runtime, self._logger)
        try:
            self._engine = self._messages.ask(cannot, self._runtime.deserialize_cuda_engine, plan)
        except PlanError as error:
            if lost() is not None or "memory" in str(error).lower():
                raise  # the GPU is full, or lost: nothing is wrong with the plan
            raise PlanUnusable(str(error), error.log) from error

    def _prepare(self) -> None:
        """Make one more slot: profile, shapes, then memory of exactly the size that these need."""
        ask = self._messages.ask
        cannot = f"{self.title} cannot prepare inference"
        strategy = self._api.ExecutionContextAllocationStrategy.USER_MANAGED
        slot = _Slot(ask(cannot, self._engine.create_execution_context, strategy))
        self._slots.append(slot)
        ask(cannot, slot.context.set_optimization_profile_async, self._fit.profile, int(self._stream.handle))
        for said in self._signature.inputs:
            shape = (self._fit.faces, *said.shape)
            ask(f"{cannot} of {self._batch} faces", slot.context.set_input_shape, said.name, shape)
        self._check_shapes(slot, cannot)
        for tensor in self._tensors:
            slot.buffers[tensor.name] = self._allocate(self._bytes(tensor))
        self._give_scratch(slot, cannot)
        self._bind(slot, 0)

    def _check_shapes(self, slot: _Slot, cannot: str) -> None:
        if unknown := self._messages.ask(cannot, slot.context.infer_shapes):
            raise self._messages.refusal(cannot, f"the shape of {unknown[0]!r} is not known")
        said = self._signature.output
        shape = tuple(slot.context.get_tensor_shape(said.name))
        if shape != (self._fit.faces, *said.shape):
            raise self._messages.refusal(cannot, f"its output {said.name!r} would be {shape}")

    def _give_scratch(self, slot: _Slot, cannot: str) -> None:
        size = self._messages.ask(cannot, slot.context.update_device_memory_size_for_shapes)
        slot.scratch = self._allocate(max(size, ALIGNMENT))
        self._messages.tell(cannot, slot.context.set_device_memory, int(slot.scratch.handle), slot.scratch.size)

    def _bytes(self, tensor: InputTensor | OutputTensor) -> int:
        return self._batch * math.prod(tensor.shape) * np.dtype(tensor.dtype).itemsize

    def _allocate(self, size: int) -> Any:
        buffer = self._cuda.allocate(size, self._stream)
        if int(buffer.handle) % ALIGNMENT:
            raise PlanError(f"CUDA gave memory that is not aligned to {ALIGNMENT} bytes")
        return buffer

    def _bind(self, slot: _Slot, run: int) -> None:
        """Give a context the tensors of one of the runs that a batch takes: nearly always there is only one."""
        for tensor in self._tensors:
            offset = run * self._bytes(tensor) * self._fit.faces // self._batch
            if offset % ALIGNMENT:
                raise PlanError(
                    f"the network takes one face at a time, and its {tensor.name!r} is of {offset // run} bytes, no "
                    f"multiple of {ALIGNMENT}: export it with a free batch"
                )
            address = int(slot.buffers[tensor.name].handle) + offset
            what = f"{self.title} does not take the memory of {tensor.name!r}"
            self._messages.ask(what, slot.context.set_tensor_address, tensor.name, address)

    def input(self, slot: int, name: str) -> Any:
        """The `cuda.core.Buffer` of an input: (batch, *InputTensor.shape) in its dtype; 256-byte aligned."""
        return self._slots[slot].buffers[name]

    def output(self, slot: int) -> Any:
        """The `cuda.core.Buffer` of the output: (batch, *OutputTensor.shape) in its dtype; 256-byte aligned."""
        return self._slots[slot].buffers[self._signature.output.name]

    def captured(self, slot: int) -> bool:
        """True once `infer` launches a graph: until then a call takes longer."""
        return self._slots[slot].graph is not None

    def infer(self, slot: int, stream: Any) -> None:
        """Put inference of a slot on a `cuda.core.Stream`; does not wait.

        Raises:
            PlanError: TensorRT refuses; CudaError: the driver does.
        """
        its = self._slots[slot]
        if its.warm and its.graph is None and not self.graph_reason:
            self._capture(its)
        if its.graph is not None:
            its.graph.launch(stream)
        else:
            self._enqueue(its, int(stream.handle))
            its.warm = True

    def _enqueue(self, slot: _Slot, handle: int) -> None:
        for run in range(self._batch // self._fit.faces):
            if self._fit.faces < self._batch:
                self._bind(slot, run)
            self._messages.ask(f"{self.title} cannot infer", slot.context.execute_async_v3, handle)

    def _capture(self, slot: _Slot) -> None:
        """Turn a slot's inference into a graph. What cannot be captured runs plainly from now on, and says why."""
        try:
            slot.graph = capture(self._cuda, partial(self._enqueue, slot))
        except (CudaError, PlanError) as error:
            if isinstance(error, CudaError) and error.is_sticky:
                raise
            self.graph_reason = str(error)

    def close(self, *, lost: bool = False) -> None:
        """Wait for the device and release everything; idempotent. With `lost`, without a call that needs the device."""
        if not lost and self._engine is not None:
            try:
                call("cuCtxSynchronize")
            except CudaError as error:  # what failed has been told where it did; if by TensorRT, not yet to `lost`
                lost = error.is_sticky
        owned = [thing for slot in self._slots for thing in (slot.graph, slot.scratch, *slot.buffers.values())]
        self._slots.clear()  # contexts end before the memory they use
        self._engine = self._runtime = None  # in this order, and only then the logger they speak to
        for thing in (*owned, self._stream):
            if thing is not None and not lost:
                _give_back(thing)
        self._stream = self._logger = None


def _give_back(thing: Any) -> None:
    """Close a graph, a buffer or a stream. There is nothing to be done if that fails."""
    with suppress(CudaError), translated("closing"):
        thing.close()
