"""Draws the render and texture images with a camera and lights that may change with every frame.

The shader files are those of the pair, here with their uniforms: building other lights in takes a software rasteriser a
tenth of a second (it compiles for its own processor), uniforms cost it some milliseconds a frame. A camera that a hand
drags changes the lights' arithmetic with every frame, as highlights depend on where the viewer is.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike
from OpenGL import GL

from gpu_core.gl.scene import light_constants
from gpu_core.gl.shaders import Program
from gpu_core.look import Look


class FreePass:
    """The programs of the pass: `surface`, `hair`, `lash`. The renderer owns it."""

    def __init__(self) -> None:
        self.surface = Program("face.vert", "face.frag")
        self.hair = Program("strand.vert", "hair.frag")
        self.lash = Program("strand.vert", "lash.frag")
        self._look: Look | None = None

    def aim(self, look: Look) -> None:
        """Draw with this camera and these lights from now on.

        Raises:
            ValueError: there are more lights than the shaders have room for.
        """
        if look == self._look:
            return
        lights = light_constants(look.lighting, to_viewer=look.camera.axes()[2])
        for program in (self.surface, self.hair, self.lash):
            program.use()
            GL.glUniformMatrix4fv(program.location("clip_from_world"), 1, True, look.camera.clip_from_world())
            GL.glUniform3f(program.location("eye_position"), *look.camera.eye())
            _set_vectors(program, lights)
        self._look = look

    def close(self) -> None:
        """Delete the programs; harmless when done already."""
        for program in (self.surface, self.hair, self.lash):
            program.close()


def _set_vectors(program: Program, values: Mapping[str, ArrayLike]) -> None:
    for name, value in values.items():
        rows = np.ascontiguousarray(np.atleast_2d(value), np.float32)
        send = GL.glUniform2fv if rows.shape[1] == 2 else GL.glUniform3fv
        send(program.location(name), len(rows), rows)
