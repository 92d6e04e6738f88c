"""viewer.streams.thumbnail: small, over the background, of both kinds of picture."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest
from PIL import Image

from viewer.sessions.recording import BACKGROUND
from viewer.streams.thumbnail import SIDE, thumbnail


def decoded(data: bytes) -> np.ndarray:
    picture = Image.open(io.BytesIO(data))
    assert picture.format == "JPEG"
    assert picture.size == (SIDE, SIDE)
    return np.asarray(picture.convert("RGB")).astype(int)


def test_what_is_see_through_is_background_and_the_top_stays_up() -> None:
    pixels = np.zeros((256, 256, 4), np.uint8)
    pixels[:128] = (200, 60, 30, 255)
    small = decoded(thumbnail(pixels))
    assert np.abs(small[20, 48] - (200, 60, 30)).max() < 12
    assert np.abs(small[80, 48] - BACKGROUND).max() < 12


def test_half_covered_is_half_of_both() -> None:
    pixels = np.full((64, 64, 4), (100, 50, 0, 128), np.uint8)
    expected = np.array([100, 50, 0]) + np.array(BACKGROUND) * (127 / 255)
    assert np.abs(decoded(thumbnail(pixels))[48, 48] - expected).max() < 12


@pytest.mark.parametrize("colour", [(200, 60, 30), (20, 90, 220)])
def test_a_gpus_picture_has_its_colours(colour: tuple[int, int, int]) -> None:
    rgb = np.full((128, 128, 3), colour, np.uint8)
    frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
    nv12 = frame.reformat(format="nv12", dst_colorspace="ITU709").to_ndarray()
    assert np.abs(decoded(thumbnail(nv12))[48, 48] - colour).max() < 15
