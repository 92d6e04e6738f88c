"""Work recorded once and launched as one: CUDA graphs, by capturing what somebody puts on a stream."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from gpu_core.cuda.driver import Cuda, translated
from gpu_core.errors import CudaError


class CapturedGraph:
    """Recorded work. Memory and handles in it have to outlive it; the caller closes it once its launches are done."""

    def __init__(self, graph: Any) -> None:
        self._graph = graph

    def launch(self, stream: Any) -> None:
        """Put the work on a `cuda.core.Stream`; does not wait.

        Raises:
            CudaError: the driver refuses.
        """
        with translated("cuGraphLaunch"):
            self._graph.launch(stream)

    def close(self) -> None:
        """Release the graph; idempotent."""
        self._graph.close()


def capture(cuda: Cuda, work: Callable[[int], None]) -> CapturedGraph:
    """Record what `work` puts on the stream whose handle it is given. Nothing of it runs.

    The stream is the graph's own: work that fails in the middle spoils no stream that others use.

    Raises:
        CudaError: the driver refuses: something in the work cannot be recorded.
        whatever `work` raises.
    """
    with translated("cuStreamCreateWithPriority"):
        builder = cuda.device.create_graph_builder()
    try:
        # The other threads' calls are none of its business: "global" would fail when one of them allocates.
        with translated("cuStreamBeginCapture"):
            builder.begin_building("thread_local")
        work(int(builder.stream.handle))
        with translated("cuStreamEndCapture"):
            builder.end_building()
        with translated("cuGraphInstantiate"):
            return CapturedGraph(builder.complete())
    finally:
        with suppress(CudaError), translated("cuStreamEndCapture"):  # what failed has been told where it did
            builder.close()
