"""Where points of the face lie in its picture: a pinhole as the renderer has it, in plain numpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gpu_core.face import Floats
from gpu_core.look import FILM_HALF_MM, FreeCamera
from gpu_core.settings import Camera

Vector: TypeAlias = tuple[float, float, float]

NEAREST = 0.05  # decimetres before the eye: what is nearer, or behind it, is drawn there


@dataclass(frozen=True)
class Lens:
    """An eye, the directions of the picture's right and up and of its viewer, and focal length per half height."""

    eye: Vector
    axes: tuple[Vector, Vector, Vector]
    focal: float

    @classmethod
    def of(cls, camera: Camera) -> Lens:
        """The lens of a camera that looks along -Z."""
        x, y, z = camera.target
        axes = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
        return cls((x, y, z + camera.distance), axes, camera.distance / camera.half_height)

    @classmethod
    def through(cls, camera: FreeCamera) -> Lens:
        """The lens of a camera that may be anywhere."""
        right, up, back = map(tuple, camera.axes().tolist())
        return cls(tuple(camera.eye().tolist()), (right, up, back), camera.lens_mm / FILM_HALF_MM)


TRAINED_LENS = Lens.of(Camera())


def to_picture(points: Floats, lens: Lens) -> NDArray[np.float64]:
    """Points (N, 3) in decimetres as (3, N): right and down in fractions of the picture, and nearness to the eye."""
    right, up, back = np.array(lens.axes) @ (np.asarray(points, np.float64) - lens.eye).T
    scale = 0.5 * lens.focal / np.maximum(-back, NEAREST)
    return np.stack([0.5 + right * scale, 0.5 - up * scale, back])
