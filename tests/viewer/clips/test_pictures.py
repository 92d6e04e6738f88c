"""viewer.clips.pictures: in order, whether they are copied beside everything else or read back; none lost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gpu_core.errors import CudaError
from gpu_core.settings import View
from viewer.clips.pictures import ClipPictures


class Copy:
    """NV12 of one grey, in memory that is used again after `release`."""

    def __init__(self, films: Films, number: int) -> None:
        self._films = films
        self._memory = np.full((12, 8), number, np.uint8)
        self.arrived = False

    def ready(self) -> bool:
        return self.arrived

    def picture(self) -> np.ndarray:
        return self._memory

    def release(self) -> None:
        self._memory[:] = 255
        self._films.held -= 1


class Films:
    """An engine that copies `slots` pictures at once."""

    def __init__(self, slots: int) -> None:
        self.slots, self.held, self.number = slots, 0, 0
        self.copies: list[Copy] = []
        self.read_back = 0

    def film(self, frame: Any, background: Any, face: int = 0) -> Copy | None:
        if self.held == self.slots:
            return None
        self.held += 1
        self.copies.append(Copy(self, 10 * frame + face))
        return self.copies[-1]

    def read(self, frame: Any, view: View, face: int = 0) -> np.ndarray:
        self.read_back += 1
        return np.full((8, 8, 4), 10 * frame + face, np.uint8)


def shades(pictures: list[np.ndarray]) -> list[int]:
    return [int(picture.flat[0]) for picture in pictures]


def taken(engine: Films, view: View = View.GENERATED) -> list[int]:
    pictures = ClipPictures(engine, view, (0, 0, 0))
    arrived = [picture for frame in range(6) for face in (0, 1) for picture in pictures.take(frame, face)]
    arrived += pictures.rest()
    return shades(arrived)


ALL = [10 * frame + face for frame in range(6) for face in (0, 1)]


@pytest.mark.parametrize("slots", [0, 1, 3, 100])
def test_every_picture_arrives_in_order(slots: int) -> None:
    engine = Films(slots)
    assert taken(engine) == ALL
    assert engine.held == 0
    assert engine.read_back == (0 if slots else len(ALL))


def test_what_has_arrived_is_handed_over_at_once_and_not_out_of_order() -> None:
    engine = Films(10)
    pictures = ClipPictures(engine, View.GENERATED, (0, 0, 0))
    assert pictures.take(0, 0) == []
    engine.copies[0].arrived = True
    assert shades(pictures.take(1, 0)) == [0]
    assert pictures.take(2, 0) == []
    engine.copies[2].arrived = True  # before the one that was taken first
    assert pictures.take(3, 0) == []
    assert shades(pictures.rest()) == [10, 20, 30]


def test_other_views_are_read_back() -> None:
    engine = Films(4)
    assert taken(engine, View.RENDER) == ALL
    assert not engine.copies


def test_a_lost_device_ends_it() -> None:
    engine = Films(4)
    pictures = ClipPictures(engine, View.GENERATED, (0, 0, 0))
    pictures.take(0, 0)
    engine.copies[0].picture = lambda: (_ for _ in ()).throw(CudaError("cuStreamSynchronize", 719, "X"))  # type: ignore[method-assign]
    with pytest.raises(CudaError):
        pictures.rest()
    pictures.close()


def test_closing_lets_go_of_what_is_under_way() -> None:
    engine = Films(4)
    pictures = ClipPictures(engine, View.GENERATED, (0, 0, 0))
    pictures.take(0, 0)
    pictures.close()
    pictures.close()
    assert engine.held == 0
