"""Typed launches of the kernels: pictures into tensors and back, colour spaces, differences. Each is one launch.

Nothing here waits: a launch is put on its stream, and the buffers and surfaces it names have to live until the stream
has passed it. Pictures come out of OpenGL with the bottom row first; tensors and video frames have the top row first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from gpu_core.atlas import Atlas
from gpu_core.cuda.kernels import Kernels
from gpu_core.cuda.sources import Source
from gpu_core.neural.signature import InputTensor, OutputTensor

Resize = Literal["auto", "nearest", "bilinear", "area", "bicubic"]  # auto: area downwards, bilinear upwards
Transfer = Literal["srgb", "linear"]
Matrix = Literal["bt601", "bt709"]
Colour = tuple[int, int, int]  # 0..255, sRGB


def pack(
    kernels: Kernels,
    stream: Any,
    sources: Mapping[str, Source],
    tensor: Any,
    said: InputTensor,
    atlas: Atlas,
    *,
    resize: Resize = "auto",
    transfer: Transfer = "srgb",
    flip: bool = True,
) -> None:
    """Fill an input tensor, (atlas.faces, *said.shape), from the pictures it wants, as `neural.pixels.pack` means it.

    `sources` holds the atlas-sized picture of every name in `said.pictures`; `tensor` is a Buffer or an address.
    """
    raise NotImplementedError


def unpack(
    kernels: Kernels,
    stream: Any,
    tensor: Any,
    said: OutputTensor,
    target: Source,
    atlas: Atlas,
    cover: Source | None = None,
    *,
    background: Colour | None = None,
    resize: Resize = "auto",
    flip: bool = True,
) -> None:
    """Write the network's pictures, (atlas.faces, *said.shape), into `target`, as `neural.pixels.unpack` means it.

    `cover` is the render image, for networks that make no alpha; without it they are opaque. With a `background` the
    pictures are laid over that colour and become opaque.
    """
    raise NotImplementedError


def encode_nv12(
    kernels: Kernels,
    stream: Any,
    source: Source,
    out: Any,
    width: int,
    height: int,
    background: Colour = (0, 0, 0),
    matrix: Matrix = "bt709",
    full_range: bool = False,
    *,
    left: int = 0,
    bottom: int = 0,
    flip: bool = True,
) -> None:
    """A region of a premultiplied picture over a background, as an NV12 frame at `out`.

    The frame has `frame_pitch(width)` bytes a row: `height` rows of luma, then half as many (rounded up) of U and V.
    """
    raise NotImplementedError


def frame_pitch(width: int) -> int:
    """Bytes from one row of an NV12 frame to the next: the width, made even."""
    return width + width % 2


def frame_bytes(width: int, height: int) -> int:
    """Bytes of an NV12 or I420 frame; 1.5 a pixel where width and height are even."""
    return frame_pitch(width) * (height + (height + 1) // 2)
