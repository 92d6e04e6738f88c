"""One batch in flight at OpenVINO: a request for all of it, or one for each face.

A request a face runs on a thread of its own, without barriers inside layers, and finds its layers still in the core's
cache: measured on two cores with `swift` and four faces, 14.5 instead of 15.2 ms a face, and up to a seventh more where
the machine is slow to wake a thread at a barrier.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_core.errors import InferenceError
from gpu_core.neural.inspection import one_line

Tensor = NDArray[Any]


class OpenVinoSlot:
    """The requests of one batch over its input tensors, which are filled before `start`.

    Args:
        compiled: the network, for one face where `parts` is the number of faces, else for all of them.
        output: by name: a port would keep the network alive, and let it die on a thread of its own, which aborts.
    """

    def __init__(
        self, ov: Any, compiled: Any, inputs: Sequence[tuple[str, Tensor]], output: str, *, parts: int
    ) -> None:
        self._output = output
        self._requests = [compiled.create_infer_request() for _ in range(parts)]
        self._whole: Tensor | None = None  # what all requests make together, where there are several
        if parts > 1:
            made = compiled.output(output)
            self._whole = np.empty((parts, *list(made.shape)[1:]), made.element_type.to_dtype())
        for part, request in enumerate(self._requests):
            for name, tensor in inputs:
                request.set_tensor(name, ov.Tensor(_part(tensor, part, parts), shared_memory=True))
            if self._whole is not None:
                request.set_tensor(output, ov.Tensor(_part(self._whole, part, parts), shared_memory=True))
        self._lock, self._left = threading.Lock(), 0
        self._ended_ns = [0] * parts

    @property
    def requests(self) -> tuple[Any, ...]:
        """OpenVINO's own."""
        return tuple(self._requests)

    def start(self, done: Callable[[], None]) -> None:
        """Begin; `done` is called from another thread when all of it has ended, well or not."""
        self._left = len(self._requests)
        self._ended_ns = [0] * self._left
        for part, request in enumerate(self._requests):
            request.set_callback(self._noting(part, done), None)
        for request in self._requests:
            request.start_async()

    def _noting(self, part: int, done: Callable[[], None]) -> Callable[[Any], None]:
        def ended(_: Any) -> None:
            # OpenVINO calls back a moment before `wait` says so: what counts is this note.
            self._ended_ns[part] = time.perf_counter_ns()
            with self._lock:
                self._left -= 1
                is_last = not self._left
            if is_last:
                done()

        return ended

    def ready(self) -> bool:
        """True if `result` would not wait."""
        return all(self._ended_ns)

    def result(self) -> tuple[Tensor, int, int]:
        """Wait; the output of the whole batch, valid until the next start, and begin and end in ns.

        Raises:
            InferenceError: a request failed; all have ended.
        """
        failed: RuntimeError | None = None
        for request in self._requests:
            try:
                request.wait()
            except RuntimeError as error:
                failed = error
        if failed is not None:
            raise InferenceError(f"OpenVINO failed: {one_line(str(failed))}") from failed
        ends = [ended or time.perf_counter_ns() for ended in self._ended_ns]
        begins = [end - int(request.latency * 1e6) for end, request in zip(ends, self._requests, strict=True)]
        made = self._whole if self._whole is not None else self._requests[0].get_tensor(self._output).data
        return made, min(begins), max(ends)

    def close(self) -> None:
        """Wait for the requests and let go of them; idempotent."""
        for request in self._requests:
            with suppress(RuntimeError):  # that it failed has been told by `result`, or nobody asked
                request.wait()
        self._requests = []


def _part(tensor: Tensor, part: int, parts: int) -> Tensor:
    """One request's rows of a batch."""
    rows = len(tensor) // parts
    return tensor[part * rows : (part + 1) * rows]
