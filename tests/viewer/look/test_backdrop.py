"""viewer.look.backdrop: what lies behind a face, and the face over it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.look.backdrop import FIT_BORDER, Backdrop, Background, backdrop_of, checkers, on_backdrop


def picture(height: int, width: int) -> np.ndarray:
    """Red on the left, blue on the right, opaque."""
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[:, : width // 2, 0], pixels[:, width // 2 :, 2], pixels[..., 3] = 200, 100, 255
    return pixels


def test_nothing_is_drawn_for_neutral_nor_before_a_picture_has_been_read() -> None:
    assert backdrop_of(Background(), None) is None
    assert backdrop_of(Background("picture"), None) is None
    found = backdrop_of(Background("colour", (1, 2, 3)), picture(4, 4))
    assert found is not None
    assert found.picture is None
    np.testing.assert_array_equal(found.square(9), [[[1, 2, 3, 255]]])


def test_a_picture_fills_the_square_or_is_whole_in_it() -> None:
    wide = Backdrop(Background("picture"), picture(50, 100))
    filled = wide.square(80)
    assert filled.shape == (80, 80, 4)
    assert tuple(filled[0, 0]) == (200, 0, 0, 255)
    whole = replace(wide, background=Background("picture", fit="fit")).square(80)
    assert tuple(whole[0, 0]) == (*FIT_BORDER, 255), "above it is nothing"
    assert tuple(whole[40, 0]) == (200, 0, 0, 255)
    assert tuple(whole[40, 79]) == (0, 0, 100, 255)
    soft = replace(wide, background=Background("picture", fit="blur")).square(80)
    assert np.ptp(soft[40, 35:45, 0].astype(int)) > 20
    assert np.abs(np.diff(soft[40, :, 0].astype(int))).max() < np.abs(np.diff(filled[40, :, 0].astype(int))).max()


@pytest.mark.parametrize("shape", [(1, 300), (300, 1), (1, 1), (7, 5)])
def test_any_shape_of_picture_makes_a_square(shape: tuple[int, int]) -> None:
    for fit in ("fill", "fit", "blur"):
        square = Backdrop(Background("picture", fit=fit), picture(*shape)).square(33)
        assert square.shape == (33, 33, 4)
        assert (square[..., 3] == 255).all()


def test_checkers_alternate() -> None:
    board = checkers(64)
    assert board[0, 0, 0] != board[0, 2, 0] != board[2, 2, 0]
    np.testing.assert_array_equal(board[0, 0], board[2, 2])


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_over_a_colour_is_the_exact_mixture(alpha: int, tone: int, behind: int) -> None:
    pixel = np.array([[[min(tone, alpha)] * 3 + [alpha]]], np.uint8)
    mixed = on_backdrop(pixel, Backdrop(Background("colour", (behind,) * 3)))
    assert mixed[0, 0, 3] == 255
    assert abs(float(mixed[0, 0, 0]) - (min(tone, alpha) + behind * (255 - alpha) / 255)) <= 0.5
