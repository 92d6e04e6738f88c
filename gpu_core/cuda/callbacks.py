"""Being told when a stream gets to a point, instead of asking or waiting."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

from gpu_core.cuda.calls import call

_HOST_FUNCTION = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class HostCallback:
    """A Python function for the driver to call, on a thread of its own.

    It has to outlive every stream that it was put on: close those, or synchronise them, first. The function must be
    short and must not call CUDA: the stream goes on when it has returned.
    """

    def __init__(self, function: Callable[[], None]) -> None:
        self._native = _HOST_FUNCTION(lambda _: function())  # kept: the driver holds no reference
        self._address = ctypes.cast(self._native, ctypes.c_void_p).value

    def after(self, stream: Any) -> None:
        """Have the function called once everything that is on the stream so far is done.

        Raises:
            CudaError: the driver refuses.
        """
        from cuda.bindings import driver

        call("cuLaunchHostFunc", driver.CUstream(int(stream.handle)), driver.CUhostFn(self._address), 0)
