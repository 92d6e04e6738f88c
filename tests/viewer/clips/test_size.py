"""viewer.clips.size: RGBA and NV12 at another size show the same."""

from __future__ import annotations

import numpy as np
import pytest

from tests.video_frames import nv12
from viewer.clips.size import scaled
from viewer.sessions.video_frames import nv12_shape


@pytest.fixture
def gradient() -> np.ndarray:
    y, x = np.mgrid[0:64, 0:64] * 4
    return np.dstack([x, y, 255 - x, np.full_like(x, 255)]).astype(np.uint8)


@pytest.mark.parametrize("side", [32, 48, 96, 128])
def test_both_forms_show_the_same(gradient: np.ndarray, side: int) -> None:
    small, planes = scaled(gradient, side), scaled(nv12(gradient), side)
    assert (small.shape, planes.shape) == ((side, side, 4), nv12_shape(side))
    difference = np.abs(nv12(small).astype(int) - planes.astype(int))
    assert difference.max() <= 6
    assert difference.mean() < 1.0


def test_its_own_size_is_the_same_picture(gradient: np.ndarray) -> None:
    assert scaled(gradient, 64) is gradient
