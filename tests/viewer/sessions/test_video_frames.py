"""Pictures as an encoder takes them, whichever way they come."""

from __future__ import annotations

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange

from tests.video_frames import nv12
from viewer.sessions.video_frames import BT709, FrameMaker, nv12_shape, tag_colours


@pytest.fixture
def gradient() -> np.ndarray:
    """Colours and transparency of all degrees, premultiplied."""
    y, x = np.mgrid[0:64, 0:64] / 63
    alpha = np.clip(1.5 - 2 * np.hypot(x - 0.5, y - 0.5), 0, 1)
    return np.rint(255 * np.dstack([x * alpha, y * alpha, (1 - x) * alpha, alpha])).astype(np.uint8)


def test_both_ways_give_the_encoder_the_same_picture(gradient: np.ndarray) -> None:
    """Within a step: libswscale computes in integers, and the background is added to what it has rounded."""
    maker = FrameMaker(64)
    read_back, copied = (maker.frame(way).to_ndarray().astype(int) for way in (gradient, nv12(gradient)))
    assert np.abs(read_back - copied).max() <= 1
    assert np.abs(read_back - copied).mean() < 0.3


@pytest.mark.parametrize("pixels", [np.full((64, 64, 4), 255, np.uint8), np.full((96, 64), 200, np.uint8)])
def test_a_frame_keeps_nothing_of_the_picture(pixels: np.ndarray) -> None:
    frame = FrameMaker(64).frame(pixels)
    before = frame.to_ndarray().copy()
    pixels[:] = 0
    np.testing.assert_array_equal(frame.to_ndarray(), before)


def test_an_odd_picture_grows() -> None:
    maker = FrameMaker(33)
    frame = maker.frame(np.full((33, 33, 4), 255, np.uint8))
    assert (maker.side, frame.width, frame.height) == (34, 34, 34)
    assert frame.to_ndarray()[:34].min() > 230
    assert nv12_shape(33) == (0, 0)
    assert nv12_shape(32) == (48, 32)


def test_a_stream_says_what_its_colours_mean() -> None:
    context = av.CodecContext.create("libx264", "w")
    assert isinstance(context, av.VideoCodecContext)
    tag_colours(context)
    assert (context.color_primaries, context.color_trc, context.colorspace) == (BT709, BT709, BT709)
    assert context.color_range == ColorRange.MPEG
