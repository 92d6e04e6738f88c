"""The generator on the CPU: OpenVINO where its wheel exists, ONNX Runtime everywhere else and on request.

Measured on two cores with networks of this kind: OpenVINO in bf16 runs 2.5 to 3.3 times as fast as ONNX Runtime in
fp32, largest difference 0.002. An INT8 file is quantised already; what it leaves in floating point runs in bf16 where
the processor has it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gpu_core.errors import InferenceError, ModelError, PathUnavailable
from gpu_core.neural.inspection import one_line
from gpu_core.neural.model import GeneratorModel
from gpu_core.neural.onnx_session import open_session, refuse_fixed_batch
from gpu_core.neural.openvino_slot import OpenVinoSlot
from gpu_core.neural.signature import Signature
from gpu_core.openvino_import import float_arithmetic, import_openvino
from gpu_core.settings import EngineSettings
from gpu_core.thread_load import usable_cores

Tensor = NDArray[Any]  # of the type and layout that the signature says, batch first
ENGINES = ("auto", "openvino", "onnxruntime")
_PRECISION_OF = {"bf16": "bf16", "f32": "fp32"}  # our names of what OpenVINO computes in


class CpuInference(Protocol):
    """Runs one network on several slots, each with its own input and output buffers."""

    title: str
    inputs: list[tuple[Tensor, ...]]  # for each slot, one tensor an input of the signature, filled before `start`

    def start(self, slot: int, done: Callable[[], None]) -> None:
        """Begin inference of a slot; `done` is called from another thread when it has ended, well or not."""

    def ready(self, slot: int) -> bool:
        """True if `result` would not wait."""

    def result(self, slot: int) -> tuple[Tensor, int, int]:
        """Wait; the output of the signature, valid until the slot starts again, and begin and end in ns.

        Raises:
            InferenceError: the run failed.
        """

    def close(self) -> None:
        """Release the network; idempotent."""


def open_inference(model: GeneratorModel, settings: EngineSettings) -> CpuInference:
    """Open the engine that `settings` name, or the best one there is.

    Raises:
        PathUnavailable: that engine is not installed here; `precisions.file_to_run` has looked at the precision.
        ModelError: the network does not load.
    """
    if settings.inference not in ENGINES:
        raise PathUnavailable(f"unknown inference engine {settings.inference!r}: openvino or onnxruntime")
    if settings.inference != "onnxruntime":
        try:
            return OpenVinoInference(model, settings)
        except ImportError as error:
            if settings.inference == "openvino":
                raise PathUnavailable(f"OpenVINO is not installed here ({error}); choose ONNX Runtime") from error
    return OnnxRuntimeInference(model, settings)


def thread_count(settings: EngineSettings) -> int:
    """Inference threads: what was asked for, else every core this process may use, at most 8."""
    return settings.threads or min(usable_cores(), 8)


def stream_count(settings: EngineSettings) -> int:
    """Requests that run beside each other: one for a single face, for its latency, unless more were asked for.

    A batch has a request a face: as many at once as there are threads. Never more than there are to run.
    """
    if settings.streams:
        return min(settings.streams, settings.depth * settings.faces)
    return min(thread_count(settings), settings.faces)


def _buffers(signature: Signature, settings: EngineSettings) -> list[tuple[Tensor, ...]]:
    """Zeros for every input of every slot."""
    return [
        tuple(np.zeros((settings.faces, *said.shape), said.dtype) for said in signature.inputs)
        for _ in range(settings.depth)
    ]


class OpenVinoInference:
    """OpenVINO's CPU plugin with the asynchronous requests of one batch a slot: see `openvino_slot`.

    With several streams as many requests run beside each other, each on its share of the threads: no barriers inside a
    layer, so more pictures a second, each of which takes longer.
    """

    def __init__(self, model: GeneratorModel, settings: EngineSettings) -> None:
        ov = import_openvino()
        core = ov.Core()
        arithmetic = float_arithmetic(settings.precision)
        compiled, parts = _compile(core, model, settings, arithmetic)
        self.title = f"OpenVINO {'int8' if model.precision == 'int8' else _PRECISION_OF[arithmetic]}"
        self.inputs = _buffers(model.signature, settings)
        names, output = [said.name for said in model.signature.inputs], model.signature.output.name
        self.slots = [
            OpenVinoSlot(ov, compiled, list(zip(names, tensors, strict=True)), output, parts=parts)
            for tensors in self.inputs
        ]

    def start(self, slot: int, done: Callable[[], None]) -> None:
        """Begin inference of a slot on OpenVINO's own threads."""
        self.slots[slot].start(done)

    def ready(self, slot: int) -> bool:
        """True if `result` would not wait."""
        return self.slots[slot].ready()

    def result(self, slot: int) -> tuple[Tensor, int, int]:
        """Wait for a slot; see `CpuInference.result`."""
        return self.slots[slot].result()

    def close(self) -> None:
        """Wait for the requests and let go of them."""
        for slot in self.slots:
            slot.close()


