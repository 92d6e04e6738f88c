"""The best tier: textures are registered with CUDA, and kernels read and write them in place."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from gpu_core.cuda.calls import bindings, call, release
from gpu_core.cuda.events import Events
from gpu_core.cuda.registrations import Registered, Registrations, not_null
from gpu_core.cuda.sources import Source, SurfaceSource
from gpu_core.cuda.tier import Picture


class ImageTier:
    """A `Tier` without copies."""

    def __init__(self) -> None:
        self._registrations = Registrations()
        self._surfaces = Surfaces()

    @contextmanager
    def passing(self, pictures: Sequence[Picture], stream: Any) -> Iterator[dict[str, Source]]:
        """The textures as surfaces. The array behind a texture may be another at every mapping: so are the surfaces."""
        entries = {picture: self._registrations.texture(picture.texture) for picture in pictures}
        reads, writes = ([entries[p] for p in pictures if p.written is written] for written in (False, True))
        with self._registrations.mapped(reads, writes, stream), self._surfaces.in_use(stream) as made:
            yield {picture.name: self._source(picture, entry, made) for picture, entry in entries.items()}

    def _source(self, picture: Picture, entry: Registered, made: list[Any]) -> SurfaceSource:
        get_array = "cuGraphicsSubResourceGetMappedArray"
        array = not_null(call(get_array, entry.handle, 0, 0), get_array)
        made.append(self._surfaces.create(array))
        return SurfaceSource(int(made[-1]), picture.width, picture.height, picture.channels, picture.dtype)

    def bus_bytes(self, pictures: Sequence[Picture]) -> int:
        """None."""
        return 0

    def forget(self, textures: Collection[int]) -> None:
        """Unregister textures."""
        for texture in textures:
            self._registrations.forget(texture)

    def abandon(self) -> None:
        """Forget everything without calling CUDA."""
        self._registrations.abandon()
        self._surfaces.abandon()

    def close(self) -> None:
        """Unregister everything; idempotent."""
        self._surfaces.close()
        self._registrations.close()


class Surfaces:
    """Surface objects, kept until the kernels that use them are through: destroying one does not wait for them."""

    def __init__(self) -> None:
        self._events = Events()
        self._leaving: list[tuple[Any, list[Any]]] = []  # an event, and what may go once it is passed

    def create(self, array: Any) -> Any:
        """A surface object over a mapped array.

        Raises:
            CudaError: the driver refuses, or answers with null.
        """
        description = bindings().CUDA_RESOURCE_DESC()
        description.resType = bindings().CUresourcetype.CU_RESOURCE_TYPE_ARRAY
        description.res.array.hArray = array
        return not_null(call("cuSurfObjectCreate", description), "cuSurfObjectCreate")

    @contextmanager
    def in_use(self, stream: Any) -> Iterator[list[Any]]:
        """A list for the surfaces that kernels on `stream` use from here to the end of the block."""
        self._sweep()
        made: list[Any] = []
        try:
            yield made
        finally:
            self._let_go(made, stream)

    def _let_go(self, surfaces: list[Any], stream: Any) -> None:
        event = self._events.record_or_wait(stream) if surfaces else None
        if event is None:
            _destroy(surfaces)
        else:
            self._leaving.append((event, surfaces))

    def _sweep(self) -> None:
        """Destroy what no kernel uses any more."""
        for entry in tuple(self._leaving):
            event, surfaces = entry
            if self._events.passed(event):
                self._leaving.remove(entry)
                _destroy(surfaces)
                self._events.give_back(event)

    def abandon(self) -> None:
        """Forget everything without calling CUDA."""
        self._leaving.clear()
        self._events.abandon()

    def close(self) -> None:
        """Wait for the kernels that use them and destroy all; idempotent."""
        for event, surfaces in self._leaving:
            release("cuEventSynchronize", event)
            _destroy(surfaces)
        self._leaving.clear()
        self._events.close()


def _destroy(surfaces: list[Any]) -> None:
    for surface in surfaces:
        release("cuSurfObjectDestroy", surface)
