"""Copies between a texture and memory: a buffer that OpenGL owns, or the host's.

A pixel buffer stays on the GPU, and the GPU copies when it gets there. Rows are tight and bottom first.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL
from OpenGL.error import Error as OpenGLError

from gpu_core.errors import GLError

# By channels: how OpenGL calls the pixels of RGBA8 and R32F textures.
_FORMS = {4: (GL.GL_RGBA, GL.GL_UNSIGNED_BYTE), 1: (GL.GL_RED, GL.GL_FLOAT)}
BYTES_PER_PIXEL = 4  # of both


class PixelBuffer:
    """A buffer with room for one whole texture of 4 channels (RGBA8) or 1 (R32F). The owner closes it.

    It lies on the GPU, or, `for_host`, where the host reads it best.

    Attributes:
        name: what OpenGL calls it.

    Raises:
        GLError: no memory is left.
    """

    def __init__(self, width: int, height: int, channels: int = 4, *, for_host: bool = False) -> None:
        self.width, self.height, self.channels = width, height, channels
        self.name = int(GL.glGenBuffers(1))
        try:
            GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, self.name)
            size = width * height * BYTES_PER_PIXEL
            usage = GL.GL_STREAM_READ if for_host else GL.GL_DYNAMIC_COPY
            GL.glBufferData(GL.GL_PIXEL_PACK_BUFFER, size, None, usage)
        except OpenGLError as error:
            self.close()
            raise GLError(f"no pixel buffer of {width}x{height} pixels: {error}") from error
        finally:
            GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, 0)

    def take(self, texture: int) -> None:
        """Have the GPU copy a texture into the buffer; returns at once."""
        GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, self.name)
        try:
            read_texture(texture, self.channels, ctypes.c_void_p(0))
        finally:
            GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, 0)

    def give(self, texture: int) -> None:
        """Have the GPU copy the buffer into a texture; returns at once."""
        GL.glBindBuffer(GL.GL_PIXEL_UNPACK_BUFFER, self.name)
        try:
            write_texture(texture, self.width, self.height, self.channels, ctypes.c_void_p(0))
        finally:
            GL.glBindBuffer(GL.GL_PIXEL_UNPACK_BUFFER, 0)

    @contextmanager
    def mapped(self) -> Iterator[NDArray[Any]]:
        """What was taken, to be read within the block: (height, width, 4) uint8, or (height, width) float32.

        Waits for the GPU to get there, unless a fence has been waited for; nothing is copied.

        Raises:
            GLError: OpenGL refuses.
        """
        size = self.width * self.height * BYTES_PER_PIXEL
        address = self._map(size)
        try:
            yield self._as_array((ctypes.c_uint8 * size).from_address(address))
        finally:
            GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, self.name)
            GL.glUnmapBuffer(GL.GL_PIXEL_PACK_BUFFER)
            GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, 0)

    def _map(self, size: int) -> int:
        GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, self.name)
        try:
            address = GL.glMapBufferRange(GL.GL_PIXEL_PACK_BUFFER, 0, size, GL.GL_MAP_READ_BIT)
        except OpenGLError as error:
            raise self._unmappable(error.err or error) from error
        finally:
            GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, 0)
        if not address:
            raise self._unmappable("no address")
        return int(address)

    def _unmappable(self, why: object) -> GLError:
        return GLError(f"a pixel buffer of {self.width}x{self.height} pixels cannot be mapped: {why}")

    def _as_array(self, memory: Any) -> NDArray[Any]:
        if self.channels == 1:
            return np.frombuffer(memory, np.float32).reshape(self.height, self.width)
        return np.frombuffer(memory, np.uint8).reshape(self.height, self.width, self.channels)

    def close(self) -> None:
        """Delete it; harmless when done already."""
        if self.name:
            GL.glDeleteBuffers(1, [self.name])
        self.name = 0


def read_texture(texture: int, channels: int, into: Any) -> None:
    """Copy a whole texture to the host, which waits for it: `into` is (height, width, channels), C order.

    Four channels are uint8, one is float32. With a pack buffer bound `into` is an offset, and nothing waits.

    Raises:
        GLError: OpenGL refuses.
    """
    with _refusing("read"):
        GL.glBindTexture(GL.GL_TEXTURE_2D, texture)
        GL.glGetTexImage(GL.GL_TEXTURE_2D, 0, *_FORMS[channels], into)


def write_texture(texture: int, width: int, height: int, channels: int, pixels: Any) -> None:
    """Copy pixels of the host into a whole texture: (height, width, channels), C order, dtypes as in `read_texture`.

    With an unpack buffer bound `pixels` is an offset.

    Raises:
        GLError: OpenGL refuses.
    """
    with _refusing("written"):
        GL.glBindTexture(GL.GL_TEXTURE_2D, texture)
        GL.glTexSubImage2D(GL.GL_TEXTURE_2D, 0, 0, 0, width, height, *_FORMS[channels], pixels)


@contextmanager
def _refusing(done: str) -> Iterator[None]:
    try:
        yield
    except OpenGLError as error:
        raise GLError(f"a texture cannot be {done}: {error.err or error}") from error
