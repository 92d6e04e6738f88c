"""A frame that any link may begin with."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.viewer.push.feeding import SIZE
from tests.viewer.sessions.recording_process import picture
from viewer.push.coded import Coded, Tracks
from viewer.push.h264 import H264Encoder
from viewer.push.values import VideoForm
from viewer.sessions.video_frames import FrameMaker

TRACKS = Tracks(SIZE, Fraction(25))


@pytest.fixture(scope="session")
def frames() -> list[Coded]:
    """Fifty frames as H.264, the first a key frame."""
    maker, encoder = FrameMaker(SIZE), H264Encoder(SIZE, TRACKS.rate, VideoForm(encoder="x264"))
    every = (encoder.encode(maker.frame(picture(number, SIZE)), number, key=number == 0) for number in range(50))
    return [piece for pieces in every for piece in pieces]


@pytest.fixture
def tracks() -> Tracks:
    """What they are."""
    return TRACKS
