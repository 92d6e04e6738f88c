"""Pictures to tensors and back as OpenGL passes: what `neural.pixels` does on the CPU, for float planes of equal size.

A tensor is a texture of floats, its planes one above the other. Use only on the thread whose context is current.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from OpenGL import GL
from OpenGL.error import Error as OpenGLError

from gpu_core.errors import GLError
from gpu_core.gl.shaders import Program


@dataclass(frozen=True)
class PlaneForm:
    """What the values of a tensor's planes mean: value = picture * scale - offset, and back with mean and deviation.

    Numbers are in the order red, green, blue, alpha when a picture is made, in the tensor's own order when planes are.
    """

    scale: tuple[float, ...]
    offset: tuple[float, ...]
    swapped: bool = False  # blue first
    has_alpha: bool = True
    premultiplied: bool = True


class TensorPass:
    """Programs, one float texture and a framebuffer for planes of `size` x `size`. The owner closes it.

    Raises:
        GLError: this OpenGL draws no float textures, or none so high.
    """

    def __init__(self, size: int, planes: int) -> None:
        self.size = size
        self._texture = self._framebuffer = self._vertices = 0
        with ExitStack() as owned:
            owned.callback(self.close)
            self._packing = Program("tensor.vert", "tensor_pack.frag")
            self._unpacking = Program("tensor.vert", "tensor_unpack.frag")
            self._vertices = int(GL.glGenVertexArrays(1))
            self._framebuffer = int(GL.glGenFramebuffers(1))
            self._texture = _float_texture(size, size * planes)
            self._aim_at(self._texture)
            if GL.glCheckFramebufferStatus(GL.GL_FRAMEBUFFER) != GL.GL_FRAMEBUFFER_COMPLETE:
                raise GLError("this OpenGL draws no float textures: the CPU has to convert")
            owned.pop_all()

    def pack(self, textures: Sequence[int], origin: tuple[int, int], form: PlaneForm) -> None:
        """Draw one face of one or two pictures, three planes each, into the float texture."""
        self._packing.use()
        at = self._packing.location
        for unit, texture in enumerate(textures):
            _bind(unit, texture)
            GL.glUniform1i(at(f"pictures[{unit}]"), unit)
        if len(textures) == 1:  # a sampler has to point somewhere
            GL.glUniform1i(at("pictures[1]"), 0)
        GL.glUniform2i(at("origin"), *origin)
        GL.glUniform1i(at("size"), self.size)
        GL.glUniform1i(at("swapped"), form.swapped)
        GL.glUniform3f(at("scale"), *form.scale)
        GL.glUniform3f(at("offset"), *form.offset)
        self._draw(self._texture, (0, 0, self.size, 3 * self.size * len(textures)))

    def read(self, planes: int, into: Any) -> None:
        """Copy what `pack` drew to the host, which waits for it: `into` is (planes, size, size) float32, C order."""
        GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, self._framebuffer)
        GL.glReadBuffer(GL.GL_COLOR_ATTACHMENT0)
        GL.glReadPixels(0, 0, self.size, planes * self.size, GL.GL_RED, GL.GL_FLOAT, into)

    def write(self, planes: int, values: Any) -> None:
        """Copy a tensor of the host's into the float texture: (planes, size, size) float32, C order."""
        GL.glBindTexture(GL.GL_TEXTURE_2D, self._texture)
        GL.glTexSubImage2D(GL.GL_TEXTURE_2D, 0, 0, 0, self.size, planes * self.size, GL.GL_RED, GL.GL_FLOAT, values)

    def unpack(self, picture: int, cover: int, origin: tuple[int, int], form: PlaneForm) -> None:
        """Draw the float texture into one face of the texture `picture`; `cover` has its alpha where planes do not."""
        self._unpacking.use()
        at = self._unpacking.location
        for unit, (name, texture) in enumerate((("planes", self._texture), ("cover", cover))):
            _bind(unit, texture)
            GL.glUniform1i(at(name), unit)
        GL.glUniform2i(at("origin"), *origin)
        GL.glUniform1i(at("size"), self.size)
        GL.glUniform1i(at("swapped"), form.swapped)
        GL.glUniform1i(at("has_alpha"), form.has_alpha)
        GL.glUniform1i(at("premultiplied"), form.premultiplied)
        GL.glUniform4f(at("scale"), *form.scale)
        GL.glUniform4f(at("offset"), *form.offset)
        self._draw(picture, (*origin, self.size, self.size))

    def _draw(self, texture: int, viewport: tuple[int, int, int, int]) -> None:
        self._aim_at(texture)
        GL.glViewport(*viewport)
        GL.glBindVertexArray(self._vertices)
        GL.glDrawArrays(GL.GL_TRIANGLES, 0, 3)
        GL.glBindVertexArray(0)
        GL.glActiveTexture(GL.GL_TEXTURE0)  # where everybody else binds

    def _aim_at(self, texture: int) -> None:
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._framebuffer)
        GL.glFramebufferTexture2D(GL.GL_FRAMEBUFFER, GL.GL_COLOR_ATTACHMENT0, GL.GL_TEXTURE_2D, texture, 0)

    def close(self) -> None:
        """Delete everything; harmless when done already."""
        for name in ("_packing", "_unpacking"):
            if name in vars(self):
                getattr(self, name).close()
        if self._framebuffer:
            GL.glDeleteFramebuffers(1, [self._framebuffer])
        if self._vertices:
            GL.glDeleteVertexArrays(1, [self._vertices])
        if self._texture:
            GL.glDeleteTextures([self._texture])
        self._texture = self._framebuffer = self._vertices = 0

    def __enter__(self) -> TensorPass:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


def _bind(unit: int, texture: int) -> None:
    GL.glActiveTexture(GL.GL_TEXTURE0 + unit)
    GL.glBindTexture(GL.GL_TEXTURE_2D, texture)


def _float_texture(width: int, height: int) -> int:
    texture = int(GL.glGenTextures(1))
    try:
        GL.glBindTexture(GL.GL_TEXTURE_2D, texture)
        GL.glTexImage2D(GL.GL_TEXTURE_2D, 0, GL.GL_R32F, width, height, 0, GL.GL_RED, GL.GL_FLOAT, None)
        GL.glTexParameteri(GL.GL_TEXTURE_2D, GL.GL_TEXTURE_MIN_FILTER, GL.GL_NEAREST)
        GL.glTexParameteri(GL.GL_TEXTURE_2D, GL.GL_TEXTURE_MAG_FILTER, GL.GL_NEAREST)
    except OpenGLError as error:
        GL.glDeleteTextures([texture])
        raise GLError(f"no float texture of {width}x{height}: {error.err or error}") from error
    return texture
