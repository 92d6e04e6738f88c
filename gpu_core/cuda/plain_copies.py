"""Copies as the textbook has them: ordinary memory of the host, and a call that returns when it is done.

They go through the default stream, which waits for every stream that was made `with_default`, and those for it: from
pageable memory a copy up may still be on its way from the driver's own memory when the call returns.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from gpu_core.cuda.calls import call


def copy_up(source: NDArray[Any], into: Any) -> None:
    """Copy a C-contiguous array into a `cuda.core.Buffer` of the same size.

    Raises:
        CudaError: the driver refuses.
        ValueError: another size, or rows that do not follow each other.
    """
    if source.nbytes != into.size or not source.flags.c_contiguous:
        raise ValueError(f"{source.nbytes} bytes do not fill a buffer of {into.size}, or do not follow each other")
    call("cuMemcpyHtoD", int(into.handle), source.ctypes.data, source.nbytes)


def copy_down(source: Any, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """A `cuda.core.Buffer` of exactly that shape as a new array.

    Raises:
        CudaError: the driver refuses.
        ValueError: another size.
    """
    made = np.empty(shape, dtype)
    if made.nbytes != source.size:
        raise ValueError(f"a buffer of {source.size} bytes is no array of {made.nbytes}")
    call("cuMemcpyDtoH", made.ctypes.data, int(source.handle), made.nbytes)
    return made
