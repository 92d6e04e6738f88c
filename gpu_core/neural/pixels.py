"""Between pixels and tensors on the CPU: what `pack` and `unpack` mean, and their fast form with OpenCV.

Pictures are (height, width, 4) uint8, premultiplied sRGB, or depth as (height, width) float32 0..1; rows bottom first,
as OpenGL hands them over. Tensors have the top row first, and the form that the generator's signature says. Whatever
the layout, they are worked on as planes, (channels, height, width): channels last is a view with other strides.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gpu_core.neural.signature import CHANNELS, InputTensor, OutputTensor

Pixels = NDArray[np.uint8]
Planes = NDArray[np.float32]


def pack(pictures: dict[str, NDArray[Any]], tensor: InputTensor, out: NDArray[Any]) -> None:
    """Pictures, by name, into one face of an input tensor; `out` has the tensor's layout and type, without the batch.

    Pictures of another size are resized: averaged where the network's is smaller, interpolated where it is larger.
    """
    if _is_bytes_side_by_side(pictures, tensor, out):
        _interleave(pictures, tensor, out)
        return
    planes = _as_planes(out, tensor.layout)
    first = 0
    for name in tensor.pictures:
        last = first + CHANNELS[name]
        _pack_picture(pictures[name], tensor, planes[first:last])
        first = last


def _is_bytes_side_by_side(pictures: dict[str, NDArray[Any]], tensor: InputTensor, out: NDArray[Any]) -> bool:
    """True if bytes only have to be put side by side: uint8 in and out, channels last; resized bytes are bytes too."""
    are_bytes = all(pictures[name].dtype == np.uint8 for name in tensor.pictures)
    return are_bytes and tensor.dtype == "uint8" and tensor.layout == "NHWC" and out.flags.c_contiguous


def _interleave(pictures: dict[str, NDArray[Any]], tensor: InputTensor, out: NDArray[Any]) -> None:
    """All pictures' channels into one tensor, in one pass a picture: ten times as fast as channel by channel."""
    first = 0
    for name in tensor.pictures:
        count = CHANNELS[name]
        order = range(count) if tensor.order == "rgb" else range(count - 1, -1, -1)
        pairs = [number for place, channel in enumerate(order) for number in (channel, first + place)]
        cv2.mixChannels([_turned(pictures[name], tensor.width, tensor.height)], [out], pairs)
        first += count


