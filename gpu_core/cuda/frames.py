"""Typed launches between RGBA pictures and frames of video: NV12 and I420, BT.601 and BT.709, limited and full range.

A frame lies at one address: `height` rows of luma, `frame_pitch(width)` bytes each, then half as many rows (rounded up)
of colour: in NV12 U and V by turns in rows as long, in I420 a plane of U and then one of V in rows half as long.
Row 0 is the top. Colours are means of two by two pixels.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from gpu_core.cuda.kernels import Kernels
from gpu_core.cuda.launching import BLOCK, Colour, address, check_size, floats, grid, integers, picture, takes_quads
from gpu_core.cuda.sources import Source

Form = Literal["nv12", "i420"]
Matrix = Literal["bt601", "bt709"]

_QUAD = 4


def encode(
    kernels: Kernels,
    stream: Any,
    form: Form,
    source: Source,
    out: Any,
    region: tuple[int, int, int, int],
    background: Colour = (0, 0, 0),
    *,
    matrix: Matrix = "bt709",
    full_range: bool = False,
    flip: bool = True,
) -> None:
    """A region of a premultiplied picture over a background, as a frame at `out` (a Buffer or an address).

    `region` is (left, bottom, width, height), from its first column and first row on; `flip` puts its last row on top.

    Raises:
        ValueError: the region is not within the picture, or the frame not within its buffer.
        CudaError, PathUnavailable: as `Kernels.launch`.
    """
    left, bottom, width, height = _checked(region, source)
    check_size(out, frame_bytes(width, height))
    arguments = [
        *picture(source),
        *integers(left, bottom, flip, _wide(kernels, source, left), width, height),
        *_planes(form, out, width, height),
        *integers(matrix == "bt709", full_range),
        *floats(*background),
    ]
    kernels.launch(stream, "encode_420", grid(-(-width // _QUAD), height), BLOCK, *arguments)


def decode(
    kernels: Kernels,
    stream: Any,
    form: Form,
    frame: Any,
    target: Source,
    region: tuple[int, int, int, int],
    *,
    matrix: Matrix = "bt709",
    full_range: bool = False,
    flip: bool = True,
) -> None:
    """A frame (a Buffer or an address) into a region of a picture, opaque. Raises as `encode` does."""
    left, bottom, width, height = _checked(region, target)
    check_size(frame, frame_bytes(width, height))
    arguments = [
        *_planes(form, frame, width, height),
        *integers(matrix == "bt709", full_range),
        *picture(target),
        *integers(left, bottom, flip, _wide(kernels, target, left), width, height),
    ]
    kernels.launch(stream, "decode_420", grid(-(-width // _QUAD), height), BLOCK, *arguments)


def frame_pitch(width: int) -> int:
    """Bytes from one row of luma to the next: the width, made even."""
    return width + width % 2


def frame_bytes(width: int, height: int) -> int:
    """Bytes of a frame; 1.5 a pixel where width and height are even."""
    return frame_pitch(width) * (height + (height + 1) // 2)


def _planes(form: Form, frame: Any, width: int, height: int) -> list[np.generic]:
    """Where the planes begin, their pitches, the step between neighbours, and whether rows can be taken by fours."""
    pitch = frame_pitch(width)
    luma = int(address(frame))
    blue = luma + pitch * height
    red = blue + (1 if form == "nv12" else pitch // 2 * ((height + 1) // 2))
    step, chroma_pitch = (2, pitch) if form == "nv12" else (1, pitch // 2)
    wide = pitch % _QUAD == 0 and luma % _QUAD == 0
    return [np.uint64(luma), np.uint64(blue), np.uint64(red), *integers(pitch, chroma_pitch, step, wide)]


def _wide(kernels: Kernels, source: Source, left: int) -> bool:
    return left % _QUAD == 0 and takes_quads(source, wide_surfaces=kernels.wide_surfaces)


def _checked(region: tuple[int, int, int, int], source: Source) -> tuple[int, int, int, int]:
    left, bottom, width, height = region
    inside = left >= 0 <= bottom and left + width <= source.width and bottom + height <= source.height
    if not inside or width < 1 or height < 1:
        raise ValueError(
            f"{width}x{height} pixels from ({left}, {bottom}) on are not within {source.width}x{source.height}"
        )
    return region
