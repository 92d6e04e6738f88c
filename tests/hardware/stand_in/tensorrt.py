"""NOT TensorRT: a stand-in of the same name, with which PyTorch computes the network on a real NVIDIA GPU.

For machines with an NVIDIA GPU and PyTorch, but without TensorRT's libraries (gigabytes, from an index of NVIDIA's
own). Everything around the network is the product's: passage, kernels, streams, graphs, fences. What it says of
inference, it says of PyTorch: its name is in the version, so that badges and tables tell. With this folder on
PYTHONPATH it is found by this process and by the one that builds plans.

Types, strictness and plans are those of the emulated tests' double; only the computing is another.
"""

from __future__ import annotations

from typing import Any

from tests.emulation.tensorrt import double, runtime
from tests.emulation.tensorrt.double import *  # noqa: F403
from tests.emulation.tensorrt.plan import Head

globals().update({name: thing for name, thing in vars(double).items() if not name.startswith("_")})
__version__ = "11.4.0 stand-in (PyTorch computes)"


class Runtime(runtime.Runtime):
    """Loads plans for PyTorch to run."""

    def _engine(self, head: Head, network: bytes, weights: Any) -> ICudaEngine:
        return ICudaEngine(self._log, head, network, weights)


class ICudaEngine(runtime.ICudaEngine):
    """A plan whose network lies on the GPU as PyTorch's tensors."""

    def __init__(self, log: Any, head: Head, network: bytes, weights: Any) -> None:
        from tests.hardware.torch_execution import NetworkOnGpu  # not at the top: building needs no PyTorch

        super().__init__(log, head, network, weights)
        self.torch_network = NetworkOnGpu(network, tf32="TF32" in head.flags)

    def _context(self, strategy: Any) -> IExecutionContext:
        return IExecutionContext(self, strategy)


class IExecutionContext(runtime.IExecutionContext):
    """Runs it on the stream it is given, or into the graph that is being captured there."""

    def __init__(self, engine: ICudaEngine, strategy: Any) -> None:
        from tests.hardware.torch_execution import TorchExecution

        super().__init__(engine, strategy)
        self._execution = TorchExecution(engine.torch_network)

    def _put_on(self, stream_handle: int) -> None:
        (output,) = self.engine._head.outputs
        names = {name: str(runtime.NUMPY[self.engine.get_tensor_dtype(name)]().dtype) for name in self.engine._modes}
        shapes = {name: tuple(self.get_tensor_shape(name)) for name in names}
        tensors = {name: (self._addresses[name], shapes[name], dtype) for name, dtype in names.items()}
        self._execution.run(stream_handle, tensors, output)
