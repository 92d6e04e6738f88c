"""viewer.first_size: the status line is on the screen too."""

from __future__ import annotations

import pytest

from viewer.first_size import FIRST_SIZE, roomy


@pytest.mark.parametrize(
    ("screen", "size"), [((1920, 1080), (1280, 800)), ((1280, 800), (1276, 760)), ((1024, 768), (1020, 728))]
)
def test_the_first_window_fits_on_the_screen_with_its_frame(screen: tuple[int, int], size: tuple[int, int]) -> None:
    assert roomy(FIRST_SIZE, screen).toTuple() == size