def _turned(picture: NDArray[Any], width: int, height: int) -> NDArray[Any]:
    """The picture at the network's size, top row first."""
    if picture.shape[:2] == (height // 2, width // 2) and picture.dtype == np.uint8:
        return resized(cv2.flip(picture, 0), width, height)  # the same bytes, and a quarter of them to turn over
    return np.asarray(cv2.flip(resized(picture, width, height), 0))


def _pack_picture(picture: NDArray[Any], tensor: InputTensor, out: NDArray[Any]) -> None:
    """One picture's channels into their planes."""
    turned = _turned(picture, tensor.width, tensor.height)
    channels: Any = cv2.split(turned)[: len(out)]
    if tensor.order == "bgr" and len(channels) == 3:
        channels = channels[::-1]
    full = 255.0 if picture.dtype == np.uint8 else 1.0
    for index, channel in enumerate(channels):
        if tensor.dtype == "uint8":
            out[index] = channel if full == 255.0 else np.rint(channel * np.float32(255.0))
            continue
        mean, std = _normalisation(tensor, index, plain=len(channels) == 1)
        np.multiply(channel, np.float32(1.0 / (full * std)), out=out[index], casting="same_kind")
        if mean:
            out[index] -= out.dtype.type(mean / std)


def unpack(tensor: NDArray[Any], said: OutputTensor, out: Pixels, cover: Pixels | None = None) -> None:
    """One face of an output tensor into a picture, rounded and clamped, resized to fit `out`.

    Colours end premultiplied and never above alpha. Alpha comes from the network, or, if it makes none, from `cover`:
    the render image, of `out`'s shape. Straight colours are multiplied by alpha here.
    """
    if _is_a_picture(tensor, said):
        _turn_over(tensor, out)
        return
    planes = _as_planes(tensor, said.layout)
    colours, alpha = _colours(planes, said), _alpha(planes, said)
    height, width = out.shape[:2]
    if alpha is None:
        colours = np.stack([resized(plane, width, height) for plane in colours])
        alpha = _cover(cover, width, height)
    if not said.premultiplied:
        colours = colours * alpha
    merged = cv2.merge([*np.minimum(colours, alpha), alpha])
    # convertScaleAbs would fold negative values up; a signed conversion saturates them to 0.
    bytes_ = cv2.convertScaleAbs(np.maximum(merged, 0.0, out=merged), alpha=255.0)
    cv2.flip(resized(bytes_, width, height), 0, dst=out)


def _is_a_picture(tensor: NDArray[Any], said: OutputTensor) -> bool:
    """True if the network's answer is a picture already, of whatever size: premultiplied bytes, channels last."""
    form = (said.dtype, said.layout, said.channels, said.order, said.premultiplied)
    return form == ("uint8", "NHWC", 4, "rgb", True) and tensor.flags.c_contiguous


def _turn_over(tensor: Pixels, out: Pixels) -> None:
    """The network's own picture, with the bottom row first and colours held below alpha."""
    alpha = cv2.cvtColor(cv2.extractChannel(tensor, 3), cv2.COLOR_GRAY2BGRA)  # three times, and 255
    height, width = out.shape[:2]
    cv2.flip(resized(cv2.min(tensor, alpha), width, height), 0, dst=out)


def resized(picture: NDArray[Any], width: int, height: int) -> NDArray[Any]:
    """The picture at another size, or as it is: area average downwards, linear upwards."""
    if picture.shape[:2] == (height, width):
        return picture
    smaller = width < picture.shape[1] or height < picture.shape[0]
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (width, height), interpolation=how))


def _colours(planes: NDArray[Any], said: OutputTensor) -> Planes:
    """The three colour planes as float32 0..1 in the order red, green, blue."""
    colours = planes[:3] if said.order == "rgb" else planes[2::-1]
    if said.dtype == "uint8":
        return colours * np.float32(1 / 255)
    colours = (
        np.ascontiguousarray(colours, np.float32) if said.layout == "NHWC" else colours.astype(np.float32, copy=False)
    )
    if (said.mean, said.std) == ((0.0,), (1.0,)):
        return colours
    order = slice(None) if said.order == "rgb" else slice(None, None, -1)
    mean, std = (np.array(v, np.float32)[order].reshape(-1, 1, 1) for v in (said.mean, said.std))
    return colours * std + mean


def _alpha(planes: NDArray[Any], said: OutputTensor) -> Planes | None:
    """The alpha plane as float32 0..1, or None if the network makes none."""
    if said.channels == 3:
        return None
    alpha: Planes = np.ascontiguousarray(planes[3], np.float32)
    mean, std = (0.0, 1 / 255) if said.dtype == "uint8" else _normalisation(said, 3, plain=True)
    if (mean, std) != (0.0, 1.0):
        alpha = alpha * np.float32(std) + np.float32(mean)
    return alpha


def _cover(cover: Pixels | None, width: int, height: int) -> Planes:
    """The render image's alpha, top row first; opaque without a render image."""
    if cover is None:
        return np.ones((height, width), np.float32)
    return np.multiply(cover[::-1, :, 3], np.float32(1 / 255), dtype=np.float32)


def _normalisation(tensor: InputTensor | OutputTensor, index: int, *, plain: bool) -> tuple[float, float]:
    """Mean and deviation of a channel. Three numbers are for colours: `plain` channels, depth and alpha, have none."""
    mean = tensor.mean[0] if len(tensor.mean) == 1 else 0.0 if plain else tensor.mean[index]
    std = tensor.std[0] if len(tensor.std) == 1 else 1.0 if plain else tensor.std[index]
    return float(mean), float(std)


def _as_planes(tensor: NDArray[Any], layout: str) -> NDArray[Any]:
    return tensor if layout == "NCHW" else np.moveaxis(tensor, -1, 0)
