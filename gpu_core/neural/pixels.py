"""Between pixels and tensors on the CPU: what `pack` and `unpack` mean, and their fast form with OpenCV.

Pictures are (size, size, 4) uint8, premultiplied sRGB, rows bottom first, as OpenGL hands them over; tensors are planar
float32 with the top row first, normalised as the generator's card says.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from gpu_core.neural.model import Normalisation

Pixels = NDArray[np.uint8]
Tensor = NDArray[np.float32]


def pack(picture: Pixels, norm: Normalisation, out: Tensor) -> None:
    """One picture's colours into three planes of a tensor: (size, size, 4) uint8 -> (3, size, size) float32."""
    planes = cv2.split(cv2.flip(picture, 0))[:3]
    scale, offset = 1.0 / (255.0 * norm.std), -norm.mean / norm.std
    for channel, plane in enumerate(planes if norm.order == "rgb" else planes[::-1]):
        np.multiply(plane, np.float32(scale), out=out[channel])
    if offset:
        out += np.float32(offset)


def unpack(tensor: Tensor, norm: Normalisation, out: Pixels) -> None:
    """(4, size, size) float32 colour planes and alpha -> (size, size, 4) uint8, rounded and clamped.

    Alpha is never normalised by mean and deviation. Colours are, and are then held below it: they are premultiplied.
    """
    colours = tensor[:3] if norm.order == "rgb" else tensor[2::-1]
    if (norm.mean, norm.std) != (0.0, 1.0):
        colours = colours * np.float32(norm.std) + np.float32(norm.mean)
    merged = cv2.merge([*np.minimum(colours, tensor[3]), tensor[3]])
    # convertScaleAbs would fold negative values up; a signed conversion saturates them to 0.
    bytes_ = cv2.convertScaleAbs(np.maximum(merged, 0.0, out=merged), alpha=255.0)
    cv2.flip(bytes_, 0, dst=out)
