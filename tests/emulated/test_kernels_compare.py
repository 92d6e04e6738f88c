"""`difference` against NumPy and OpenCV: whole numbers, hence equal."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from gpu_core.cuda.comparison import RESULT_BYTES
from gpu_core.cuda.conversions import Difference, difference
from tests.emulation.workbench import Workbench, workbenches


@pytest.fixture(params=["host", "emulated"])
def bench(request: pytest.FixtureRequest) -> Iterator[Workbench]:
    yield from workbenches(request)


@pytest.mark.parametrize("gain", [1.0, 7.5])
@pytest.mark.parametrize(("width", "height"), [(64, 32), (33, 17), (1, 1), (130, 9)])
def test_numbers_and_heat_map(bench: Workbench, width: int, height: int, gain: float) -> None:
    rng = np.random.default_rng(width)
    one = rng.integers(0, 256, (height, width, 4), np.uint8)
    other = np.where(rng.random((height, width, 1)) < 0.3, one, rng.integers(0, 256, one.shape, np.uint8))
    result, heat = bench.memory(np.zeros(RESULT_BYTES, np.uint8)), bench.surface(np.zeros_like(one))
    linear = bench.linear(other, one[0].nbytes + 12)
    difference(bench.kernels, bench.stream, bench.surface(one), linear, result, heat=heat, gain=gain)
    error = cv2.absdiff(one, other)
    expected = Difference(int(error.sum(dtype=np.int64)), int(error.max()), int(error.any(-1).sum()))
    assert Difference.read(bench.read(result)) == expected
    level = np.minimum(np.rint(error.max(-1) * np.float32(gain)), 255).astype(np.uint8)
    colours = cv2.cvtColor(cv2.applyColorMap(level, cv2.COLORMAP_INFERNO), cv2.COLOR_BGR2RGBA).reshape(one.shape)
    np.testing.assert_array_equal(bench.read(heat), colours)


def test_equal_pictures_differ_in_nothing(bench: Workbench) -> None:
    picture = np.full((40, 40, 4), 9, np.uint8)
    result = bench.memory(np.zeros(RESULT_BYTES, np.uint8))
    difference(bench.kernels, bench.stream, bench.surface(picture), bench.surface(picture), result)
    assert Difference.read(bench.read(result)) == Difference(0, 0, 0)


def test_sums_of_many_blocks_are_whole(bench: Workbench) -> None:
    """More than 32 bits hold, were there but one adder."""
    one = np.zeros((520, 516, 4), np.uint8)
    result = bench.memory(np.zeros(RESULT_BYTES, np.uint8))
    difference(bench.kernels, bench.stream, bench.surface(one), bench.surface(one + 255), result)
    assert Difference.read(bench.read(result)) == Difference(one.size * 255, 255, one.size // 4)


def test_pictures_are_of_one_size(bench: Workbench) -> None:
    small, large = (bench.surface(np.zeros((side, 32, 4), np.uint8)) for side in (16, 32))
    with pytest.raises(ValueError, match="of one size"):
        difference(bench.kernels, bench.stream, small, large, 0)
