"""Who runs the network on the classic path: ONNX Runtime as it comes, or a plan between two synchronous copies."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gpu_core.cuda.calls import call, close_quietly
from gpu_core.cuda.driver import Cuda, lost
from gpu_core.cuda.plain_copies import copy_down, copy_up
from gpu_core.errors import InferenceError
from gpu_core.neural.inspection import one_line
from gpu_core.neural.model import GeneratorModel
from gpu_core.neural.onnx_session import open_session
from gpu_core.plans.backend import Backend
from gpu_core.plans.session import PlanSession
from gpu_core.settings import EngineSettings
from gpu_core.timing import StageTimer

Tensor = NDArray[Any]


class Network(Protocol):
    """Runs a batch and returns when its answer is there."""

    title: str  # what infers, for people
    gpu: str  # UUID of the GPU it runs on, "" if on none
    copied_bytes: int  # between host and GPU, up and down, each batch

    def run(self, feed: Mapping[str, Tensor], timer: StageTimer) -> Tensor:
        """Answer float32 tensors (faces, *InputTensor.shape) by name: (faces, *OutputTensor.shape) float32.

        Raises:
            InferenceError, PlanError, CudaError: it failed.
        """

    def close(self) -> None:
        """Release it; idempotent."""


class SessionNetwork:
    """ONNX Runtime on the CPU, with its defaults.

    Raises:
        ModelError: it does not load.
        PathUnavailable: it takes one picture at a time, and several faces were asked for.
    """

    title, gpu, copied_bytes = "ONNX Runtime fp32, as it comes", "", 0

    def __init__(self, model: GeneratorModel, settings: EngineSettings) -> None:
        import onnxruntime as ort

        self._output = model.signature.output.name
        # Its defaults: every core, and threads that spin while they wait.
        self._session = open_session(model, settings, ort.SessionOptions())

    def run(self, feed: Mapping[str, Tensor], timer: StageTimer) -> Tensor:
        """See `Network`."""
        with timer.stage("infer"):
            try:
                return np.asarray(self._session.run([self._output], feed)[0])
            except Exception as error:  # ONNX Runtime's own exceptions derive from Exception alone
                raise InferenceError(f"ONNX Runtime failed: {one_line(str(error))}") from error

    def close(self) -> None:
        """Nothing runs between two calls: let go of it, and of its threads."""
        self._session = None


class PlanNetwork:
    """A plan on an NVIDIA GPU: copy up, execute, wait, copy down. No CUDA graph, no page-locked memory.

    Copies are named as the GPU sees them: in and out. Device and backend belong to the caller, and outlive it.

    Raises:
        PlanError: the plan does not fit the generator, or TensorRT refuses it.
        CudaError: a driver's call failed.
    """

    def __init__(
        self, model: GeneratorModel, settings: EngineSettings, cuda: Cuda, backend: Backend, plan: bytes
    ) -> None:
        said = model.signature
        self._made = (settings.faces, *said.output.shape)
        shapes = [*((settings.faces, *tensor.shape) for tensor in said.inputs), self._made]
        self.copied_bytes = np.dtype(np.float32).itemsize * sum(math.prod(shape) for shape in shapes)
        self.gpu = cuda.info.uuid
        with ExitStack() as opening:
            self._stream = cuda.stream(with_default=True)
            opening.callback(close_quietly, self._stream)
            self._session = PlanSession(
                backend, cuda, plan, signature=said, batch=settings.faces, slots=1, graphs=False
            )
            opening.pop_all()
        self.title = f"{self._session.title} fp32, synchronous copies"

    def run(self, feed: Mapping[str, Tensor], timer: StageTimer) -> Tensor:
        """See `Network`."""
        with timer.stage("copy_in"):
            for name, tensor in feed.items():
                copy_up(tensor, self._session.input(0, name))
        with timer.stage("infer"):
            self._session.infer(0, self._stream)
            call("cuStreamSynchronize", self._stream.handle)
        with timer.stage("copy_out"):
            return copy_down(self._session.output(0), self._made, np.float32)

    def close(self) -> None:
        """Release plan and stream; never fails: the device may be lost."""
        self._session.close(lost=lost() is not None)
        close_quietly(self._stream)
        self._stream = None
