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
        # Not NumPy's minimum of three channels out of four: that took more than all the rest of a frame's painting.
        cv2.min(made, cv2.cvtColor(cv2.extractChannel(made, 3), cv2.COLOR_GRAY2RGBA), dst=made)
    return made
