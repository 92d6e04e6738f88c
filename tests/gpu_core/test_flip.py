"""gpu_core.flip: the same errors as the metric's authors compute."""

from __future__ import annotations

import flip_evaluator
import numpy as np
import pytest
from numpy.typing import NDArray

from gpu_core.flip import BACKDROP, PIXELS_PER_DEGREE, flip_map, on_backdrop


def by_its_authors(reference: NDArray[np.uint8], test: NDArray[np.uint8]) -> NDArray[np.float32]:
    floats = [np.ascontiguousarray(picture / np.float32(255), np.float32) for picture in (reference, test)]
    errors, _, _ = flip_evaluator.evaluate(
        *floats, "LDR", applyMagma=False, computeMeanError=False, parameters={"ppd": PIXELS_PER_DEGREE}
    )
    return np.asarray(errors, np.float32).reshape(reference.shape[:2])


def noise(seed: int, low: int = 0, high: int = 256, shape: tuple[int, int] = (64, 80)) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(low, high, (*shape, 3)).astype(np.uint8)


def shapes() -> NDArray[np.uint8]:
    """Flat colours with edges, a thin line and a lone point."""
    picture = np.full((72, 72, 3), (200, 160, 140), np.uint8)
    picture[10:40, 20:50] = (30, 60, 200)
    picture[:, 60] = 255
    picture[55, 15] = 0
    return picture


def moved(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.roll(picture, 2, axis=1)


@pytest.mark.parametrize(
    ("reference", "test"),
    [
        (noise(1), noise(2)),
        (noise(3, 100, 130), noise(4, 100, 130)),
        (shapes(), moved(shapes())),
        (shapes(), np.clip(shapes().astype(int) + 9, 0, 255).astype(np.uint8)),
        (np.zeros((40, 40, 3), np.uint8), np.full((40, 40, 3), 255, np.uint8)),
        (np.full((40, 40, 3), (0, 255, 0), np.uint8), np.full((40, 40, 3), (0, 0, 255), np.uint8)),
    ],
)
def test_it_is_what_its_authors_compute(reference: NDArray[np.uint8], test: NDArray[np.uint8]) -> None:
    wanted, made = by_its_authors(reference, test), flip_map(reference, test)
    assert made.dtype == np.float32
    np.testing.assert_allclose(made, wanted, atol=2e-3)
    assert abs(float(made.mean()) - float(wanted.mean())) < 2e-4


def test_equal_pictures_have_no_error() -> None:
    assert flip_map(shapes(), shapes()).max() == 0.0


def test_pictures_are_judged_on_grey() -> None:
    picture = np.zeros((2, 2, 4), np.uint8)
    picture[0, 0] = (10, 20, 30, 255)
    picture[0, 1] = (50, 0, 100, 128)
    shown = on_backdrop(picture)
    assert shown[0, 0].tolist() == [10, 20, 30]
    assert shown[1, 1].tolist() == [BACKDROP] * 3
    assert shown[0, 1].tolist() == [50 + 64, 64, 100 + 64]
