"""viewer.streams.round_encoding: pictures of a round become H.264, in turn or beside."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from viewer.push.values import VideoForm
from viewer.streams.round_encoding import Beside, FaceEncoder, InTurn

SIZE = 64


def picture(colour: int) -> np.ndarray:
    return np.full((SIZE, SIZE, 4), colour, np.uint8)


def test_every_picture_is_encoded_in_order() -> None:
    encoder = FaceEncoder(SIZE, VideoForm(encoder="x264"))
    made: list[Any] = []
    encode = encoder._encoder.encode
    encoder._encoder.encode = lambda *one, **more: made.extend(encode(*one, **more))  # type: ignore[method-assign]
    for number in range(3):
        encoder.encode(picture(40 * number))
    assert [one.time for one in made] == [0, 1, 2]
    assert [one.is_key for one in made] == [True, False, False]


@pytest.mark.parametrize("kind", [InTurn, Beside])
def test_each_face_has_an_encoder_of_its_own(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int, bool]] = []

    def encode(self: FaceEncoder, pixels: Any) -> None:
        told.append((id(self), int(pixels[0, 0, 0]), threading.current_thread() is threading.main_thread()))

    monkeypatch.setattr(FaceEncoder, "encode", encode)
    encoders = kind(2, SIZE, VideoForm(encoder="x264"))
    for number in range(3):
        for face in range(2):
            encoders.offer(face, picture(10 * face + number))
    encoders.close()
    assert len({one for one, _, _ in told}) == 2
    for own in {one for one, _, _ in told}:
        colours = [colour for one, colour, _ in told if one == own]
        assert colours in ([0, 1, 2], [10, 11, 12])
    assert {in_main for _, _, in_main in told} == {kind is InTurn}


def test_what_fails_beside_is_heard_with_the_next_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    def encode(self: FaceEncoder, pixels: Any) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr(FaceEncoder, "encode", encode)
    encoders = Beside(1, SIZE, VideoForm(encoder="x264"))
    encoders.offer(0, picture(0))
    with pytest.raises(RuntimeError, match="no room"):
        encoders.offer(0, picture(1))
    encoders.close()
