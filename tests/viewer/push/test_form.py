"""A form of video is checked before anything is opened."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from viewer.push.form import checked_rate, kbps_of
from viewer.push.target import PushError
from viewer.push.values import VideoForm


def test_rates_are_those_of_video() -> None:
    assert checked_rate(VideoForm(25)) == 25
    assert checked_rate(VideoForm(29.97)) == Fraction(2997, 100)
    assert checked_rate(VideoForm(30000 / 1001)) == Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (VideoForm(0), "0 frames a second"),
        (VideoForm(math.nan), "nan frames"),
        (VideoForm(1e9), "1e+09 frames"),
        (VideoForm(key_s=0), "a key frame every 0 s"),
        (VideoForm(key_s=math.inf), "a key frame every inf s"),
        (VideoForm(bit_rate_kbps=-1), "-1 kbit/s"),
        (VideoForm(bit_rate_kbps=10**9), "1000000000 kbit/s"),
        (VideoForm(encoder="vp9"), "no encoder 'vp9': auto, x264, nvenc"),
    ],
)
def test_what_is_wrong_with_it_is_said_in_a_line(form: VideoForm, said: str) -> None:
    with pytest.raises(PushError, match=said.replace("+", r"\+")) as raised:
        checked_rate(form)
    assert "\n" not in str(raised.value)


def test_the_bit_rate_follows_the_picture_unless_it_is_said() -> None:
    assert kbps_of(VideoForm(bit_rate_kbps=777), 512) == 777
    assert kbps_of(VideoForm(), 64) == 300
    assert kbps_of(VideoForm(), 512) == 1311
    assert kbps_of(VideoForm(50), 512) == 2621
