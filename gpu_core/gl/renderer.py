"""Draws posed faces as two images at once: every face of a batch into its own region of one framebuffer.

Order: locks of hair, opaque and outer layers first, so that the depth test spares what they hide; the surface with back
faces culled; then lashes and single hairs blended over all of it. There is no multisampling (three times the cost on
software OpenGL): thin strands bring their own coverage, see strand.vert and lash.frag.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType

import numpy as np
from numpy.typing import ArrayLike, NDArray
from OpenGL import GL

from gpu_core.atlas import Atlas
from gpu_core.face import FaceAsset, PosedFace
from gpu_core.gl.geometry_pass import GeometryPass
from gpu_core.gl.mesh import Ribbons, Surface, draw_indices
from gpu_core.gl.shaders import Program
from gpu_core.gl.targets import TargetSet
from gpu_core.settings import Camera, Lighting


class Renderer:
    """Owns a face's buffers and the two programs. Use only on the thread whose context is current."""

    def __init__(self, asset: FaceAsset, camera: Camera | None = None, lighting: Lighting | None = None) -> None:
        self._surface = Surface(asset)
        self._ribbons = Ribbons(asset.strands)
        self._face_program = Program("face.vert", "face.frag")
        self._hair_program = Program("strand.vert", "hair.frag")
        self._lash_program = Program("strand.vert", "lash.frag")
        self._camera, self._lighting = camera or Camera(), lighting or Lighting()
        self._geometry: GeometryPass | None = None  # made when first asked for: most generators never do
        for program in (self._face_program, self._hair_program, self._lash_program):
            set_scene(program, self._camera, self._lighting)

    def draw(self, posed: tuple[PosedFace, ...], target: TargetSet) -> None:
        """Draw face i into region i of the target; the rest of the target becomes transparent black."""
        for size in self._regions(posed, target.framebuffer, target.atlas):
            self._draw_ribbons(self._hair_program, size, facing_camera=False)
            self._draw_surface()
            GL.glEnable(GL.GL_BLEND)
            GL.glBlendFunc(GL.GL_ONE, GL.GL_ONE_MINUS_SRC_ALPHA)
            self._draw_ribbons(self._lash_program, size, facing_camera=True)
            GL.glDisable(GL.GL_BLEND)

    def draw_geometry(self, posed: tuple[PosedFace, ...], target: TargetSet) -> None:
        """Draw normals and depth of face i into region i of the target's geometry: see `geometry_pass`."""
        drawing = self._geometry_pass()
        for size in self._regions(posed, target.geometry.framebuffer, target.atlas):
            drawing.draw(self._surface, self._ribbons, size)

    def _regions(self, posed: tuple[PosedFace, ...], framebuffer: int, atlas: Atlas) -> Iterator[int]:
        """Clear a framebuffer; then, for each face, upload it, aim at its region and yield the region's size."""
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, framebuffer)
        GL.glClearColor(0.0, 0.0, 0.0, 0.0)
        GL.glDepthMask(True)
        GL.glClear(GL.GL_COLOR_BUFFER_BIT | GL.GL_DEPTH_BUFFER_BIT)
        GL.glEnable(GL.GL_DEPTH_TEST)
        for face, region in zip(posed, atlas.regions, strict=True):
            GL.glViewport(region.x, region.y, region.size, region.size)
            self._surface.upload(face)
            self._ribbons.upload(face)
            yield region.size
        GL.glBindVertexArray(0)
        GL.glDisable(GL.GL_DEPTH_TEST)

    def _geometry_pass(self) -> GeometryPass:
        if self._geometry is None:
            self._geometry = GeometryPass(self._camera)
            for program in self._geometry.programs:
                set_scene(program, self._camera, self._lighting)
        return self._geometry

    def _draw_surface(self) -> None:
        self._face_program.use()
        GL.glBindVertexArray(self._surface.vao)
        GL.glActiveTexture(GL.GL_TEXTURE0)
        GL.glEnable(GL.GL_CULL_FACE)
        gloss = self._face_program.location("gloss")
        for draw in self._surface.draws:
            if draw.two_sided:
                GL.glDisable(GL.GL_CULL_FACE)
            GL.glBindTexture(GL.GL_TEXTURE_2D, draw.texture)
            GL.glUniform2f(gloss, *draw.gloss)
            draw_indices(draw.first, draw.count)
        GL.glDisable(GL.GL_CULL_FACE)

    def _draw_ribbons(self, program: Program, size: int, *, facing_camera: bool) -> None:
        draws = [draw for draw in self._ribbons.draws if draw.facing_camera is facing_camera]
        if not draws:
            return
        program.use()
        GL.glBindVertexArray(self._ribbons.vao)
        GL.glUniform1f(program.location("pixels_per_clip"), size / 2)
        GL.glUniform1i(program.location("facing_camera"), facing_camera)
        for draw in draws:
            draw_indices(draw.first, draw.count)

    def close(self) -> None:
        """Delete everything; harmless when done already."""
        for owned in (self._surface, self._ribbons, self._face_program, self._hair_program, self._lash_program):
            owned.close()
        if self._geometry is not None:
            self._geometry.close()

    def __enter__(self) -> Renderer:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


def clip_from_world(camera: Camera) -> NDArray[np.float32]:
    """The camera as a (4, 4) float32 matrix for column vectors. Near and far leave room for any head and free turns."""
    near, far = camera.distance * 0.5, camera.distance * 2.0
    focal = camera.distance / camera.half_height
    projection = np.diag([focal, focal, -(far + near) / (far - near), 0.0])
    projection[2, 3], projection[3, 2] = -2 * far * near / (far - near), -1.0
    view = np.eye(4)
    view[:3, 3] = -np.add(camera.target, (0.0, 0.0, camera.distance))
    return (projection @ view).astype(np.float32)


def set_scene(program: Program, camera: Camera, lighting: Lighting) -> None:
    """Set the uniforms that stay: camera and lights."""
    program.use()
    x, y, z = camera.target
    GL.glUniformMatrix4fv(program.location("clip_from_world"), 1, True, clip_from_world(camera))
    GL.glUniform3f(program.location("eye_position"), x, y, z + camera.distance)
    GL.glUniform2f(program.location("ambient"), *lighting.ambient)
    GL.glUniform3f(program.location("to_viewer"), 0.0, 0.0, 1.0)
    for index, light in enumerate(lighting.lights):
        direction = _unit(light.direction)
        halfway = _unit(np.add(direction, (0.0, 0.0, 1.0)))
        GL.glUniform3f(program.location(f"light_direction[{index}]"), *direction)
        GL.glUniform3f(program.location(f"light_halfway[{index}]"), *halfway)
        GL.glUniform3f(program.location(f"light_colour[{index}]"), *(light.intensity * c for c in light.colour))


def _unit(vector: ArrayLike) -> NDArray[np.float64]:
    return np.asarray(vector, np.float64) / np.linalg.norm(vector)
