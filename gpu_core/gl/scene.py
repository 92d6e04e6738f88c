"""What the shaders know of camera and lights: one matrix as a uniform, everything else as constants of the text.

Lights never change while a renderer lives. As constants they fold into the arithmetic: on software OpenGL a uniform is
fetched and spread over the lanes for every block of pixels, and the 36 numbers of four lights were a third of drawing.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray
from OpenGL import GL

from gpu_core.gl.shaders import Program
from gpu_core.settings import Camera, Lighting

LIGHTS = 4  # as many as lighting.glsl has room for
TO_VIEWER = (0.0, 0.0, 1.0)  # unit length, against the camera's direction


def clip_from_world(camera: Camera) -> NDArray[np.float32]:
    """The camera as a (4, 4) float32 matrix for column vectors. Near and far leave room for any head and free turns."""
    near, far = camera.distance * 0.5, camera.distance * 2.0
    focal = camera.distance / camera.half_height
    projection = np.diag([focal, focal, -(far + near) / (far - near), 0.0])
    projection[2, 3], projection[3, 2] = -2 * far * near / (far - near), -1.0
    view = np.eye(4)
    view[:3, 3] = -np.add(camera.target, (0.0, 0.0, camera.distance))
    return (projection @ view).astype(np.float32)


def set_camera(program: Program, camera: Camera) -> None:
    """Set the uniforms that stay."""
    program.use()
    x, y, z = camera.target
    GL.glUniformMatrix4fv(program.location("clip_from_world"), 1, True, clip_from_world(camera))
    GL.glUniform3f(program.location("eye_position"), x, y, z + camera.distance)


def light_constants(lighting: Lighting, to_viewer: ArrayLike = TO_VIEWER) -> Mapping[str, ArrayLike]:
    """Values for the uniforms of lighting.glsl, by name: give them to `Program` as its constants.

    `to_viewer` (3,) is of unit length, against the camera's direction.

    Raises:
        ValueError: there are more lights than the shaders have room for.
    """
    if len(lighting.lights) > LIGHTS:
        raise ValueError(f"{len(lighting.lights)} lights: the shaders have room for {LIGHTS}")
    rows = np.zeros((3, LIGHTS, 3))
    for index, light in enumerate(lighting.lights):
        direction = _unit(light.direction)
        halfway = _unit(np.add(direction, to_viewer), otherwise=direction)
        rows[:, index] = direction, halfway, np.multiply(light.intensity, light.colour)
    names = ("light_direction", "light_halfway", "light_colour")
    return {"ambient": lighting.ambient, "to_viewer": to_viewer, **dict(zip(names, rows, strict=True))}


def _unit(vector: ArrayLike, otherwise: ArrayLike = TO_VIEWER) -> NDArray[np.float64]:
    """At length 1; a light straight behind the face is halfway to nowhere, and mirrored by nothing."""
    length = np.linalg.norm(vector)
    return np.asarray(vector, np.float64) / length if length > 1e-9 else np.asarray(otherwise, np.float64)
