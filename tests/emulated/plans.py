"""For tests of plans: the double of TensorRT as a backend, plans built in this process, and tensors by numpy."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from gpu_core.cuda.driver import Cuda, call
from gpu_core.neural.model import GeneratorModel
from gpu_core.neural.signature import InputTensor, OutputTensor
from gpu_core.plans.backend import Backend, open_backend
from gpu_core.plans.build import PlanBuild, PlanDone
from gpu_core.plans.builder import build_plan
from gpu_core.plans.cache import PlanCache
from gpu_core.plans.messages import Messages
from gpu_core.plans.request import plan_request
from gpu_core.plans.session import PlanSession
from tests.gpu_core.plans.requests import DOUBLE, request_for

Tensor = NDArray[Any]
PATIENCE_S = 900.0  # for a real TensorRT on a real GPU
# Of a picture's range: FP16 has ten bits, and a network of twenty layers adds their errors up.
FP16_TOLERANCE, FP32_TOLERANCE = 0.02, 0.002


def double() -> Backend:
    """The double, opened as the product opens TensorRT."""
    return open_backend(DOUBLE.flavour, DOUBLE.module)


def plan_of(model: GeneratorModel, **changes: Any) -> bytes:
    """Its plan, built by the double."""
    return build_plan(request_for(model, **changes), double(), Messages()).plan


def put(cuda: Cuda, stream: Any, tensor: Tensor, buffer: Any) -> None:
    """Copy a tensor into a buffer, in the order of a stream."""
    with cuda.pinned(tensor.nbytes) as memory:
        memory.view[:] = tensor.reshape(-1).view(np.uint8)
        call("cuMemcpyHtoDAsync", int(buffer.handle), memory.pointer, tensor.nbytes, stream.handle)
        stream.sync()


def taken(cuda: Cuda, stream: Any, buffer: Any, said: InputTensor | OutputTensor, batch: int) -> Tensor:
    """A buffer's tensor, once the stream has got there."""
    size = batch * math.prod(said.shape) * np.dtype(said.dtype).itemsize
    with cuda.pinned(size) as memory:
        call("cuMemcpyDtoHAsync", memory.pointer, int(buffer.handle), size, stream.handle)
        stream.sync()
        return memory.view.view(said.dtype).reshape(batch, *said.shape).copy()


def built_by_a_child(model: GeneratorModel, backend: Backend, cuda: Cuda, folder: Path) -> bytes:
    """Its plan, built in a child process."""
    deadline = time.monotonic() + PATIENCE_S
    with PlanBuild(plan_request(model, backend, cuda.info), PlanCache(folder)) as build:
        while not isinstance(told := build.poll(), PlanDone):
            assert time.monotonic() < deadline, told
            time.sleep(0.05)
    return told.plan


def hold_against_onnxruntime(
    model: GeneratorModel, backend: Backend, cuda: Cuda, folder: Path, batches: tuple[int, ...]
) -> None:
    """Build it, and hold what it infers against ONNX Runtime, before and after it is a graph."""
    plan = built_by_a_child(model, backend, cuda, folder)
    (said,), output = model.signature.inputs, model.signature.output
    reference = ort.InferenceSession(str(model.path), providers=["CPUExecutionProvider"])
    tolerance = FP16_TOLERANCE if said.dtype == "float16" else FP32_TOLERANCE
    for batch in batches:
        pair = np.random.default_rng(batch).random((batch, *said.shape)).astype(said.dtype)
        (expected,) = reference.run([output.name], {said.name: pair})
        session = PlanSession(backend, cuda, plan, signature=model.signature, batch=batch, slots=2)
        stream = cuda.stream()
        for turn in range(6):
            put(cuda, stream, pair, session.input(turn % 2, said.name))
            session.infer(turn % 2, stream)
            face = taken(cuda, stream, session.output(turn % 2), output, batch)
            np.testing.assert_allclose(face.astype(np.float32), expected.astype(np.float32), atol=tolerance)
        assert session.graph_reason == ""
        assert session.captured(0)
        assert session.captured(1)
        session.close()
