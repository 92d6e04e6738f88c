"""The second tier: OpenGL copies between a texture and a pixel buffer on the GPU, and CUDA sees the buffer.

For drivers that share buffers but not textures. No pixel leaves the GPU; it costs one copy there a picture.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from gpu_core.cuda.calls import SUCCESS, call
from gpu_core.cuda.registrations import Registered, Registrations, not_null
from gpu_core.cuda.sources import LinearSource, Source
from gpu_core.cuda.tier import Picture
from gpu_core.errors import CudaError
from gpu_core.gl.pixel_buffers import PixelBuffer


class PixelBufferTier:
    """A `Tier` with a pixel buffer for each texture."""

    def __init__(self) -> None:
        self._registrations = Registrations()
        self._buffers: dict[int, PixelBuffer] = {}  # by texture

    @contextmanager
    def passing(self, pictures: Sequence[Picture], stream: Any) -> Iterator[dict[str, Source]]:
        """The pixel buffers as linear memory: filled before, and copied into the written textures afterwards."""
        buffers = {picture: self._buffer(picture) for picture in pictures}
        entries = {picture: self._registrations.buffer(buffer.name) for picture, buffer in buffers.items()}
        for picture, buffer in buffers.items():
            if not picture.written:
                buffer.take(picture.texture)
        reads, writes = ([entries[p] for p in pictures if p.written is written] for written in (False, True))
        with self._registrations.mapped(reads, writes, stream):
            yield {picture.name: _source(picture, entry) for picture, entry in entries.items()}
        for picture, buffer in buffers.items():
            if picture.written:
                buffer.give(picture.texture)

    def _buffer(self, picture: Picture) -> PixelBuffer:
        if picture.texture not in self._buffers:
            self._buffers[picture.texture] = PixelBuffer(picture.width, picture.height, picture.channels)
        return self._buffers[picture.texture]

    def bus_bytes(self, pictures: Sequence[Picture]) -> int:
        """None: the buffers lie on the GPU."""
        return 0

    def forget(self, textures: Collection[int]) -> None:
        """Unregister and delete the buffers of textures."""
        for buffer in [self._buffers.pop(texture) for texture in textures if texture in self._buffers]:
            self._registrations.forget(buffer.name)
            buffer.close()

    def abandon(self) -> None:
        """Forget everything without calling CUDA; OpenGL's buffers are deleted."""
        self._registrations.abandon()
        self.forget(tuple(self._buffers))

    def close(self) -> None:
        """Unregister and delete everything; idempotent."""
        self.forget(tuple(self._buffers))


def _source(picture: Picture, entry: Registered) -> LinearSource:
    get_pointer = "cuGraphicsResourceGetMappedPointer"
    pointer, size = call(get_pointer, entry.handle)
    not_null(pointer, get_pointer)
    if size < picture.size:
        raise CudaError(get_pointer, SUCCESS, "CUDA_SUCCESS", f"with {size} bytes instead of {picture.size}")
    return LinearSource(int(pointer), picture.pitch, picture.width, picture.height, picture.channels, picture.dtype)
