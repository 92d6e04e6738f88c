"""Faces of a batch as one picture: none overlaps another, none is lost."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from viewer.face_grid import places, sheet, split
from viewer.picture_layout import Cell


@given(st.integers(1, 16), st.integers(16, 900))
def test_every_face_has_a_square_of_its_own(faces: int, side: int) -> None:
    taken = np.zeros((side, side), int)
    for left, top, size in places(faces, side):
        assert size > 0
        taken[top : top + size, left : left + size] += 1
        assert left + size <= side
        assert top + size <= side
    assert taken.max() == 1


def test_one_face_is_as_it_was() -> None:
    cell, picture = Cell(10, 20, 300, (0, 0, 400, 400)), np.ones((8, 8, 4), np.uint8)
    assert split(cell, 1) == (cell,)
    assert sheet([picture]) is picture


def test_two_faces_stand_side_by_side_in_the_middle() -> None:
    left, right = split(Cell(10, 20, 300, (0, 0, 400, 400)), 2)
    assert (left.left, left.top, left.side) == (10, 95, 150)
    assert (right.left, right.top, right.side) == (160, 95, 150)
    assert left.clip == right.clip == (0, 0, 400, 400)


def test_a_sheet_has_the_first_face_at_the_top_left() -> None:
    made = sheet([np.full((8, 8, 4), value, np.uint8) for value in (1, 2, 3)])
    assert made.shape == (16, 16, 4)
    assert (made[:8, :8] == 1).all()
    assert (made[:8, 8:] == 2).all()
    assert (made[8:, :8] == 3).all()
    assert (made[8:, 8:] == 0).all()
