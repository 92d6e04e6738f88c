"""RGBA to NV12 and I420 and back, against NumPy after ITU-R BT.601-7 and BT.709-6, and OpenCV where it has the same.

Tolerance: one step of 8 bits. Kernels compute in FP32 and round once; OpenCV in fixed point (and only BT.601, limited).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from gpu_core.cuda.conversions import decode, encode, frame_bytes, frame_pitch
from tests.emulation.workbench import Workbench, workbenches

Array = NDArray[Any]

WEIGHTS = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722)}  # kr and kb
SIZES = [(64, 32), (66, 34), (33, 17), (1, 1), (70, 5)]


@pytest.fixture(params=["host", "emulated"])
def bench(request: pytest.FixtureRequest) -> Iterator[Workbench]:
    yield from workbenches(request)


def random_picture(width: int, height: int, seed: int = 0) -> Array:
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, 256, (height, width, 4), np.uint8)
    picture[..., :3] = np.minimum(picture[..., :3], picture[..., 3:])
    return picture


def ranges(full_range: bool) -> tuple[float, float, float]:
    """Scale and least value of luma, scale of the differences; of 0..255."""
    return (1.0, 0.0, 1.0) if full_range else (219 / 255, 16.0, 224 / 255)


def to_yuv(rgb: Array, matrix: str, full_range: bool) -> Array:
    """(height, width, 3) 0..255 as Y, U, V in the same form, not rounded."""
    red, blue = WEIGHTS[matrix]
    luma_scale, least, scale = ranges(full_range)
    grey = red * rgb[..., 0] + (1 - red - blue) * rgb[..., 1] + blue * rgb[..., 2]
    u = 128 + scale * (rgb[..., 2] - grey) / (2 * (1 - blue))
    v = 128 + scale * (rgb[..., 0] - grey) / (2 * (1 - red))
    return np.stack([least + luma_scale * grey, u, v], -1)


def to_rgb(yuv: Array, matrix: str, full_range: bool) -> Array:
    """The way back, clipped to 0..255."""
    red, blue = WEIGHTS[matrix]
    luma_scale, least, scale = ranges(full_range)
    grey = (yuv[..., 0] - least) / luma_scale
    r = grey + (yuv[..., 2] - 128) * 2 * (1 - red) / scale
    b = grey + (yuv[..., 1] - 128) * 2 * (1 - blue) / scale
    return np.clip(np.stack([r, (grey - red * r - blue * b) / (1 - red - blue), b], -1), 0, 255)


def over(picture: Array, background: tuple[int, int, int]) -> Array:
    """Premultiplied RGBA over a colour, as RGB 0..255."""
    return picture[..., :3] + np.array(background) * (1 - picture[..., 3:] / 255.0)


def halved(plane: Array) -> Array:
    """Means of two by two; at an odd edge the last one counts twice."""
    padded = np.pad(plane, [(0, side % 2) for side in plane.shape], mode="edge")
    return padded.reshape(padded.shape[0] // 2, 2, padded.shape[1] // 2, 2).mean((1, 3))


def planes_of(frame: Array, form: str, width: int, height: int) -> tuple[Array, Array, Array]:
    """Y, U and V of a frame as bytes lie in it."""
    pitch, rows = frame_pitch(width), (height + 1) // 2
    luma, rest = frame[: pitch * height].reshape(height, pitch)[:, :width], frame[pitch * height :]
    if form == "nv12":
        pairs = rest.reshape(rows, pitch // 2, 2)
        return luma, pairs[..., 0], pairs[..., 1]
    blue, red = rest.reshape(2, rows, pitch // 2)
    return luma, blue, red


def random_frame(form: str, width: int, height: int) -> Array:
    return np.random.default_rng(width).integers(0, 256, frame_bytes(width, height), np.uint8)


@pytest.mark.parametrize("full_range", [False, True])
@pytest.mark.parametrize("matrix", WEIGHTS)
@pytest.mark.parametrize("form", ["nv12", "i420"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_encode(bench: Workbench, form: str, matrix: str, full_range: bool, width: int, height: int) -> None:
    picture, background = random_picture(width, height), (30, 60, 200)
    out = bench.memory(np.full(frame_bytes(width, height), 0xAA, np.uint8))
    region = (0, 0, width, height)
    encode(
        bench.kernels, bench.stream, form, bench.surface(picture), out, region, background,
        matrix=matrix, full_range=full_range,
    )  # fmt: skip
    frame = bench.read(out)
    yuv = to_yuv(over(picture, background)[::-1], matrix, full_range)
    luma, blue, red = planes_of(frame, form, width, height)
    assert np.abs(luma - yuv[..., 0]).max() <= 0.5 + 1e-3
    for found, expected in ((blue, yuv[..., 1]), (red, yuv[..., 2])):
        assert np.abs(found - np.minimum(halved(expected), 255)).max() <= 0.5 + 1e-3
    if width % 2:
        assert (frame[: frame_pitch(width) * height].reshape(height, -1)[:, width] == 0xAA).all(), "beyond the rows"


@pytest.mark.parametrize("form", ["nv12", "i420"])
def test_encode_agrees_with_opencv(bench: Workbench, form: str) -> None:
    """OpenCV takes one of four pixels for a colour, so that they have to be alike."""
    picture = np.repeat(np.repeat(random_picture(24, 18), 2, 0), 2, 1)
    picture[..., 3] = 255
    out = bench.memory(np.zeros(frame_bytes(48, 36), np.uint8))
    encode(bench.kernels, bench.stream, form, bench.linear(picture), out, (0, 0, 48, 36), matrix="bt601", flip=False)
    expected = cv2.cvtColor(picture, cv2.COLOR_RGBA2YUV_I420).reshape(-1)
    found, wanted = planes_of(bench.read(out), form, 48, 36), planes_of(expected, "i420", 48, 36)
    for plane, opencv in zip(found, wanted, strict=True):
        assert np.abs(plane.astype(int) - opencv).max() <= 1


@pytest.mark.parametrize(("left", "bottom", "pitch"), [(8, 6, 0), (5, 3, 0), (8, 1, 420), (3, 0, 404)])
def test_a_region_is_taken_and_nothing_beside_it(bench: Workbench, left: int, bottom: int, pitch: int) -> None:
    picture = random_picture(100, 60)
    source = bench.linear(picture, pitch) if pitch else bench.surface(picture)
    out = bench.memory(np.zeros(frame_bytes(50, 40), np.uint8))
    encode(bench.kernels, bench.stream, "nv12", source, out, (left, bottom, 50, 40), (1, 2, 3))
    part = over(picture[bottom : bottom + 40, left : left + 50][::-1], (1, 2, 3))
    luma, blue, _red = planes_of(bench.read(out), "nv12", 50, 40)
    yuv = to_yuv(part, "bt709", False)
    assert np.abs(luma - yuv[..., 0]).max() <= 0.5 + 1e-3
    assert np.abs(blue - halved(yuv[..., 1])).max() <= 0.5 + 1e-3


@pytest.mark.parametrize("full_range", [False, True])
@pytest.mark.parametrize("matrix", WEIGHTS)
@pytest.mark.parametrize("form", ["nv12", "i420"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_decode(bench: Workbench, form: str, matrix: str, full_range: bool, width: int, height: int) -> None:
    frame = random_frame(form, width, height)
    target = bench.surface(np.full((height, width, 4), 7, np.uint8))
    region = (0, 0, width, height)
    decode(bench.kernels, bench.stream, form, bench.memory(frame), target, region, matrix=matrix, full_range=full_range)
    luma, blue, red = planes_of(frame, form, width, height)
    whole = [np.repeat(np.repeat(plane, 2, 0), 2, 1)[:height, :width] for plane in (blue, red)]
    expected = to_rgb(np.stack([luma, *whole], -1).astype(float), matrix, full_range)[::-1]
    found = bench.read(target)
    assert np.abs(found[..., :3] - expected).max() <= 0.5 + 1e-3
    assert (found[..., 3] == 255).all()


@pytest.mark.parametrize(("form", "code"), [("nv12", cv2.COLOR_YUV2RGBA_NV12), ("i420", cv2.COLOR_YUV2RGBA_I420)])
def test_decode_agrees_with_opencv(bench: Workbench, form: str, code: int) -> None:
    frame = random_frame(form, 48, 36)
    frame[: 48 * 36] = np.maximum(frame[: 48 * 36], 16)  # OpenCV takes what is blacker than black as black
    target = bench.linear(np.zeros((40, 60, 4), np.uint8), 256)
    region = (8, 4, 48, 36)
    decode(bench.kernels, bench.stream, form, bench.memory(frame), target, region, matrix="bt601", flip=False)
    found = bench.read(target)
    expected = cv2.cvtColor(frame.reshape(54, 48), code)
    assert np.abs(found[4:, 8:56].astype(int) - expected).max() <= 1
    found[4:, 8:56] = 0
    assert not found.any(), "nothing beside the region is touched"


def test_regions_and_buffers_are_checked(bench: Workbench) -> None:
    source = bench.surface(np.zeros((32, 32, 4), np.uint8))
    with pytest.raises(ValueError, match=r"32x32 pixels from \(2, 0\) on are not within 32x32"):
        encode(bench.kernels, bench.stream, "nv12", source, 0, (2, 0, 32, 32))
