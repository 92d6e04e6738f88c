"""Arguments of launches as numpy scalars, and the shape of their grids: what all launchers share."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpu_core.cuda.sources import Source

Colour = tuple[int, int, int]  # 0..255, sRGB
BLOCK = (16, 8)  # threads, as pictures.cuh says and why
_QUAD_BYTES = 16


def integers(*values: int | bool) -> list[np.generic]:
    """C ints."""
    return [np.int32(value) for value in values]


def floats(*values: float) -> list[np.generic]:
    """C floats."""
    return [np.float32(value) for value in values]


def address(buffer: Any) -> np.generic:
    """A device address, from a cuda.core Buffer or a whole number."""
    return np.uint64(int(getattr(buffer, "handle", buffer)))


def picture(source: Source | None) -> list[np.generic]:
    """Where a picture is, as pictures.cuh takes it: address or surface, and pitch."""
    return [np.uint64(0), np.int32(0)] if source is None else [np.uint64(source.address), np.int32(source.pitch)]


def takes_quads(source: Source, *, wide_surfaces: bool) -> bool:
    """True if four pixels can be read or written at once, from any multiple of four on."""
    if source.pitch == 0:
        return wide_surfaces
    return source.pitch % _QUAD_BYTES == 0 and source.address % _QUAD_BYTES == 0


def grid(columns: int, rows: int, faces: int = 1) -> tuple[int, int, int]:
    """Blocks for so many threads in each direction."""
    return -(-columns // BLOCK[0]), -(-rows // BLOCK[1]), faces


def check_size(buffer: Any, needed: int) -> None:
    """Refuse a buffer that is too small; of a bare address nothing is known.

    Raises:
        ValueError: it is.
    """
    size = getattr(buffer, "size", None)
    if size is not None and size < needed:
        raise ValueError(f"a buffer of {needed} bytes is needed, this one has {size}")