class OnnxRuntimeInference:
    """ONNX Runtime's CPU provider, run by one worker thread: batches are inferred in the order they came."""

    def __init__(self, model: GeneratorModel, settings: EngineSettings) -> None:
        import onnxruntime as ort

        self.title = f"ONNX Runtime {model.precision}"
        options = ort.SessionOptions()
        options.intra_op_num_threads = thread_count(settings)
        # Spinning workers fight the rasteriser for the cores: 28-31 ms instead of 15 when one core was taken.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = open_session(model, settings, options)
        self.inputs = _buffers(model.signature, settings)
        self._names = [said.name for said in model.signature.inputs]
        self._output = model.signature.output.name
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="onnxruntime")
        self._runs: dict[int, Future[tuple[Tensor, int, int]]] = {}

    def start(self, slot: int, done: Callable[[], None]) -> None:
        """Queue a slot for the worker."""
        self._runs[slot] = self._worker.submit(self._run, slot)
        self._runs[slot].add_done_callback(lambda _: done())

    def _run(self, slot: int) -> tuple[Tensor, int, int]:
        start = time.perf_counter_ns()
        output = self._session.run([self._output], dict(zip(self._names, self.inputs[slot], strict=True)))[0]
        return output, start, time.perf_counter_ns()

    def ready(self, slot: int) -> bool:
        """True if `result` would not wait."""
        return self._runs[slot].done()

    def result(self, slot: int) -> tuple[Tensor, int, int]:
        """Wait for a slot; see `CpuInference.result`."""
        try:
            return self._runs[slot].result()
        except Exception as error:  # whatever the runtime raised on its thread
            raise InferenceError(f"ONNX Runtime failed: {one_line(str(error))}") from error

    def close(self) -> None:
        """Let the worker finish and end it."""
        self._worker.shutdown(wait=True)


def _compile(core: Any, model: GeneratorModel, settings: EngineSettings, arithmetic: str) -> tuple[Any, int]:
    """The network with fixed shapes, compiled by OpenVINO for the CPU, and how many requests make a batch."""
    options = {
        "INFERENCE_NUM_THREADS": thread_count(settings),
        "INFERENCE_PRECISION_HINT": arithmetic,
        "NUM_STREAMS": stream_count(settings),
        # Drawing and posing share the cores: a pinned thread would wait for its own while another stands idle.
        "ENABLE_CPU_PINNING": False,
    }
    try:
        network = core.read_model(model.path)
        for said in model.signature.inputs:
            batch = network.input(said.name).partial_shape[0]
            refuse_fixed_batch(batch.get_length() if batch.is_static else None, model, settings)
        parts = _shape(network, model, settings)
        return core.compile_model(network, "CPU", options), parts
    except (RuntimeError, MemoryError) as error:
        reason = (str(error).strip().splitlines() or ["not enough memory"])[-1]
        raise ModelError(f"OpenVINO cannot load {model.path.name}: {one_line(reason)}") from error


def _shape(network: Any, model: GeneratorModel, settings: EngineSettings) -> int:
    """Fix the network's shapes: for one face, or for the whole batch where it cannot be told what one face makes."""
    for faces in (1, settings.faces):
        network.reshape({said.name: [faces, *said.shape] for said in model.signature.inputs})
        made = network.output(model.signature.output.name).partial_shape
        if made.is_static and made[0].get_length() == 1:
            return settings.faces
    return 1
