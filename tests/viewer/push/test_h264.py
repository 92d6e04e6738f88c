"""What an encoder for live streams makes, as a decoder sees it."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest
from av.video.frame import PictureType

from tests.viewer.sessions.recording_process import number_of, picture
from viewer.push.coded import Coded
from viewer.push.h264 import H264Encoder
from viewer.push.target import PushError
from viewer.push.values import VideoForm
from viewer.sessions.video_frames import FrameMaker

SIZE, RATE = 64, Fraction(25)


def encoded(encoder: H264Encoder, numbers: range, keys: tuple[int, ...] = (0,)) -> list[Coded]:
    maker = FrameMaker(SIZE)
    return [
        piece
        for number in numbers
        for piece in encoder.encode(maker.frame(picture(number, SIZE)), number, key=number in keys)
    ]


def decoded(pieces: list[Coded]) -> list[av.VideoFrame]:
    decoder = av.CodecContext.create("h264", "r")
    assert isinstance(decoder, av.VideoCodecContext)
    frames = [frame for piece in pieces for frame in decoder.decode(av.Packet(piece.data))]
    return frames + decoder.decode(None)


def test_every_frame_leaves_at_once_and_in_its_order() -> None:
    encoder = H264Encoder(SIZE, RATE, VideoForm(encoder="x264"))
    pieces = encoded(encoder, range(60))
    assert [piece.time for piece in pieces] == list(range(60)), "nothing is held back"
    assert encoder.finish() == []
    frames = decoded(pieces)
    assert [number_of(frame.to_ndarray(format="rgb24")) for frame in frames] == list(range(60))
    assert PictureType.B not in {frame.pict_type for frame in frames}
    assert (int(frames[0].colorspace), int(frames[0].color_range)) == (1, 1)


def test_key_frames_come_by_the_clock_and_when_asked_and_each_is_a_beginning() -> None:
    pieces = encoded(H264Encoder(SIZE, RATE, VideoForm(key_s=1.0, encoder="x264")), range(80), keys=(0, 40))
    assert [piece.time for piece in pieces if piece.is_key] == [0, 25, 40, 65]
    for begin in (25, 40):
        frames = decoded(pieces[begin:])
        assert [number_of(frame.to_ndarray(format="rgb24")) for frame in frames[:3]] == [begin, begin + 1, begin + 2]


def test_numbers_may_be_left_out() -> None:
    pieces = encoded(H264Encoder(SIZE, RATE, VideoForm(encoder="x264")), range(0, 500, 100), keys=(0, 400))
    assert [piece.time for piece in pieces] == [0, 100, 200, 300, 400]


def test_the_bit_rate_holds_whatever_is_shown() -> None:
    maker, chance = FrameMaker(256), np.random.default_rng(1)
    encoder = H264Encoder(256, RATE, VideoForm(bit_rate_kbps=800, encoder="x264"))
    sizes = []
    for number in range(75):
        noise = chance.integers(0, 256, (256, 256, 4), np.uint8)
        noise[..., 3] = 255
        sizes += [len(piece.data) for piece in encoder.encode(maker.frame(noise), number, key=False)]
    assert sum(sizes[25:]) * 8 / 2 < 1.15 * 800_000
    assert max(sizes) * 8 < 0.75 * 800_000, "no frame is more than the decoder's buffer, in which a little is left"


def test_auto_is_what_opens() -> None:
    assert H264Encoder(SIZE, RATE, VideoForm()).name in ("x264", "nvenc")


def test_nvenc_where_there_is_none_is_one_clear_line() -> None:
    try:
        encoder = H264Encoder(256, RATE, VideoForm(encoder="nvenc"))
    except PushError as error:
        told = str(error)
    else:
        pytest.skip(f"{encoder.name} opens here")
    assert told.startswith("NVENC cannot be opened here (")
    assert told.endswith("): use encoder x264, or auto")
