"""For tests of plans: the double of TensorRT as a backend, plans built in this process, and tensors by numpy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_core.cuda.driver import Cuda, call
from gpu_core.neural.model import GeneratorModel
from gpu_core.neural.signature import InputTensor, OutputTensor
from gpu_core.plans.backend import Backend, open_backend
from gpu_core.plans.builder import build_plan
from gpu_core.plans.messages import Messages
from tests.gpu_core.plans.requests import DOUBLE, request_for

Tensor = NDArray[Any]


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
