"""A picture as video has it, computed plainly: what kernels and recorder are held against."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viewer.sessions.background import ground_by_alpha, laid_over
from viewer.sessions.recording import BACKGROUND, Colour
from viewer.sessions.video_frames import nv12_shape


def over(pixels: NDArray[np.uint8], background: Colour) -> NDArray[np.uint8]:
    """A premultiplied picture laid over a colour as video has it, (H, W, 3)."""
    return laid_over(pixels, ground_by_alpha(background))[..., :3]


def nv12(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A premultiplied picture over the background, BT.709, limited range, one colour for two by two pixels."""
    rgb = over(pixels, BACKGROUND) / 255.0
    luma = rgb @ (0.2126, 0.7152, 0.0722)
    small = rgb.reshape(rgb.shape[0] // 2, 2, rgb.shape[1] // 2, 2, 3).mean(axis=(1, 3))
    small_luma = small @ (0.2126, 0.7152, 0.0722)
    blue, red = (small[..., 2] - small_luma) / 1.8556, (small[..., 0] - small_luma) / 1.5748
    frame = np.empty(nv12_shape(len(rgb)), np.uint8)
    frame[: len(rgb)] = np.rint(16 + 219 * luma)
    frame[len(rgb) :].reshape(*blue.shape, 2)[:] = np.rint(128 + 224 * np.dstack([blue, red]))
    return frame
