"""Where points of the face lie in its picture: the camera of `gpu_core.settings`, in plain numpy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gpu_core.face import Floats
from gpu_core.settings import Camera


def to_picture(points: Floats, camera: Camera) -> NDArray[np.float64]:
    """Points (N, 3) in decimetres as (3, N): right and down in fractions of the picture, and height towards the camera.

    The pinhole of `gpu_core.gl.scene.clip_from_world` without its depth range. Points behind the camera are nonsense.
    """
    x, y, z = np.asarray(points, np.float64).T
    target_x, target_y, target_z = camera.target
    scale = 0.5 * camera.distance / camera.half_height / (target_z + camera.distance - z)
    return np.stack([0.5 + (x - target_x) * scale, 0.5 - (y - target_y) * scale, z])
