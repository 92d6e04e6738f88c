"""Typed launch: how far two RGBA8 pictures are apart, and a heat map of where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_core.cuda.kernels import Kernels
from gpu_core.cuda.launching import BLOCK, address, check_size, floats, grid, integers, picture, takes_quads
from gpu_core.cuda.sources import Source

RESULT_BYTES = 16
_RESULT = np.dtype([("sum", np.uint64), ("largest", np.uint32), ("differing", np.uint32)])
_QUAD = 4


@dataclass(frozen=True)
class Difference:
    """Of two pictures, in steps of 8 bits."""

    sum: int  # of the absolute differences of all four components of all pixels
    largest: int  # of them
    differing: int  # pixels that are not the same

    @classmethod
    def read(cls, result: NDArray[np.uint8]) -> Difference:
        """From the `RESULT_BYTES` that `difference` filled, copied to the host."""
        row = result[:RESULT_BYTES].view(_RESULT)[0]
        return cls(int(row["sum"]), int(row["largest"]), int(row["differing"]))


def difference(
    kernels: Kernels,
    stream: Any,
    one: Source,
    other: Source,
    result: Any,
    *,
    heat: Source | None = None,
    gain: float = 1.0,
) -> None:
    """Compare two pictures of one size into `result`: a Buffer, or the address of `RESULT_BYTES` that are 0.

    `heat` becomes a picture of the error: each pixel's largest difference times `gain`, saturated at 255, in the
    colours of inferno (OpenCV's COLORMAP_INFERNO).

    Raises:
        ValueError: the pictures' sizes differ, or the buffer is too small.
        CudaError, PathUnavailable: as `Kernels.launch`.
    """
    pictures = [one, other] if heat is None else [one, other, heat]
    if len({(source.width, source.height) for source in pictures}) > 1:
        raise ValueError(f"pictures to compare are of one size, got {[(s.width, s.height) for s in pictures]}")
    check_size(result, RESULT_BYTES)
    if hasattr(result, "fill"):
        result.fill(0, stream=stream)
    wide = all(takes_quads(source, wide_surfaces=kernels.wide_surfaces) for source in pictures)
    arguments = [
        *picture(one),
        *picture(other),
        *picture(heat),
        *integers(heat is not None),
        *floats(gain),
        *integers(wide, one.width, one.height),
        address(result),
    ]
    kernels.launch(stream, "difference", grid(-(-one.width // _QUAD), one.height), BLOCK, *arguments)
