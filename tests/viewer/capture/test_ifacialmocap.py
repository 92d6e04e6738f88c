"""viewer.capture.ifacialmocap: the text of both versions, and what is not it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.viewer.capture.packets import distance, face_of
from viewer.capture.heard import PacketError
from viewer.capture.ifacialmocap import GREETING, GREETING_V2, LARGEST, decode, encode


@given(st.integers(0, 10**6), st.sampled_from([1, 2]))
def test_a_face_comes_back_in_hundredths(seed: int, version: int) -> None:
    (heard,) = decode(encode(face_of(seed), version=version))
    assert heard.expression is not None
    assert distance(heard.expression, face_of(seed)) <= 0.00501


@pytest.mark.parametrize("between", ["-", "&"])
def test_a_packet_is_read_as_its_format_says(between: str) -> None:
    text = "mouthSmile_L*35|jawOpen*100|trackingStatus*1|=head#-5.5,10.25,3,0.1,0.2,0.3|rightEye#1,2,3|leftEye#1,2,3|"
    (heard,) = decode(text.replace("*", between).encode())
    face = heard.expression
    assert face is not None
    assert (face["mouthSmileLeft"], face["jawOpen"], face["mouthSmileRight"]) == (0.35, 1.0, 0.0)
    assert (face.yaw, face.pitch, face.roll) == (-10.25, -5.5, -3.0)
    assert (heard.sequence, heard.sent_s) == (None, None)


def test_the_greeting_is_the_one_that_the_app_waits_for() -> None:
    assert GREETING == b"iFacialMocap_sahuasouryya9218sauhuiayeta91555dy3719"
    assert GREETING_V2.endswith(b"|sendDataVersion=v2")


@pytest.mark.parametrize(
    ("packet", "why"),
    [
        (b"", "names no blendshape"),
        (b"hello|world", "names no blendshape"),
        (b"\xff\xfe", "not text"),
        (b"jawOpen&nan", "finite"),
        (b"jawOpen&1e999", "finite"),
        (b"jawOpen&x", "'x' in a packet of iFacialMocap is no number"),
        (b"jawOpen&1|=head#1,2", "2 numbers"),
        (b"jawOpen&1|=head#1,2,inf", "finite"),
        (b"jawOpen&" + b"9" * 8000, "finite"),
        (b"|" * 300 + b"jawOpen&1" + b"|x" * 300, "parts"),
        (b"a" * (LARGEST + 1), "at most"),
    ],
)
def test_what_is_none_is_refused_in_one_line(packet: bytes, why: str) -> None:
    with pytest.raises(PacketError, match=why) as caught:
        decode(packet)
    assert "\n" not in str(caught.value)


def test_values_beyond_the_limits_are_brought_back() -> None:
    face = decode(b"jawOpen-250|mouthPucker--30|=head#90,-90,90")[0].expression
    assert face is not None
    assert (face["jawOpen"], face["mouthPucker"], face.yaw, face.pitch, face.roll) == (1.0, 0.0, 32.0, 15.0, -10.0)


def test_a_name_without_end_is_nobodys() -> None:
    """It would be looked for long, and the names looked for are remembered."""
    assert decode(b"jawOpen&10|" + b"m_" * 200 + b"jawOpen&50")[0].expression == decode(b"jawOpen&10")[0].expression


@given(st.binary(max_size=300) | st.text("jawOpen&-|=head#,.0123456789e", max_size=200).map(str.encode))
def test_any_bytes_give_a_face_or_one_reason(data: bytes) -> None:
    try:
        heard = decode(data)
    except PacketError:
        return
    assert len(heard) == 1
