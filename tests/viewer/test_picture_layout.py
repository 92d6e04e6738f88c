"""viewer.picture_layout: letterboxes, rows, zoom."""

from __future__ import annotations

from itertools import pairwise

import pytest

from viewer.picture_layout import CAPTION, MARGIN, lay_out, zoom_about


@pytest.mark.parametrize(("width", "height"), [(656, 640), (1200, 500), (300, 900)])
def test_one_picture_is_centred_and_as_large_as_it_can_be(width: int, height: int) -> None:
    (cell,) = lay_out(width, height, 1)
    assert cell.side == min(width, height) - 2 * MARGIN
    assert abs(cell.left - (width - cell.side) / 2) <= 1
    assert abs(cell.top - (height - cell.side) / 2) <= 1


def test_three_pictures_stand_side_by_side_with_room_for_captions() -> None:
    cells = lay_out(1000, 400, 3)
    assert len({cell.side for cell in cells}) == 1
    for left, right in pairwise(cells):
        assert right.left - (left.left + left.side) == MARGIN
    assert cells[0].top + cells[0].side + CAPTION <= 400


def test_a_dense_screen_scales_the_margins() -> None:
    (coarse,), (dense,) = lay_out(600, 600, 1), lay_out(1200, 1200, 1, ratio=2.0)
    assert dense.side == 2 * coarse.side


def test_zoom_grows_about_the_middle_and_stays_in_its_cell() -> None:
    (fitted,), (zoomed,) = lay_out(624, 624, 1), lay_out(624, 624, 1, zoom=2.0)
    assert zoomed.side == 2 * fitted.side
    assert zoomed.left + zoomed.side // 2 == fitted.left + fitted.side // 2
    for cell in lay_out(1000, 400, 3, zoom=4.0):
        assert cell.clip[2] < cell.side


@pytest.mark.parametrize("size", [(1, 1), (20, 3), (8000, 1)])
def test_tiny_windows_do_no_harm(size: tuple[int, int]) -> None:
    for count in (1, 3):
        assert all(cell.side >= 1 for cell in lay_out(*size, count))


def test_zooming_keeps_the_point_under_the_mouse() -> None:
    point, pan, zoom, factor = (0.3, -0.2), (0.1, 0.05), 1.5, 1.2
    moved = zoom_about(pan, factor, point)
    for axis in (0, 1):
        before = (point[axis] - pan[axis]) / zoom
        after = (point[axis] - moved[axis]) / (zoom * factor)
        assert after == pytest.approx(before)
