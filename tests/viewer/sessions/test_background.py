"""viewer.sessions.background: planes over a background are what the same picture is as RGB, whatever its colour."""

from __future__ import annotations

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from tests.video_frames import over
from viewer.sessions.background import bt709, lay_planes_over
from viewer.sessions.recording import BACKGROUND, Colour

SIZE = 66  # rows of planes that are padded


def planes(pixels: np.ndarray) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgba")
    return frame.reformat(
        format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG,
        interpolation=Interpolation.AREA,
    )  # fmt: skip


@pytest.mark.parametrize("background", [BACKGROUND, (0, 0, 0), (255, 255, 255), (200, 30, 90), (0, 255, 0)])
def test_planes_become_what_rgb_becomes(background: Colour) -> None:
    y, x = np.mgrid[0:SIZE, 0:SIZE] / (SIZE - 1)
    alpha = np.clip(1.5 - 2 * np.hypot(x - 0.5, y - 0.5), 0, 1)
    pixels = np.rint(255 * np.dstack([x * alpha, y * alpha, (1 - x) * alpha, alpha])).astype(np.uint8)
    made, opaque = planes(pixels), np.dstack([over(pixels, background), np.full((SIZE, SIZE), 255, np.uint8)])
    lay_planes_over(made, np.ascontiguousarray(pixels[..., 3]), bt709(background))
    off = np.abs(made.to_ndarray().astype(int) - planes(opaque).to_ndarray())
    assert off.max() <= 2
    assert off.mean() < 0.5


def test_colours_are_those_of_the_standard() -> None:
    assert bt709((255, 255, 255)) == pytest.approx((219, 0, 0))
    assert bt709((0, 0, 255)) == pytest.approx((219 * 0.0722, 112, -112 * 0.0722 / 0.7874), abs=0.01)
