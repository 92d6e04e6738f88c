"""The last tier: through page-locked memory of the host. It works with any OpenGL, and it is slow.

Each picture crosses the bus twice, and the CPU waits twice: until OpenGL has drawn what is read, and until the kernels
are through with what is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from gpu_core.cuda.calls import call, release
from gpu_core.cuda.events import Events
from gpu_core.cuda.sources import LinearSource, Source
from gpu_core.cuda.tier import Picture
from gpu_core.gl.pixel_buffers import read_texture, write_texture

if TYPE_CHECKING:
    from gpu_core.cuda.driver import Cuda
    from gpu_core.cuda.pinned import PinnedMemory


class HostCopyTier:
    """A `Tier` with memory on the host and on the device for each texture."""

    def __init__(self, cuda: Cuda) -> None:
        self._cuda = cuda
        self._events = Events()
        self._stages: dict[int, _Staging] = {}  # by texture

    @contextmanager
    def passing(self, pictures: Sequence[Picture], stream: Any) -> Iterator[dict[str, Source]]:
        """Copies on the device: filled before, and copied into the written textures afterwards."""
        stages = {picture: self._staging(picture) for picture in pictures}
        written = [staging for picture, staging in stages.items() if picture.written]
        try:
            for picture, staging in stages.items():
                if not picture.written:
                    staging.send(stream)
            yield {picture.name: staging.source for picture, staging in stages.items()}
            for staging in written:
                staging.fetch(stream)
        finally:
            for staging in stages.values():
                staging.mark(stream)
        for staging in written:
            staging.show()

    def _staging(self, picture: Picture) -> _Staging:
        if picture.texture not in self._stages:
            self._stages[picture.texture] = _Staging(self._cuda, self._events, picture)
        return self._stages[picture.texture]

    def bus_bytes(self, pictures: Sequence[Picture]) -> int:
        """Each picture crosses twice: from one graphics processor to the host, and from there to the other."""
        return 2 * sum(picture.size for picture in pictures)

    def forget(self, textures: Collection[int]) -> None:
        """Free the memory of textures."""
        for staging in [self._stages.pop(texture) for texture in textures if texture in self._stages]:
            staging.close()

    def abandon(self) -> None:
        """Forget everything without calling CUDA."""
        self._stages.clear()
        self._events.abandon()

    def close(self) -> None:
        """Free everything; idempotent."""
        self.forget(tuple(self._stages))
        self._events.close()


class _Staging:
    """Memory for one texture on both sides, and a mark after the last use of it."""

    def __init__(self, cuda: Cuda, events: Events, picture: Picture) -> None:
        self._picture, self._events, self._mark = picture, events, None
        with ExitStack() as owned:
            self._host: PinnedMemory = owned.enter_context(cuda.pinned(picture.size))
            self._pixels = self._host.view.view(picture.dtype)
            device = call("cuMemAlloc", picture.size)  # of no stream: a set meets another one with every batch
            owned.callback(release, "cuMemFree", device)
            form = (picture.pitch, picture.width, picture.height, picture.channels, picture.dtype)
            self.source = LinearSource(int(device), *form)
            self._owned = owned.pop_all()

    def send(self, stream: Any) -> None:
        """Texture to device: waits for OpenGL, and for the last use of this memory."""
        self._wait()
        read_texture(self._picture.texture, self._picture.channels, self._pixels)
        call("cuMemcpyAsync", self.source.pointer, self._host.pointer, self._picture.size, stream.handle)

    def fetch(self, stream: Any) -> None:
        """Device to host; returns at once."""
        call("cuMemcpyAsync", self._host.pointer, self.source.pointer, self._picture.size, stream.handle)

    def show(self) -> None:
        """Host to texture: waits for what `fetch` began."""
        self._wait()
        picture = self._picture
        write_texture(picture.texture, picture.width, picture.height, picture.channels, self._pixels)

    def mark(self, stream: Any) -> None:
        """Everything on the stream so far may use this memory."""
        if self._mark is not None:
            self._events.give_back(self._mark)
        self._mark = self._events.record_or_wait(stream)

    def _wait(self) -> None:
        mark, self._mark = self._mark, None
        if mark is not None:
            self._events.wait(mark)
            self._events.give_back(mark)

    def close(self) -> None:
        """Wait for the last use and free both memories."""
        if self._mark is not None:
            release("cuEventSynchronize", self._mark)
        self._owned.close()
