"""Finished frames' pictures on the host: copied beside the GPU's work where a path can, else read at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from gpu_core.errors import CudaError
from gpu_core.settings import Frame, View
from viewer.sessions.recording import BACKGROUND

if TYPE_CHECKING:
    from gpu_core.engine import Engine
    from gpu_core.neural.path import Recorded


class Arrived(NamedTuple):
    """One face's picture: (size, size, 4) premultiplied sRGB, or NV12 over the background; both top row first."""

    pixels: Any
    at_s: float  # the moment of its expression


class Pictures:
    """Takes pictures out of frames, in order. Lives on the engine's thread."""

    def __init__(self, face: int = 0) -> None:
        self._face = face
        self._under_way: deque[tuple[Recorded, float]] = deque()

    def take(self, engine: Engine, frame: Frame, at_s: float) -> Iterator[Arrived]:
        """Begin copying a frame's picture; yields what has arrived by now. The frame may be recycled after that."""
        recorded = engine.film(frame, BACKGROUND, self._face)
        if recorded is None and self._under_way:  # no room for another copy: the oldest makes some
            yield from self.arrived(wait=True)
            recorded = engine.film(frame, BACKGROUND, self._face)
        if recorded is not None:
            self._under_way.append((recorded, at_s))
        else:
            yield Arrived(engine.read(frame, View.GENERATED, self._face), at_s)
        yield from self.arrived()

    def arrived(self, *, wait: bool = False) -> Iterator[Arrived]:
        """The copies that have arrived since; with `wait`, all there are.

        Raises:
            CudaError: the device is lost, and with it what was under way.
        """
        while self._under_way and (wait or self._under_way[0][0].ready()):
            recorded, at_s = self._under_way.popleft()
            try:
                yield Arrived(recorded.picture(), at_s)
            finally:
                recorded.release()

    def close(self) -> None:
        """Let go of what is under way."""
        while self._under_way:
            try:
                self._under_way.popleft()[0].release()
            except CudaError:
                continue  # the device is lost, and its copies with it
