"""Pictures of a clip at another size, whichever form they have."""

from __future__ import annotations

import cv2
import numpy as np

from viewer.sessions.background import Pixels
from viewer.sessions.video_frames import nv12_shape


def scaled(pixels: Pixels, side: int) -> Pixels:
    """A picture as `VideoFile.write` takes it, RGBA or NV12, at an even side in pixels: area down, cubic up."""
    if pixels.shape[1] == side:
        return pixels
    if pixels.ndim == 3:
        return _resized(pixels, side)  # premultiplied, so that no dark fringes come
    size = pixels.shape[1]
    planes = np.empty(nv12_shape(side), np.uint8)
    planes[:side] = _resized(pixels[:size], side)
    colours = pixels[size:].reshape(size // 2, size // 2, 2)
    planes[side:] = _resized(colours, side // 2).reshape(side // 2, side)
    return planes


def _resized(pixels: Pixels, side: int) -> Pixels:
    how = cv2.INTER_AREA if side < pixels.shape[1] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, (side, side), interpolation=how))
