"""What posing writes and drawing reads: two vectors a vertex, of every face of a batch, in one buffer.

A surface has positions and normals there, ribbons have points and tangents. Every face of the batch gets a vertex array
of its own, so that a batch is posed at once, by either way of posing, and drawn face by face.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from gpu_core.face import Floats

_VECTOR = 12  # bytes of three float32


@dataclass(frozen=True)
class Attribute:
    """A buffer that feeds one attribute of every vertex, float32 or int32, tightly packed."""

    buffer: int
    location: int
    components: int
    is_integer: bool = False


class PosedVertices:
    """Attributes 0 and 1 of `count` vertices a face, (2, faces, count, 3) float32, beside attributes that stay.

    Owns the buffer, the vertex arrays and the `still` attributes' buffers, and the indices' buffer.
    """

    def __init__(self, count: int, still: Sequence[Attribute], indices: NDArray[np.uint32]) -> None:
        self.count, self.faces = count, 0
        self._still = tuple(still)
        self._indices = index_buffer(indices)
        self.buffer = int(GL.glGenBuffers(1))
        self._arrays: list[int] = []

    def array(self, face: int) -> int:
        """The vertex array of one face of the batch."""
        return self._arrays[face]

    def reserve(self, faces: int) -> None:
        """Make room for so many faces; what was posed before is lost if that is another number."""
        if faces == self.faces:
            return
        self._delete_arrays()
        self.faces = faces
        GL.glBindBuffer(GL.GL_ARRAY_BUFFER, self.buffer)
        GL.glBufferData(GL.GL_ARRAY_BUFFER, 2 * self.half_bytes, None, GL.GL_DYNAMIC_COPY)
        self._arrays = [self._vertex_array(face) for face in range(faces)]

    @property
    def half_bytes(self) -> int:
        """Bytes of the first vectors of the whole batch; the second ones begin there."""
        return self.faces * self.count * _VECTOR

    def stream(self, vectors: Floats) -> None:
        """Replace the content, (2, faces, count, 3) float32; the driver may keep drawing from the old one."""
        self.reserve(vectors.shape[1])
        GL.glBindBuffer(GL.GL_ARRAY_BUFFER, self.buffer)
        GL.glBufferData(GL.GL_ARRAY_BUFFER, vectors.nbytes, vectors, GL.GL_STREAM_DRAW)

    def read(self) -> Floats:
        """A copy of the content on the host, (2, faces, count, 3) float32; waits for the GPU."""
        vectors = np.empty((2, self.faces, self.count, 3), np.float32)
        if vectors.size:
            GL.glBindBuffer(GL.GL_ARRAY_BUFFER, self.buffer)
            # PyOpenGL 3.1.10 converts anything but bytes to bytes, number by number.
            GL.glGetBufferSubData(GL.GL_ARRAY_BUFFER, 0, vectors.nbytes, vectors.reshape(-1).view(np.uint8))
        return vectors

    def _vertex_array(self, face: int) -> int:
        array, first = int(GL.glGenVertexArrays(1)), face * self.count * _VECTOR
        GL.glBindVertexArray(array)
        for location, offset in enumerate((first, self.half_bytes + first)):
            feed(Attribute(self.buffer, location, 3), offset)
        for attribute in self._still:
            feed(attribute)
        GL.glBindBuffer(GL.GL_ELEMENT_ARRAY_BUFFER, self._indices)
        GL.glBindVertexArray(0)
        return array

    def _delete_arrays(self) -> None:
        if self._arrays:
            GL.glDeleteVertexArrays(len(self._arrays), self._arrays)
        self._arrays, self.faces = [], 0

    def close(self) -> None:
        """Delete everything; harmless when done already."""
        self._delete_arrays()
        if self.buffer:
            owned = [self.buffer, self._indices, *(attribute.buffer for attribute in self._still)]
            GL.glDeleteBuffers(len(owned), owned)
        self.buffer = 0


def still_attribute(data: Any, location: int) -> Attribute:
    """An attribute that never changes, (vertices, components) or (vertices,), float or int32."""
    data = np.asarray(data)
    is_integer = data.dtype.kind in "iu"
    data = np.ascontiguousarray(data, np.int32 if is_integer else np.float32)
    buffer = int(GL.glGenBuffers(1))
    GL.glBindBuffer(GL.GL_ARRAY_BUFFER, buffer)
    GL.glBufferData(GL.GL_ARRAY_BUFFER, data.nbytes, data, GL.GL_STATIC_DRAW)
    return Attribute(buffer, location, 1 if data.ndim == 1 else data.shape[1], is_integer)


def feed(attribute: Attribute, offset: int = 0) -> None:
    """Let an attribute of the bound vertex array read from its buffer."""
    GL.glBindBuffer(GL.GL_ARRAY_BUFFER, attribute.buffer)
    GL.glEnableVertexAttribArray(attribute.location)
    place, at = (attribute.location, attribute.components), ctypes.c_void_p(offset)
    if attribute.is_integer:
        GL.glVertexAttribIPointer(*place, GL.GL_INT, 0, at)
    else:
        GL.glVertexAttribPointer(*place, GL.GL_FLOAT, False, 0, at)


def index_buffer(indices: NDArray[np.uint32]) -> int:
    """A buffer of indices. Call with no vertex array bound, which would take it for its own."""
    buffer = int(GL.glGenBuffers(1))
    GL.glBindBuffer(GL.GL_ARRAY_BUFFER, buffer)
    GL.glBufferData(GL.GL_ARRAY_BUFFER, indices.nbytes, indices, GL.GL_STATIC_DRAW)
    return buffer
