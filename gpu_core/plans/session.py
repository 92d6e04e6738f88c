"""PlanSession: a plan ready to infer, one execution context a slot, in buffers that are ours."""

from __future__ import annotations

from typing import Any

from gpu_core.cuda.driver import Cuda
from gpu_core.neural.signature import Signature
from gpu_core.plans.backend import Backend


class PlanSession:
    """Runs a plan on `slots` batches at once. Used only on the thread on which its device is current.

    Attributes:
        title: what infers, for people: "TensorRT 11.4.0".
        graph_reason: "" while inference is launched as CUDA graphs, else why not.
    """

    title: str
    graph_reason: str

    def __init__(
        self, backend: Backend, cuda: Cuda, plan: bytes, *, signature: Signature, batch: int, slots: int
    ) -> None:
        """Load a plan and prepare every slot.

        Raises:
            PlanError: TensorRT refuses, or the plan is not that of the signature; the text names the tensor.
            CudaError: no memory for its buffers.
        """
        raise NotImplementedError

    def input(self, slot: int, name: str) -> Any:
        """The `cuda.core.Buffer` of an input: (batch, *InputTensor.shape) in its dtype; 256-byte aligned."""
        raise NotImplementedError

    def output(self, slot: int) -> Any:
        """The `cuda.core.Buffer` of the output: (batch, *OutputTensor.shape) in its dtype; 256-byte aligned."""
        raise NotImplementedError

    def captured(self, slot: int) -> bool:
        """True once `infer` launches a graph: until then a call takes longer."""
        raise NotImplementedError

    def infer(self, slot: int, stream: Any) -> None:
        """Put inference of a slot on a `cuda.core.Stream`; does not wait.

        Raises:
            PlanError: TensorRT refuses; CudaError: the driver does.
        """
        raise NotImplementedError

    def close(self, *, lost: bool = False) -> None:
        """Wait for the device and release everything; idempotent. With `lost`, without a call that needs the device."""
        raise NotImplementedError
