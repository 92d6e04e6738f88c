"""viewer.streams.pictures: in order, whether they are read at once or copied beside the GPU's work."""

from __future__ import annotations

import numpy as np
import pytest

from gpu_core.errors import CudaError
from gpu_core.settings import Frame, FrameRequest
from tests.viewer.streams.flat_engine import FlatEngine
from viewer.streams.pictures import Pictures


class Copy:
    """A picture on its way: arrives when the test says so."""

    def __init__(self, number: int) -> None:
        self.number, self.has_arrived, self.released = number, False, 0
        self.size = 0
        self.lost = False

    def ready(self) -> bool:
        return self.has_arrived

    def picture(self) -> np.ndarray:
        if self.lost:
            raise CudaError("cuEventSynchronize", 719, "CUDA_ERROR_LAUNCH_FAILED")
        return np.full((24, 16), self.number, np.uint8)

    def release(self) -> None:
        self.released += 1


def frames(engine: FlatEngine, count: int) -> list[Frame]:
    made = []
    for _ in range(count):
        engine.submit(FrameRequest())
        made += engine.collect(wait=False)
    return made


def test_where_nothing_copies_pictures_are_read() -> None:
    engine, pictures = FlatEngine(), Pictures()
    (frame,) = frames(engine, 1)
    (arrived,) = pictures.take(engine, frame, 5.0)  # type: ignore[arg-type]
    assert arrived.at_s == 5.0
    assert arrived.pixels.shape == (16, 16, 4)


def test_copies_are_handed_on_when_they_arrive_in_order() -> None:
    engine, pictures, copies = FlatEngine(), Pictures(), [Copy(0), Copy(1)]
    engine.records = lambda frame: copies[frame.index]
    one, two = frames(engine, 2)
    assert not list(pictures.take(engine, one, 1.0))  # type: ignore[arg-type]
    copies[1].has_arrived = True
    assert not list(pictures.take(engine, two, 2.0))  # type: ignore[arg-type]
    copies[0].has_arrived = True
    assert [(arrived.at_s, int(arrived.pixels[0, 0])) for arrived in pictures.arrived()] == [(1.0, 0), (2.0, 1)]
    assert [copy.released for copy in copies] == [1, 1]


def test_without_room_the_oldest_make_some() -> None:
    engine, pictures, held = FlatEngine(), Pictures(), Copy(0)
    engine.records = lambda frame: held if frame.index == 0 else None
    one, two = frames(engine, 2)
    assert not list(pictures.take(engine, one, 1.0))  # type: ignore[arg-type]
    assert [arrived.at_s for arrived in pictures.take(engine, two, 2.0)] == [1.0, 2.0]  # type: ignore[arg-type]
    assert held.released == 1


def test_what_is_lost_or_left_is_released() -> None:
    engine, pictures, copies = FlatEngine(), Pictures(), [Copy(0), Copy(1)]
    engine.records = lambda frame: copies[frame.index]
    for frame in frames(engine, 2):
        list(pictures.take(engine, frame, 1.0))  # type: ignore[arg-type]
    copies[0].lost = True
    with pytest.raises(CudaError):
        list(pictures.arrived(wait=True))
    pictures.close()
    assert [copy.released for copy in copies] == [1, 1]
