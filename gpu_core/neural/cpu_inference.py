"""The generator on the CPU: OpenVINO where its wheel exists, ONNX Runtime everywhere else and on request.

Measured on two cores with networks of this kind: OpenVINO in bf16 runs 2.5 to 3.3 times as fast as ONNX Runtime in
fp32, largest difference 0.002.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gpu_core.errors import InferenceError, ModelError, PathUnavailable
from gpu_core.neural.model import INPUT_CHANNELS, GeneratorModel
from gpu_core.openvino_import import import_openvino
from gpu_core.settings import EngineSettings

Tensor = NDArray[np.float32]


class CpuInference(Protocol):
    """Runs one network on several slots, each with its own input and output buffer."""

    title: str
    inputs: list[Tensor]  # one (batch, 6, size, size) a slot, filled by the caller before `start`

    def start(self, slot: int, done: Callable[[], None]) -> None:
        """Begin inference of a slot; `done` is called from another thread when it has ended, well or not."""

    def ready(self, slot: int) -> bool:
        """True if `result` would not wait."""

    def result(self, slot: int) -> tuple[Tensor, int, int]:
        """Wait; the output (batch, 4, size, size), valid until the slot starts again, and begin and end in ns.

        Raises:
            InferenceError: the run failed.
        """

    def close(self) -> None:
        """Release the network; idempotent."""


def open_inference(model: GeneratorModel, settings: EngineSettings) -> CpuInference:
    """Open the engine that `settings` name, or the best one there is.

    Raises:
        PathUnavailable: that engine is not installed here, or cannot do that precision.
        ModelError: the network does not load.
    """
    if settings.inference not in ("auto", "openvino", "onnxruntime"):
        raise PathUnavailable(f"unknown inference engine {settings.inference!r}: openvino or onnxruntime")
    if settings.inference != "onnxruntime" and settings.precision in ("auto", "bf16", "fp32"):
        try:
            return OpenVinoInference(model, settings)
        except ImportError as error:
            if settings.inference == "openvino" or settings.precision == "bf16":
                raise PathUnavailable(f"OpenVINO is not installed here ({error}); use ONNX Runtime") from error
    return OnnxRuntimeInference(model, settings)


def thread_count(settings: EngineSettings) -> int:
    """Inference threads: what was asked for, else every core this process may use, at most 8."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return settings.threads or min(available, 8)


def _input_shape(model: GeneratorModel, settings: EngineSettings) -> tuple[int, int, int, int]:
    return settings.faces, INPUT_CHANNELS, model.size, model.size


class OpenVinoInference:
    """OpenVINO's CPU plugin with one asynchronous request a slot."""

    def __init__(self, model: GeneratorModel, settings: EngineSettings) -> None:
        ov = import_openvino()
        core = ov.Core()
        precision = self._precision(core, settings.precision)
        network = _read_network(core, model.path)
        network.reshape(list(_input_shape(model, settings)))
        compiled = core.compile_model(
            network,
            "CPU",
            {
                "INFERENCE_NUM_THREADS": thread_count(settings),
                "INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32",
                "PERFORMANCE_HINT": "LATENCY",
            },
        )
        self.title = f"OpenVINO {precision}"
        self.inputs = [np.zeros(_input_shape(model, settings), np.float32) for _ in range(settings.depth)]
        self._requests = [compiled.create_infer_request() for _ in self.inputs]
        for request, tensor in zip(self._requests, self.inputs, strict=True):
            request.set_input_tensor(ov.Tensor(tensor, shared_memory=True))
        self._ended_ns = [0] * settings.depth

    @staticmethod
    def _precision(core: Any, wanted: str) -> str:
        has_bf16 = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        if wanted == "bf16" and not has_bf16:
            raise PathUnavailable("this processor has no bf16 instructions; use --precision fp32")
        return "bf16" if has_bf16 and wanted != "fp32" else "fp32"

    def start(self, slot: int, done: Callable[[], None]) -> None:
        """Begin inference of a slot on OpenVINO's own threads."""

        def ended(_: Any) -> None:
            # OpenVINO calls back a moment before `wait_for` says so: what counts is this note.
            self._ended_ns[slot] = time.perf_counter_ns()
            done()

        self._ended_ns[slot] = 0
        self._requests[slot].set_callback(ended, None)
        self._requests[slot].start_async()

    def ready(self, slot: int) -> bool:
        """True if `result` would not wait."""
        return self._ended_ns[slot] != 0

    def result(self, slot: int) -> tuple[Tensor, int, int]:
        """Wait for a slot; see `CpuInference.result`."""
        request = self._requests[slot]
        try:
            request.wait()
        except RuntimeError as error:
            raise InferenceError(f"OpenVINO failed: {error}") from error
        end = self._ended_ns[slot] or time.perf_counter_ns()
        return request.get_output_tensor().data, end - int(request.latency * 1e6), end

    def close(self) -> None:
        """Wait for the requests and let go of them."""
        for request in self._requests:
            request.wait()
        self._requests = []


class OnnxRuntimeInference:
    """ONNX Runtime's CPU provider, run by one worker thread: batches are inferred in the order they came."""

    title = "ONNX Runtime fp32"

    def __init__(self, model: GeneratorModel, settings: EngineSettings) -> None:
        import onnxruntime as ort

        if settings.precision == "bf16":
            raise PathUnavailable("ONNX Runtime has no bf16 on the CPU; use OpenVINO or --precision fp32")
        options = ort.SessionOptions()
        options.intra_op_num_threads = thread_count(settings)
        # Spinning workers fight the rasteriser for the cores: 28-31 ms instead of 15 when one core was taken.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        try:
            self._session = ort.InferenceSession(str(model.path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime's own exceptions derive from Exception alone
            raise ModelError(f"ONNX Runtime cannot load {model.path.name}: {error}") from error
        self.inputs = [np.zeros(_input_shape(model, settings), np.float32) for _ in range(settings.depth)]
        self._input_name = self._session.get_inputs()[0].name
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="onnxruntime")
        self._runs: dict[int, Future[tuple[Tensor, int, int]]] = {}

    def start(self, slot: int, done: Callable[[], None]) -> None:
        """Queue a slot for the worker."""
        self._runs[slot] = self._worker.submit(self._run, slot)
        self._runs[slot].add_done_callback(lambda _: done())

    def _run(self, slot: int) -> tuple[Tensor, int, int]:
        start = time.perf_counter_ns()
        output = self._session.run(None, {self._input_name: self.inputs[slot]})[0]
        return output, start, time.perf_counter_ns()

    def ready(self, slot: int) -> bool:
        """True if `result` would not wait."""
        return self._runs[slot].done()

    def result(self, slot: int) -> tuple[Tensor, int, int]:
        """Wait for a slot; see `CpuInference.result`."""
        try:
            return self._runs[slot].result()
        except Exception as error:  # whatever the runtime raised on its thread
            raise InferenceError(f"ONNX Runtime failed: {error}") from error

    def close(self) -> None:
        """Let the worker finish and end it."""
        self._worker.shutdown(wait=True)


def _read_network(core: Any, path: Path) -> Any:
    try:
        return core.read_model(path)
    except RuntimeError as error:
        reason = str(error).strip().splitlines()[-1]
        raise ModelError(f"OpenVINO cannot load {path.name}: {reason}") from error
