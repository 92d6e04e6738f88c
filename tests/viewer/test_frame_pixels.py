"""viewer.frame_pixels: the pictures that were asked for, several faces as one square, and what copying them took."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from gpu_core.settings import Frame, FrameRequest, Picture, Traffic, View
from viewer.frame_pixels import with_pixels


def test_what_was_asked_for_is_copied_and_counted():
    pictures = {view: tuple(Picture(1, 0, 0, 4, 4, 4) for _ in range(4)) for view in (View.RENDER, View.GENERATED)}
    request = FrameRequest(views=frozenset({View.GENERATED, View.TEXTURE}))  # there is no texture in it
    frame = Frame(1, request, pictures, None, 0, (), 0, "host", steady=True, traffic=Traffic(10, 20, 30))
    engine = SimpleNamespace(read=lambda _frame, _view, face: np.full((4, 4, 4), face, np.uint8))
    found = with_pixels(engine, frame)
    assert set(found.pixels) == {View.GENERATED}
    assert [int(found.pixels[View.GENERATED][y, x, 0]) for y, x in ((0, 0), (0, 7), (7, 0), (7, 7))] == [0, 1, 2, 3]
    assert found.traffic == Traffic(10 + 256, 20 + 256, 30)
