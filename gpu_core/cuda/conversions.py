"""Typed launches between pictures and tensors: `pack` and `unpack`, one launch for a whole batch.

Nothing here waits: a launch is put on its stream, and the buffers and surfaces it names have to live until the stream
has passed it. Pictures come out of OpenGL with the bottom row first; tensors have the top row first. What the numbers
mean is `gpu_core.neural.pixels`, which does the same on the CPU. Frames of video are in `frames`, differences of
pictures in `comparison`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from gpu_core.atlas import Atlas
from gpu_core.cuda.comparison import Difference, difference
from gpu_core.cuda.frames import decode, encode, frame_bytes, frame_pitch
from gpu_core.cuda.kernels import Kernels
from gpu_core.cuda.launching import BLOCK, Colour, address, check_size, floats, grid, integers, picture, takes_quads
from gpu_core.cuda.sources import Source
from gpu_core.neural.signature import CHANNELS, PICTURES, InputTensor, OutputTensor

__all__ = [
    "Colour", "Difference", "Resize", "Transfer", "decode", "difference", "encode", "frame_bytes",
    "frame_pitch", "pack", "unpack",
]  # fmt: skip

Resize = Literal["auto", "nearest", "bilinear", "area", "bicubic"]  # auto: area downwards, bilinear upwards
Transfer = Literal["srgb", "linear"]

_ITEM_BYTES = {"float16": 2, "float32": 4, "uint8": 1}
# As sampling.cuh numbers them.
_METHODS = {"nearest": 0, "bilinear": 1, "area": 2, "bicubic": 3}
_AREA_GROWING = 4
QUAD = 4  # pixels that a thread takes at once: other sizes are taken one by one, by the kernels of resize.cu
# As unpacking.cuh numbers them.
_ALPHA_OF_NETWORK, _ALPHA_OF_COVER, _OPAQUE = 0, 1, 2


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
    With `transfer` linear, colours are decoded to light 0..1 after they have been resized; normals never are.

    Raises:
        ValueError: a picture is smaller than the atlas, or the tensor than the batch.
        CudaError, PathUnavailable: as `Kernels.launch`.
    """
    wanted = {name: sources[name] for name in said.pictures}
    _check_pictures(wanted, atlas)
    check_size(tensor, _tensor_bytes(said, atlas))
    same_size = _is_direct(kernels, said, atlas, tuple(wanted.values()))
    scale, bias = _normalising(said)
    arguments = [
        *_inputs(said, wanted),
        address(tensor),
        *integers(said.channels, said.height, said.width, atlas.size, atlas.columns),
        *integers(flip, said.order == "bgr", transfer == "linear"),
        *integers(_method(resize, (atlas.size, atlas.size), (said.width, said.height))),
        *floats(*scale, *bias),
    ]
    if same_size:
        size = grid(said.width // QUAD, said.height, atlas.faces)
        kernels.launch(stream, f"pack_{said.layout.lower()}_{said.dtype}", size, BLOCK, *arguments)
    else:
        arguments += integers(said.layout == "NHWC")
        kernels.launch(
            stream, f"pack_resized_{said.dtype}", grid(said.width, said.height, atlas.faces), BLOCK, *arguments
        )


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

    Raises:
        ValueError: a picture is smaller than the atlas, or the tensor than the batch.
        CudaError, PathUnavailable: as `Kernels.launch`.
    """
    used_cover = cover if said.channels == 3 else None
    pictures = {"target": target} if used_cover is None else {"target": target, "cover": used_cover}
    _check_pictures(pictures, atlas)
    check_size(tensor, _tensor_bytes(said, atlas))
    scale, bias = _denormalising(said)
    alpha_from = _ALPHA_OF_NETWORK if said.channels == 4 else _OPAQUE if used_cover is None else _ALPHA_OF_COVER
    arguments = [
        address(tensor),
        *integers(said.channels, said.height, said.width),
        *picture(target),
        *picture(used_cover),
        *integers(atlas.size, atlas.columns, flip, said.order == "bgr", alpha_from, not said.premultiplied),
        *integers(_method(resize, (said.width, said.height), (atlas.size, atlas.size)), background is not None),
        *floats(*(value / 255 for value in background or (0, 0, 0)), *scale, *bias),
    ]
    if _is_direct(kernels, said, atlas, tuple(pictures.values())):
        size = grid(said.width // QUAD, said.height, atlas.faces)
        kernels.launch(stream, f"unpack_{said.layout.lower()}_{said.dtype}", size, BLOCK, *arguments)
    else:
        arguments += integers(said.layout == "NHWC")
        kernels.launch(
            stream, f"unpack_resized_{said.dtype}", grid(atlas.size, atlas.size, atlas.faces), BLOCK, *arguments
        )


def _inputs(said: InputTensor, sources: Mapping[str, Source]) -> list[np.generic]:
    """For each picture there is: its address, its pitch and its first channel, -1 if it is not wanted."""
    arguments: list[np.generic] = []
    for name in PICTURES:
        before = said.pictures[: said.pictures.index(name)] if name in sources else ()
        first = sum(CHANNELS[other] for other in before) if name in sources else -1
        arguments += [*picture(sources.get(name)), *integers(first)]
    return arguments


def _is_direct(kernels: Kernels, said: InputTensor | OutputTensor, atlas: Atlas, pictures: Sequence[Source]) -> bool:
    """True if nothing is resized, and every thread can take four pixels at once."""
    same = said.width == said.height == atlas.size and atlas.size % QUAD == 0
    return same and all(takes_quads(one, wide_surfaces=kernels.wide_surfaces) for one in pictures)


def _normalising(said: InputTensor) -> tuple[list[float], list[float]]:
    """Scale and bias of the three colours (from 0..255, in the tensor's order), then of depth (from 0..1)."""
    mean, std = _four(said.mean, 0.0), _four(said.std, 1.0)
    whole = 255.0 if said.dtype == "uint8" else 1.0  # what 1 is in the tensor
    scale = [whole / (full * deviation) for full, deviation in zip((255.0, 255.0, 255.0, 1.0), std, strict=True)]
    return scale, [-whole * middle / deviation for middle, deviation in zip(mean, std, strict=True)]


def _denormalising(said: OutputTensor) -> tuple[list[float], list[float]]:
    """Scale and bias of the three colours, in the tensor's order, and of alpha, to 0..1."""
    if said.dtype == "uint8":
        return [1 / 255] * 4, [0.0] * 4
    return _four(said.std, 1.0), _four(said.mean, 0.0)


def _four(values: Sequence[float], plain: float) -> list[float]:
    """One number holds for all four channels, three for colours only: depth and alpha have `plain`."""
    return list(values) * 4 if len(values) == 1 else [*values, plain]


def _method(resize: Resize, old: tuple[int, int], new: tuple[int, int]) -> int:
    """Of sampling, as the kernels number it; sizes are (width, height)."""
    shrinks = [after < before for before, after in zip(old, new, strict=True)]
    chosen = resize if resize != "auto" else "area" if any(shrinks) else "bilinear"
    grows = any(after > before for before, after in zip(old, new, strict=True))
    return _AREA_GROWING if chosen == "area" and grows else _METHODS[chosen]


def _tensor_bytes(said: InputTensor | OutputTensor, atlas: Atlas) -> int:
    return atlas.faces * said.channels * said.height * said.width * _ITEM_BYTES[said.dtype]


def _check_pictures(pictures: Mapping[str, Source], atlas: Atlas) -> None:
    for name, one in pictures.items():
        if one.width < atlas.width or one.height < atlas.height:
            raise ValueError(
                f"the picture {name} has {one.width}x{one.height} pixels, "
                f"{atlas.faces} faces need {atlas.width}x{atlas.height}"
            )
        wanted = (1, "float32") if name == "depth" else (4, "uint8")
        if (one.channels, one.dtype) != wanted:
            raise ValueError(f"the picture {name} has {one.channels} channels of {one.dtype}, {wanted} are needed")
