"""viewer.picture_resizing: whole multiples stay sharp, everything stays premultiplied."""

from __future__ import annotations

import numpy as np
import pytest

from viewer.picture_resizing import resized


@pytest.mark.parametrize("side", [16, 24, 40, 64, 67, 128])
def test_colours_stay_within_alpha(side: int) -> None:
    chance = np.random.default_rng(2)
    pixels = chance.integers(0, 256, (32, 32, 4), np.uint8)
    pixels[..., :3] = np.minimum(pixels[..., :3], pixels[..., 3:])
    made = resized(pixels, side)
    assert made.shape == (side, side, 4)
    assert (made[..., :3] <= made[..., 3:].astype(int) + (side < 32)).all()


def test_doubling_repeats_pixels() -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (8, 8, 4), np.uint8)
    np.testing.assert_array_equal(resized(pixels, 16), pixels.repeat(2, 0).repeat(2, 1))
    assert resized(pixels, 8) is pixels
