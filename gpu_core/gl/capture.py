"""Shaders that compute instead of drawing: tables they read from, buffers that keep what they put out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from gpu_core.errors import GLError, ShaderError
from gpu_core.gl.posed_vertices import Attribute, feed
from gpu_core.gl.shaders import Program

_FORMATS = {1: GL.GL_R32F, 4: GL.GL_RGBA32F}  # of three components only since OpenGL 4.0


class TableTexture:
    """A buffer that shaders fetch single texels from: float32, one or four components each."""

    def __init__(self, components: int) -> None:
        self._components, self._reserved = components, 0
        self._most = int(GL.glGetIntegerv(GL.GL_MAX_TEXTURE_BUFFER_SIZE))  # asked once: asking can wait for the driver
        self.buffer, self.texture = int(GL.glGenBuffers(1)), int(GL.glGenTextures(1))

    def fill(self, table: NDArray[np.float32]) -> None:
        """Replace the content; its size is a multiple of the components.

        Raises:
            GLError: there are more texels than a table may have here.
        """
        self._check(table.size)
        GL.glBindBuffer(GL.GL_TEXTURE_BUFFER, self.buffer)
        GL.glBufferData(GL.GL_TEXTURE_BUFFER, table.nbytes, np.ascontiguousarray(table), GL.GL_STREAM_DRAW)

    def reserve(self, numbers: int) -> None:
        """Make room for so many numbers that a shader will write; nothing happens if there is just that already.

        Raises:
            GLError: as `fill`.
        """
        if numbers == self._reserved:
            return
        self._check(numbers)
        self._reserved = numbers
        GL.glBindBuffer(GL.GL_TEXTURE_BUFFER, self.buffer)
        GL.glBufferData(GL.GL_TEXTURE_BUFFER, 4 * numbers, None, GL.GL_DYNAMIC_COPY)

    def _check(self, numbers: int) -> None:
        texels = numbers // self._components
        if texels > self._most:
            raise GLError(f"a table of {texels} entries is more than this OpenGL takes ({self._most})")

    def bind(self, unit: int) -> None:
        """Let shaders find it on a texture unit."""
        GL.glActiveTexture(GL.GL_TEXTURE0 + unit)
        GL.glBindTexture(GL.GL_TEXTURE_BUFFER, self.texture)
        GL.glTexBuffer(GL.GL_TEXTURE_BUFFER, _FORMATS[self._components], self.buffer)

    def close(self) -> None:
        """Delete both; harmless when done already."""
        if self.buffer:
            GL.glDeleteTextures([self.texture])
            GL.glDeleteBuffers(1, [self.buffer])
        self.buffer = 0


class NoPicture:
    """A framebuffer of one pixel: without a complete one nothing is computed, even though nothing is drawn."""

    def __init__(self) -> None:
        self._pixel = int(GL.glGenRenderbuffers(1))
        self._framebuffer = int(GL.glGenFramebuffers(1))
        GL.glBindRenderbuffer(GL.GL_RENDERBUFFER, self._pixel)
        GL.glRenderbufferStorage(GL.GL_RENDERBUFFER, GL.GL_RGBA8, 1, 1)
        self.bind()
        GL.glFramebufferRenderbuffer(GL.GL_FRAMEBUFFER, GL.GL_COLOR_ATTACHMENT0, GL.GL_RENDERBUFFER, self._pixel)

    def bind(self) -> None:
        """Let it take what comes out of the rasteriser, which is nothing."""
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._framebuffer)

    def close(self) -> None:
        """Delete it; harmless when done already."""
        if self._framebuffer:
            GL.glDeleteFramebuffers(1, [self._framebuffer])
            GL.glDeleteRenderbuffers(1, [self._pixel])
        self._framebuffer = 0


@dataclass(frozen=True)
class Room:
    """Where one output of a shader goes: a range of a buffer, in bytes."""

    buffer: int
    offset: int
    size: int


class Capture:
    """A vertex shader that runs over `count` vertices of every face and whose outputs are kept. Owns its inputs."""

    def __init__(self, shader: str, outputs: Sequence[str], inputs: Sequence[Attribute], count: int) -> None:
        """Compile the shader.

        Raises:
            ShaderError: with the driver's log; the inputs are gone.
        """
        self.count, self._inputs = count, tuple(inputs)
        try:
            self.program = Program(shader, captures=outputs)
        except ShaderError:
            self._delete_inputs()
            raise
        self._array = int(GL.glGenVertexArrays(1))
        GL.glBindVertexArray(self._array)
        for attribute in inputs:
            feed(attribute)
        GL.glBindVertexArray(0)

    def run(self, faces: int, tables: Mapping[str, TableTexture], into: Sequence[Room]) -> None:
        """Compute all faces, one after the other in every output; later commands find the outputs written.

        Some complete framebuffer has to be bound: see `NoPicture`.
        """
        self.program.use()
        for unit, (name, table) in enumerate(tables.items()):
            GL.glUniform1i(self.program.location(name), unit)
            table.bind(unit)
        for index, room in enumerate(into):
            GL.glBindBufferRange(GL.GL_TRANSFORM_FEEDBACK_BUFFER, index, room.buffer, room.offset, room.size)
        GL.glBindVertexArray(self._array)
        GL.glEnable(GL.GL_RASTERIZER_DISCARD)
        GL.glBeginTransformFeedback(GL.GL_POINTS)
        GL.glDrawArraysInstanced(GL.GL_POINTS, 0, self.count, faces)
        GL.glEndTransformFeedback()
        GL.glDisable(GL.GL_RASTERIZER_DISCARD)
        GL.glBindVertexArray(0)
        for index in range(len(into)):
            GL.glBindBufferBase(GL.GL_TRANSFORM_FEEDBACK_BUFFER, index, 0)

    def close(self) -> None:
        """Delete everything; harmless when done already."""
        if self._array:
            GL.glDeleteVertexArrays(1, [self._array])
            self._delete_inputs()
        self._array = 0
        self.program.close()

    def _delete_inputs(self) -> None:
        buffers = [attribute.buffer for attribute in self._inputs]
        GL.glDeleteBuffers(len(buffers), buffers)
