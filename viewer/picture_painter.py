"""Draws pictures of a frame into the current framebuffer: a program a filter, no buffers.

Needs the widget's context current, always.
"""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from gpu_core.gl.shaders import Program
from gpu_core.settings import Picture
from viewer.picture_layout import Cell

NEAREST, SHARP, AREA = "picture_nearest.frag", "picture_sharp.frag", "picture_area.frag"
MOST_UPLOADED = 4


def filtering(texels: float) -> str:
    """Which filter suits `texels` per screen pixel: whole multiples stay sharp, the rest is resampled."""
    enlarged = 1.0 / texels
    if enlarged >= 1.0 and abs(enlarged - round(enlarged)) < 1e-3:
        return NEAREST
    return SHARP if texels < 1.0 else AREA


class PicturePainter:
    """Owns the programs and the (empty) vertex array. `close` with the same context current."""

    def __init__(self) -> None:
        self._programs = {filter_: Program("picture.vert", filter_) for filter_ in (NEAREST, SHARP, AREA)}
        self._uploaded: dict[Hashable, tuple[NDArray[np.uint8], Picture]] = {}
        self._vertices = GL.glGenVertexArrays(1)
        # A sampler of our own: what filter the engine's textures carry is the engine's business.
        self._sampler = GL.glGenSamplers(1)
        for name in (GL.GL_TEXTURE_MIN_FILTER, GL.GL_TEXTURE_MAG_FILTER):
            GL.glSamplerParameteri(self._sampler, name, GL.GL_LINEAR)

    def clear(self, width: int, height: int, colour: tuple[float, float, float]) -> None:
        """Start a picture of `width` x `height` device pixels."""
        GL.glDisable(GL.GL_SCISSOR_TEST)
        GL.glViewport(0, 0, width, height)
        GL.glClearColor(*colour, 1.0)
        GL.glClear(GL.GL_COLOR_BUFFER_BIT)

    def upload(self, name: Hashable, pixels: NDArray[np.uint8]) -> Picture:
        """A square premultiplied picture, top row first, as one to draw; what has been uploaded already is kept."""
        side = pixels.shape[0]
        kept = self._uploaded.get(name)
        if kept is not None and kept[0] is pixels:
            return kept[1]
        if kept is None and len(self._uploaded) >= MOST_UPLOADED:
            self._forget(next(iter(self._uploaded)))
        texture = kept[1].texture if kept is not None else int(GL.glGenTextures(1))
        GL.glBindTexture(GL.GL_TEXTURE_2D, texture)
        GL.glPixelStorei(GL.GL_UNPACK_ALIGNMENT, 4)
        rows = np.ascontiguousarray(pixels[::-1])
        GL.glTexImage2D(GL.GL_TEXTURE_2D, 0, GL.GL_RGBA8, side, side, 0, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, rows)
        GL.glBindTexture(GL.GL_TEXTURE_2D, 0)
        self._uploaded[name] = (pixels, Picture(texture, 0, 0, side, side, side))
        return self._uploaded[name][1]

    def _forget(self, name: Hashable) -> None:
        _, picture = self._uploaded.pop(name)
        GL.glDeleteTextures([picture.texture])

    def draw(self, picture: Picture, cell: Cell, width: int, height: int, *, opacity: float = 1.0) -> None:
        """Draw one picture over what is there, premultiplied, into its cell of the framebuffer."""
        texels = picture.size / cell.side
        program = self._programs[filtering(texels)]
        use = program.location
        program.use()
        left, top = 2.0 * cell.left / width - 1.0, 1.0 - 2.0 * cell.top / height
        GL.glUniform4f(use("rectangle"), left, top - 2.0 * cell.side / height, left + 2.0 * cell.side / width, top)
        GL.glUniform2f(use("origin"), picture.x, picture.y)
        GL.glUniform1f(use("size"), picture.size)
        GL.glUniform1f(use("texels"), texels)
        GL.glUniform1f(use("opacity"), opacity)
        GL.glUniform1i(use("picture"), 0)
        GL.glActiveTexture(GL.GL_TEXTURE0)
        GL.glBindTexture(GL.GL_TEXTURE_2D, picture.texture)
        GL.glBindSampler(0, self._sampler)
        self._rasterise(cell, height)

    def _rasterise(self, cell: Cell, height: int) -> None:
        x, y, w, h = cell.clip
        GL.glEnable(GL.GL_SCISSOR_TEST)
        GL.glScissor(x, height - y - h, max(w, 0), max(h, 0))
        GL.glEnable(GL.GL_BLEND)
        GL.glBlendFuncSeparate(GL.GL_ONE, GL.GL_ONE_MINUS_SRC_ALPHA, GL.GL_ZERO, GL.GL_ONE)
        GL.glDisable(GL.GL_DEPTH_TEST)
        GL.glDisable(GL.GL_CULL_FACE)
        GL.glBindVertexArray(self._vertices)
        GL.glDrawArrays(GL.GL_TRIANGLE_STRIP, 0, 4)
        GL.glBindVertexArray(0)
        GL.glUseProgram(0)
        GL.glBindSampler(0, 0)
        GL.glBindTexture(GL.GL_TEXTURE_2D, 0)
        GL.glDisable(GL.GL_BLEND)
        GL.glDisable(GL.GL_SCISSOR_TEST)

    def close(self) -> None:
        """Delete what was made; harmless when done already."""
        for program in self._programs.values():
            program.close()
        for name in tuple(self._uploaded):
            self._forget(name)
        if self._vertices:
            GL.glDeleteVertexArrays(1, [self._vertices])
            GL.glDeleteSamplers(1, [self._sampler])
            self._vertices = 0
