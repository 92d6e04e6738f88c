"""Several faces of one batch as one square picture: where each lies. Pure arithmetic; the first is at the top left."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from viewer.picture_layout import Cell


def columns(faces: int) -> int:
    """Faces a row: as near to a square as it gets."""
    return math.ceil(math.sqrt(faces))


def places(faces: int, side: int) -> list[tuple[int, int, int]]:
    """(left, top, side) of every face in a square of `side`; rows that are not needed are left free in equal parts."""
    across = columns(faces)
    each = side // across
    above = (side - each * math.ceil(faces / across)) // 2
    return [(face % across * each, above + face // across * each, each) for face in range(faces)]


def split(cell: Cell, faces: int) -> tuple[Cell, ...]:
    """One picture's place as the places of its faces, in the same clip."""
    if faces == 1:
        return (cell,)
    return tuple(
        Cell(cell.left + left, cell.top + top, max(side, 1), cell.clip) for left, top, side in places(faces, cell.side)
    )


def sheet(pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Equal squares, (size, size, 4) top row first, as one transparent square."""
    if len(pictures) == 1:
        return pictures[0]
    side = columns(len(pictures)) * pictures[0].shape[0]
    result = np.zeros((side, side, 4), np.uint8)
    for picture, (left, top, size) in zip(pictures, places(len(pictures), side), strict=True):
        result[top : top + size, left : left + size] = picture
    return result
