"""A network computed by PyTorch on a stream and on memory that belong to somebody else; it can be captured as a graph.

FP16 and FP32 as the file has them, channels last within: what cuDNN's tensor cores like. Nothing here is compiled.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from viewer.benches.torch_network import TorchNetwork

Placed = tuple[int, tuple[int, ...], str]  # address on the device, shape, numpy's name of the dtype


@dataclass(frozen=True)
class _Memory:
    """Device memory as CuPy, Numba and PyTorch hand it to each other."""

    __cuda_array_interface__: dict[str, Any]


def tensor_at(address: int, shape: tuple[int, ...], dtype: str) -> Any:
    """A tensor over memory on the device; nothing is copied, nobody is kept alive."""
    code = {"float16": "<f2", "float32": "<f4", "uint8": "|u1"}[dtype]
    interface = {"shape": shape, "typestr": code, "data": (address, False), "version": 3, "strides": None}
    return torch.as_tensor(_Memory(interface), device="cuda")


class NetworkOnGpu:
    """An ONNX model, its weights on the GPU. Called with tensors by input name; `tf32`: what FP32 may be rounded to."""

    def __init__(self, model: bytes, *, tf32: bool) -> None:
        self._tf32 = tf32
        with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
            file.write(model)
            file.flush()
            self._network = TorchNetwork(Path(file.name))
        self._network.move(_to_gpu)

    def __call__(self, given: dict[str, Any]) -> Any:
        with torch.backends.cudnn.flags(enabled=True, benchmark=True, allow_tf32=self._tf32):
            return self._network(given)


def _to_gpu(tensor: Any) -> Any:
    moved = tensor.cuda()
    return moved.contiguous(memory_format=torch.channels_last) if moved.dim() == 4 else moved


class TorchExecution:
    """One network on one set of tensors at a time. Intermediate memory is its own, so that graphs may overlap."""

    def __init__(self, network: NetworkOnGpu) -> None:
        self._network = network
        self._pool = torch.cuda.MemPool()
        self._views: dict[Placed, Any] = {}  # made before a capture, which may forbid what making them takes

    def run(self, stream_handle: int, tensors: dict[str, Placed], output: str) -> None:
        """Put the network on a stream, capturing or not: every tensor but `output` is read, that one is written."""
        views = {name: self._view(placed) for name, placed in tensors.items()}
        result = views.pop(output)
        stream = torch.cuda.ExternalStream(stream_handle)
        with torch.cuda.stream(stream), torch.cuda.use_mem_pool(self._pool), torch.no_grad():
            given = {name: view.contiguous(memory_format=torch.channels_last) for name, view in views.items()}
            result.copy_(self._network(given))

    def _view(self, placed: Placed) -> Any:
        if placed not in self._views:
            self._views[placed] = tensor_at(*placed)
        return self._views[placed]
