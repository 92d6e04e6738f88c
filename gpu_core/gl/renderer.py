"""Draws posed faces as two images at once: every face of a batch into its own region of one framebuffer.

Order: locks of hair, opaque and outer layers first, so that the depth test spares what they hide, without those that do
not show (`seen_hair`); the surface with back faces culled, skin first; then lashes and single hairs blended over all of
it. There is no multisampling (three times the cost on software OpenGL): thin strands bring their own coverage, see
strand.vert and lash.frag.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from types import TracebackType

from OpenGL import GL

from gpu_core.atlas import Atlas
from gpu_core.expression import Expression
from gpu_core.face import FaceAsset, PosedFace
from gpu_core.gl.free_pass import FreePass
from gpu_core.gl.geometry_pass import GeometryPass
from gpu_core.gl.mesh import RibbonDraw, Ribbons, Surface, draw_indices
from gpu_core.gl.posing import Posing, VertexUpload, open_posing
from gpu_core.gl.scene import light_constants, set_camera
from gpu_core.gl.seen_hair import seen_hair
from gpu_core.gl.shaders import Program
from gpu_core.gl.targets import TargetSet
from gpu_core.look import FreeCamera, Look
from gpu_core.settings import Camera, Lighting


class Renderer:
    """Owns a face's buffers, its posing and the programs. Use only on the thread whose context is current.

    A batch is posed once (`pose`, or `upload` for faces posed elsewhere) and then drawn as often as needed.
    """

    def __init__(
        self,
        asset: FaceAsset,
        camera: Camera | None = None,
        lighting: Lighting | None = None,
        posing: str = "auto",
    ) -> None:
        self._asset, self._wanted_posing = asset, posing
        self._surface = Surface(asset)
        self._camera, lights = camera or Camera(), light_constants(lighting or Lighting())
        self._ribbons = Ribbons(asset.strands, seen_hair(asset) if self._camera == Camera() else None)
        self._face_program = Program("face.vert", "face.frag", constants=lights)
        self._hair_program = Program("strand.vert", "hair.frag", constants=lights)
        self._lash_program = Program("strand.vert", "lash.frag", constants=lights)
        self._geometry: GeometryPass | None = None  # made when first asked for: most generators never do
        self._free: FreePass | None = None
        for program in (self._face_program, self._hair_program, self._lash_program):
            set_camera(program, self._camera)

    @cached_property
    def posing(self) -> Posing:
        """What poses; opened when first asked for, which takes some milliseconds.

        Raises:
            GLError: "gpu" was asked for, and shaders cannot pose here.
        """
        return open_posing(self._asset, self._surface, self._ribbons, self._wanted_posing)

    def pose(self, expressions: Sequence[Expression]) -> int:
        """Pose face i of the next batch with expression i; returns the bytes that went up for it."""
        self._ribbons.head_poses(expressions)
        return self.posing.pose(expressions)

    def upload(self, faces: Sequence[PosedFace]) -> int:
        """Take faces that were posed elsewhere; returns the bytes that went up for them."""
        self._ribbons.head_poses(None)
        return VertexUpload(self._surface, self._ribbons).send(faces)

    def draw(self, target: TargetSet) -> None:
        """Draw face i into region i of the target; the rest of the target becomes transparent black."""
        programs = self._face_program, self._hair_program, self._lash_program
        for face, size in self._regions(target.framebuffer, target.atlas):
            self._draw_face(programs, self._ribbons.draws_of(face), face, size)

    def draw_free(self, target: TargetSet, look: Look) -> None:
        """As `draw`, with another camera and other lights. Which hair shows was counted for the usual camera alone."""
        drawing = self._free = self._free or FreePass()
        drawing.aim(look)
        programs = drawing.surface, drawing.hair, drawing.lash
        for face, size in self._regions(target.framebuffer, target.atlas):
            is_usual = look.camera == FreeCamera()
            ribbons = self._ribbons.draws_of(face) if is_usual else self._ribbons.draws
            self._draw_face(programs, ribbons, face, size)

    def _draw_face(
        self, programs: tuple[Program, Program, Program], ribbons: Sequence[RibbonDraw], face: int, size: int
    ) -> None:
        surface, hair, lash = programs
        self._draw_ribbons(hair, [draw for draw in ribbons if not draw.facing_camera], face, size)
        self._draw_surface(surface, face)
        GL.glEnable(GL.GL_BLEND)
        GL.glBlendFunc(GL.GL_ONE, GL.GL_ONE_MINUS_SRC_ALPHA)
        self._draw_ribbons(lash, [draw for draw in ribbons if draw.facing_camera], face, size)
        GL.glDisable(GL.GL_BLEND)

    def draw_geometry(self, target: TargetSet) -> None:
        """Draw normals and depth of face i into region i of the target's geometry: see `geometry_pass`."""
        drawing = self._geometry_pass()
        for face, size in self._regions(target.geometry.framebuffer, target.atlas):
            drawing.draw(self._surface, self._ribbons, face, size)

    def _regions(self, framebuffer: int, atlas: Atlas) -> Iterator[tuple[int, int]]:
        """Clear a framebuffer; then aim at each face's region and yield the face and the region's size."""
        if self._surface.posed.faces != len(atlas.regions):
            raise ValueError(f"{self._surface.posed.faces} faces are posed for a target of {len(atlas.regions)}")
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, framebuffer)
        GL.glClearColor(0.0, 0.0, 0.0, 0.0)
        GL.glDepthMask(True)
        GL.glClear(GL.GL_COLOR_BUFFER_BIT | GL.GL_DEPTH_BUFFER_BIT)
        GL.glEnable(GL.GL_DEPTH_TEST)
        for face, region in enumerate(atlas.regions):
            GL.glViewport(region.x, region.y, region.size, region.size)
            yield face, region.size
        GL.glBindVertexArray(0)
        GL.glDisable(GL.GL_DEPTH_TEST)

    def _geometry_pass(self) -> GeometryPass:
        if self._geometry is None:
            self._geometry = GeometryPass(self._camera)
        return self._geometry

    def _draw_surface(self, program: Program, face: int) -> None:
        program.use()
        GL.glBindVertexArray(self._surface.posed.array(face))
        GL.glActiveTexture(GL.GL_TEXTURE0)
        GL.glEnable(GL.GL_CULL_FACE)
        gloss = program.location("gloss")
        for draw in self._surface.draws:
            if draw.two_sided:
                GL.glDisable(GL.GL_CULL_FACE)
            GL.glBindTexture(GL.GL_TEXTURE_2D, draw.texture)
            GL.glUniform2f(gloss, *draw.gloss)
            draw_indices(draw.first, draw.count)
        GL.glDisable(GL.GL_CULL_FACE)

    def _draw_ribbons(self, program: Program, draws: Sequence[RibbonDraw], face: int, size: int) -> None:
        if not draws:
            return
        program.use()
        GL.glBindVertexArray(self._ribbons.posed.array(face))
        GL.glUniform1f(program.location("pixels_per_clip"), size / 2)
        GL.glUniform1i(program.location("facing_camera"), draws[0].facing_camera)
        for draw in draws:
            draw_indices(draw.first, draw.count)

    def close(self) -> None:
        """Delete everything; harmless when done already."""
        if "posing" in vars(self):
            self.posing.close()
        for owned in (self._surface, self._ribbons, self._face_program, self._hair_program, self._lash_program):
            owned.close()
        if self._geometry is not None:
            self._geometry.close()
        if self._free is not None:
            self._free.close()

    def __enter__(self) -> Renderer:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()
