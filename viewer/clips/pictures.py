"""A clip's pictures on their way from the engine to the host, in order: copied beside everything else where the path
can do that, read back elsewhere. For the engine's thread.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from gpu_core.settings import Frame, View
from viewer.sessions.background import Pixels
from viewer.sessions.recording import Colour

if TYPE_CHECKING:
    from gpu_core.engine import Engine
    from gpu_core.neural.path import Recorded


class ClipPictures:
    """Takes one view of frames, over a background where the device does that; `VideoFile.write` knows either form."""

    def __init__(self, engine: Engine, view: View, background: Colour) -> None:
        self._engine, self._view, self._background = engine, view, background
        self._on_the_way: deque[Recorded] = deque()

    def take(self, frame: Frame, face: int) -> list[Pixels]:
        """Begin to take a picture; returns those that have arrived. The frame may be recycled afterwards.

        Raises:
            CudaError: the device is lost, and pictures with it.
        """
        arrived: list[Pixels] = []
        copy = self._copy(frame, face)
        while copy is None and self._on_the_way:  # no room for another copy: the oldest makes some
            arrived.append(self._oldest())
            copy = self._copy(frame, face)
        if copy is None:
            return [*arrived, self._engine.read(frame, self._view, face)]
        self._on_the_way.append(copy)
        while self._on_the_way and self._on_the_way[0].ready():
            arrived.append(self._oldest())
        return arrived

    def rest(self) -> list[Pixels]:
        """Those that are still on their way."""
        return [self._oldest() for _ in range(len(self._on_the_way))]

    def _copy(self, frame: Frame, face: int) -> Recorded | None:
        if self._view is not View.GENERATED:
            return None
        return self._engine.film(frame, self._background, face)

    def _oldest(self) -> Pixels:
        copy = self._on_the_way.popleft()
        picture = copy.picture()
        assert isinstance(picture, np.ndarray)  # there is no encoder on the GPU here
        pixels = picture.copy()  # its memory is the ring's
        copy.release()
        return pixels

    def close(self) -> None:
        """Let go of what is on its way."""
        while self._on_the_way:
            self._on_the_way.popleft().release()
