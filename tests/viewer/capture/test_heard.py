"""viewer.capture.heard: what is heard is a face, and its name can be shown."""

from __future__ import annotations

import math

import pytest

from gpu_core.expression import ARKIT_SHAPES
from viewer.capture.heard import LONGEST_NAME, PacketError, face_of, subject_of


def test_values_come_within_the_limits() -> None:
    face = face_of({"jawOpen": 7.0, "tongueOut": -1.0}, 400.0, -1e30, 3.0)
    assert (face["jawOpen"], face["tongueOut"], face.yaw, face.pitch, face.roll) == (1.0, 0.0, 32.0, -15.0, 3.0)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_refused(bad: float) -> None:
    for arguments in (({"jawOpen": bad}, 0, 0, 0), ([bad] * len(ARKIT_SHAPES), 0, 0, 0), ({}, bad, 0, 0)):
        with pytest.raises(PacketError, match="finite"):
            face_of(*arguments)


def test_names_are_one_printable_line_that_ends() -> None:
    assert subject_of("Ünser Telefon 好".encode()) == "Ünser Telefon 好"
    assert subject_of(b"a\nb\x1b[31m\xff") == "a\ufffdb\ufffd[31m\ufffd"
    assert len(subject_of(b"x" * 10_000)) == LONGEST_NAME
