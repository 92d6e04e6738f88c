"""Draws the normal and the depth picture: a second pass, run only for generators that want them.

Normals are those of the view (x right, y up, z to the viewer), turned to the viewer where a back shows, as
n * 0.5 + 0.5. Depth falls linearly with the distance along the camera's axis, from 1 at the near plane of
`depth_planes` to 0 at the far one. The background is 0 in both. Lashes and single hairs, thinner than a pixel, are left
out: half a pixel of a hair has no depth that means anything.
"""

from __future__ import annotations

from OpenGL import GL

from gpu_core.gl.mesh import Ribbons, Surface, draw_indices
from gpu_core.gl.scene import TO_VIEWER, set_camera
from gpu_core.gl.shaders import Program
from gpu_core.settings import Camera

DEPTH_REACH_DM = 2.0  # the planes lie so far before and behind the camera's target: room for a head that turns


def depth_planes(camera: Camera) -> tuple[float, float]:
    """Near and far plane of the depth picture: distances from the eye along its axis, decimetres."""
    return camera.distance - DEPTH_REACH_DM, camera.distance + DEPTH_REACH_DM


class GeometryPass:
    """The two programs of the pass. The renderer owns it."""

    def __init__(self, camera: Camera) -> None:
        constants = {"to_viewer": TO_VIEWER, "depth_planes": depth_planes(camera)}
        self.surface_program = Program("face.vert", "geometry.frag", constants=constants)
        self.hair_program = Program("strand.vert", "geometry.frag", constants=constants)
        for program in self.programs:
            set_camera(program, camera)

    @property
    def programs(self) -> tuple[Program, Program]:
        """Both programs."""
        return self.surface_program, self.hair_program

    def draw(self, surface: Surface, ribbons: Ribbons, face: int, size: int) -> None:
        """Draw one face, posed already, into the bound framebuffer's current viewport of `size` pixels a side."""
        self.hair_program.use()
        GL.glBindVertexArray(ribbons.posed.array(face))
        GL.glUniform1f(self.hair_program.location("pixels_per_clip"), size / 2)
        GL.glUniform1i(self.hair_program.location("facing_camera"), False)
        for lock in ribbons.draws_of(face):
            if not lock.facing_camera:
                draw_indices(lock.first, lock.count)
        self.surface_program.use()
        GL.glBindVertexArray(surface.posed.array(face))
        for part in surface.draws:
            (GL.glDisable if part.two_sided else GL.glEnable)(GL.GL_CULL_FACE)
            draw_indices(part.first, part.count)
        GL.glDisable(GL.GL_CULL_FACE)

    def close(self) -> None:
        """Delete the programs; harmless when done already."""
        for program in self.programs:
            program.close()
