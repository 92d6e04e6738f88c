"""Getting drawn pictures down to the host: straight into memory, or through pixel buffers that the GPU fills.

Straight is a memcpy on software OpenGL, where pixel buffers gained nothing. On a GPU every straight read waits for the
rasteriser and the bus; pixel buffers have the GPU copy all pictures one after the other, and there is one sleep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import ExitStack, contextmanager
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gpu_core.atlas import Region
from gpu_core.gl.pixel_buffers import PixelBuffer
from gpu_core.gl.sync import fence_here, finish_drawing, wait_on_cpu
from gpu_core.gl.targets import TargetSet
from gpu_core.settings import View
from gpu_core.timing import StageTimer

Pictures: TypeAlias = Mapping[str, NDArray[Any]]  # by name, of a whole batch, rows bottom first


class Readback(Protocol):
    """Reads the pictures of one batch at a time. Use only on the thread whose context is current."""

    title: str

    @contextmanager
    def read(self, target: TargetSet, timer: StageTimer) -> Iterator[Pictures]:
        """The pictures, good within the block. Times `render`, the wait for the rasteriser, and `copy_out`."""

    def close(self) -> None:
        """Release what is held; idempotent."""


class DirectReadback:
    """glReadPixels into memory that is used again for every batch."""

    title = ""

    def __init__(self, names: Set[str]) -> None:
        self._names = sorted(names)
        self._kept: dict[str, NDArray[Any]] = {}

    @contextmanager
    def read(self, target: TargetSet, timer: StageTimer) -> Iterator[Pictures]:
        """See `Readback`."""
        with timer.stage("render"):
            finish_drawing()  # the copy would wait for the rasteriser: that wait is drawing, not copying
        with timer.stage("copy_out"):
            for name in self._names:
                read_picture(target, name, self._memory(target, name))
        yield self._kept

    def _memory(self, target: TargetSet, name: str) -> NDArray[Any]:
        kept = self._kept.get(name)
        if kept is None or kept.shape[:2] != (target.atlas.height, target.atlas.width):
            kept = self._kept[name] = empty_picture(target, name)
        return kept

    def close(self) -> None:
        """Nothing is OpenGL's."""


class BufferedReadback:
    """Pixel buffers, one a picture: asked for together, waited for once, read where they are mapped."""

    title = "pictures come down through pixel buffers"

    def __init__(self, names: Set[str]) -> None:
        self._names = sorted(names)
        self._buffers: dict[str, PixelBuffer] = {}

    @contextmanager
    def read(self, target: TargetSet, timer: StageTimer) -> Iterator[Pictures]:
        """See `Readback`."""
        with timer.stage("render"):
            drawn = fence_here()
            for name in self._names:
                self._buffer(target, name).take(_texture(target, name))
            copied = fence_here()
            wait_on_cpu(drawn)
        with ExitStack() as mapped:
            with timer.stage("copy_out"):
                wait_on_cpu(copied)
                pictures = {name: mapped.enter_context(self._buffers[name].mapped()) for name in self._names}
            yield pictures

    def _buffer(self, target: TargetSet, name: str) -> PixelBuffer:
        width, height = target.atlas.width, target.atlas.height
        held = self._buffers.get(name)
        if held is None or (held.width, held.height) != (width, height):
            if held is not None:
                held.close()
            held = self._buffers[name] = PixelBuffer(width, height, 1 if name == "depth" else 4, for_host=True)
        return held

    def close(self) -> None:
        """Delete the buffers."""
        for buffer in self._buffers.values():
            buffer.close()
        self._buffers.clear()


def _texture(target: TargetSet, name: str) -> int:
    if name == "depth":
        return target.geometry.depth
    return target.geometry.normals if name == "normal" else target.textures[View(name)]


READBACKS: Mapping[str, Callable[[Set[str]], Readback]] = {"direct": DirectReadback, "pixel buffer": BufferedReadback}


def empty_picture(target: TargetSet, name: str) -> NDArray[Any]:
    """Memory for one of `signature.PICTURES` of a whole batch: (height, width, 4) uint8, or (height, width) float32."""
    height, width = target.atlas.height, target.atlas.width
    return np.empty((height, width), np.float32) if name == "depth" else np.empty((height, width, 4), np.uint8)


def read_picture(target: TargetSet, name: str, into: NDArray[Any] | None = None) -> NDArray[Any]:
    """One of `signature.PICTURES` of a batch, rows bottom first: in new memory, or in what `empty_picture` made."""
    into = empty_picture(target, name) if into is None else into
    if name == "depth":
        target.geometry.read_depth(into)
    elif name == "normal":
        target.geometry.read_normals(into)
    else:
        target.read(View(name), into)
    return into


def crop(picture: NDArray[Any], region: Region) -> NDArray[Any]:
    """A face's part of a batch's picture, as a view."""
    return picture[region.y : region.y + region.size, region.x : region.x + region.size]
