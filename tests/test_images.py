"""The golden harness itself: it has to be able to fail."""

from __future__ import annotations

import numpy as np
import pytest

from tests.images import EXPECTED_RASTERISER, Approval

GREY = np.full((8, 8, 4), 128, np.uint8)


def approval(folder, *, regenerate=False, rasteriser=EXPECTED_RASTERISER):
    return Approval(folder, regenerate, rasteriser)


def test_same_picture_passes(tmp_path):
    approval(tmp_path, regenerate=True)(GREY, "grey")
    approval(tmp_path)(GREY, "grey")
    assert not (tmp_path / "diffs").exists()


def test_one_wrong_pixel_fails_and_leaves_a_difference(tmp_path):
    approval(tmp_path, regenerate=True)(GREY, "grey")
    wrong = GREY.copy()
    wrong[3, 3, 0] = 255
    with pytest.raises(pytest.fail.Exception, match="largest 127"):
        approval(tmp_path)(wrong, "grey", mean=10.0)
    assert sorted(path.name for path in (tmp_path / "diffs").iterdir()) == [
        "grey-difference-times-4.png",
        "grey-is.png",
    ]


def test_slight_shift_everywhere_fails(tmp_path):
    approval(tmp_path, regenerate=True)(GREY, "grey")
    with pytest.raises(pytest.fail.Exception, match="mean 1"):
        approval(tmp_path)(GREY + np.uint8(1), "grey")


def test_missing_reference_and_other_size_fail(tmp_path):
    with pytest.raises(pytest.fail.Exception, match="no reference"):
        approval(tmp_path)(GREY, "grey")
    approval(tmp_path, regenerate=True)(GREY, "grey")
    with pytest.raises(pytest.fail.Exception, match="its reference"):
        approval(tmp_path)(GREY[:4], "grey")


def test_other_rasterisers_are_not_compared(tmp_path):
    with pytest.raises(pytest.skip.Exception):
        approval(tmp_path, rasteriser="NVIDIA GeForce")(GREY, "grey")
