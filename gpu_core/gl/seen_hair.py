"""Which pieces of a face's hair can be seen at all, by where the viewer stands in the head's own frame.

Hair lies in many layers; of six pieces, one shows in any one picture, and on software OpenGL the hidden ones cost as
much as drawing the face. Hair turns with the head and no expression moves it, so what shows depends on two angles. For
the shipped faces `./run recipe seen-hair` has counted it over thousands of poses, into `resources/face/*.seen.npz`.
Another face, another camera, or a head turned further than was counted: everything is drawn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gpu_core.assets import resource
from gpu_core.expression import HEAD_LIMITS_DEG, Expression
from gpu_core.face import FaceAsset
from gpu_core.rig import rotation

CELL_DEG = (4.0, 4.5)  # of yaw and pitch: what is seen from a cell was counted in it and in its eight neighbours
LOWEST_DEG = (-40.0, -22.5)
CELLS = (20, 10)
ROLL_LIMIT_DEG = HEAD_LIMITS_DEG["roll"] + 1.0  # hair near the shoulders bends with it


@dataclass(frozen=True, eq=False)
class SeenHair:
    """`seen` (cells, pieces) bool: piece p, in the order of drawing, may show from cell c. A cell is yaw-major.

    `known` (cells,) bool: enough was counted there.
    """

    seen: NDArray[np.bool_]
    known: NDArray[np.bool_]

    def cell(self, expression: Expression) -> int | None:
        """The cell the viewer is in; None where nothing is known and everything has to be drawn."""
        place = cell_of(expression)
        return place if place is not None and self.known[place] else None


def cell_of(expression: Expression) -> int | None:
    """The cell of the viewer's direction, seen from the head; None outside all of them."""
    if abs(expression.roll) > ROLL_LIMIT_DEG:
        return None
    towards = rotation(*(math.radians(angle) for angle in (expression.yaw, expression.pitch, expression.roll)))[2]
    angles = math.degrees(math.asin(max(-1.0, min(1.0, -towards[0])))), math.degrees(math.atan2(*towards[1:]))
    places = [math.floor((a - low) / step) for a, low, step in zip(angles, LOWEST_DEG, CELL_DEG, strict=True)]
    if not all(0 <= place < count for place, count in zip(places, CELLS, strict=True)):
        return None
    return places[0] * CELLS[1] + places[1]


def seen_hair(asset: FaceAsset) -> SeenHair | None:
    """What was counted for this face, if it is a shipped one with all its hair."""
    hair = [strands.half_width.shape for strands in asset.strands if strands.facing == "surface"]
    pieces = sum(count * (points - 1) for count, points in hair)
    for path in sorted(resource("face").glob("*.seen.npz")):
        with np.load(path, allow_pickle=False) as file:
            if str(file["face_sha256"]) == asset.sha256 and int(file["pieces"]) == pieces:
                return SeenHair(np.unpackbits(file["seen"], axis=1, count=pieces).astype(bool), file["known"])
    return None
