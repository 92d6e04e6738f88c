"""The shipped heads as surfaces, and where to take hold of them: read once for all tests."""

from __future__ import annotations

from functools import cache

from gpu_core.assets import shipped_faces
from gpu_core.gltf.face import load_face
from viewer.handles.face_surface import FaceSurface

NAMES = tuple(shipped_faces())
# Fractions of the picture of the neutral face, right and down; a face looks at us, so its left is on the right.
CORNER, BROW, CHIN, IRIS, NOSE, CHEEK = (
    (0.585, 0.655),
    (0.64, 0.385),
    (0.5, 0.78),
    (0.6, 0.445),
    (0.54, 0.57),
    (0.66, 0.52),
)
LID, LOWER_LID, UPPER_LIP, LOWER_LIP, INNER_BROW = (0.605, 0.418), (0.6, 0.48), (0.5, 0.63), (0.5, 0.67), (0.5, 0.39)
FOREHEAD, BESIDE = (0.5, 0.18), (0.04, 0.04)


@cache
def surface(name: str) -> FaceSurface:
    """The surface of one shipped head."""
    return FaceSurface(load_face(shipped_faces()[name]))
