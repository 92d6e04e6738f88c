"""A `FlatEngine` of many faces, which also waits and makes stills. Colours are 10 x the face + the batch's number."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from gpu_core.settings import Frame, FrameRequest, Picture, View
from tests.viewer.streams.flat_engine import SIZE, FlatEngine


class FlatBatch(FlatEngine):
    def __init__(self, faces: int = 1, delay_s: float = 0.0, depth: int = 2) -> None:
        super().__init__(delay_s, depth, faces)
        self.reads: list[tuple[int, int]] = []  # batch, face

    def collect(self, *, wait: bool) -> list[Frame]:
        while wait and self._flying and self._flying[0][2] > time.monotonic():
            time.sleep(0.001)
        pictures = {View.GENERATED: (Picture(1, 0, 0, SIZE, SIZE, SIZE),) * self.settings.faces}
        return [replace(frame, pictures=pictures, submitted_ns=1) for frame in super().collect(wait=False)]

    def render(self, request: FrameRequest) -> Frame:
        assert not self.in_flight
        self.submit(request)
        return self.collect(wait=True)[0]

    def read(self, frame: Frame, view: View, face: int = 0) -> np.ndarray:
        assert frame.index not in self.recycled, "a frame that was given back"
        self.reads.append((frame.index, face))
        return np.full((SIZE, SIZE, 4), (10 * face + frame.index) % 256, np.uint8)
