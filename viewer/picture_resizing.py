"""Premultiplied pictures at another size, as the window shows them. Plain OpenCV."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def resized(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """A square premultiplied picture at another size: whole multiples stay sharp, the rest is resampled."""
    now = pixels.shape[0]
    if side == now:
        return pixels
    enlarged = side > now
    method = cv2.INTER_NEAREST if side % now == 0 else cv2.INTER_CUBIC if enlarged else cv2.INTER_AREA
    made: NDArray[np.uint8] = cv2.resize(pixels, (side, side), interpolation=method)
    if method == cv2.INTER_CUBIC:  # ringing must leave a premultiplied colour
        alpha = made[..., 3]
        if alpha.min() < 255:
            made[..., :3] = np.minimum(made[..., :3], alpha[..., None])
    return made
