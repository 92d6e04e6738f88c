"""viewer.capture.livelink: the bytes of Epic's app, and what is not its bytes."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.expression import ARKIT_SHAPES, NEUTRAL
from tests.viewer.capture.packets import distance, face_of
from viewer.capture.heard import PacketError
from viewer.capture.livelink import LARGEST, decode, encode

DEVICE = b"DEADC0DE-1234-1234-1234-DEADC0DE"
NAME = b"LLV Default Device"
# The head of a recorded packet, as LLV's examples have it.
RECORDED = (
    b"\6" + bytes.fromhex("00000020") + DEVICE + bytes.fromhex("00000012") + NAME
    + bytes.fromhex("5206f73d") + struct.pack(">fii", 0.25, 60, 1)
)  # fmt: skip


def recorded(*, values: bytes, count: int = 61) -> bytes:
    return RECORDED + bytes([count]) + values


@given(st.integers(0, 10**6))
def test_a_face_comes_back(seed: int) -> None:
    (heard,) = decode(encode(face_of(seed), frame=seed, subject="Ünser 好"))
    assert heard.expression is not None
    assert distance(heard.expression, face_of(seed)) < 1e-5
    assert (heard.subject, heard.sequence, heard.sent_s) == ("Ünser 好", seed, pytest.approx(seed / 60))


def test_a_recorded_packet_is_read_as_its_format_says() -> None:
    weights = [index / 100 for index in range(52)]
    (heard,) = decode(recorded(values=struct.pack(">61f", *weights, -0.2, 0.1, 0.05, *[0.3] * 6)))
    assert len(recorded(values=bytes(244))) == 320
    assert heard.expression is not None
    assert heard.subject == "LLV Default Device"
    assert heard.sequence == 0x5206F73D
    assert heard.sent_s == pytest.approx((0x5206F73D + 0.25) / 60)
    assert [heard.expression[name] for name in ARKIT_SHAPES] == pytest.approx(weights)
    head = (heard.expression.yaw, heard.expression.pitch, heard.expression.roll)
    assert head == pytest.approx([math.degrees(angle) for angle in (0.2, 0.1, -0.05)], abs=1e-5)


def test_a_phone_that_sees_nobody_says_so_in_three_ways() -> None:
    for packet in (RECORDED[:-16], RECORDED, RECORDED + b"\0", encode(None, frame=1)):
        (heard,) = decode(packet)
        assert heard.expression is None


@pytest.mark.parametrize(
    ("packet", "why"),
    [
        (b"", "empty"),
        (b"\5" + RECORDED[1:], "version 5 of Live Link Face's protocol; Mien reads 6: update the app"),
        (b"\1\1", "version 1"),
        (b"GET / HTTP/1.1", "no packet"),
        (RECORDED[:40], "subject"),
        (RECORDED[:-4], "its time"),
        (b"\6\0\0", "device id"),
        (b"\6\xff\xff\xff\xff" + RECORDED[5:], "device id has -1 bytes"),
        (b"\6\x7f\xff\xff\xff" + RECORDED[5:], "device id has 2147483647 bytes"),
        (recorded(values=bytes(240)), "61 values and 240 bytes"),
        (recorded(values=bytes(244), count=255), "255 values"),
        (recorded(values=bytes(248)), "248 bytes"),
        (recorded(values=struct.pack(">61f", *[math.nan] * 61)), "finite"),
        (recorded(values=struct.pack(">61f", *[0.0] * 52, *[math.inf] * 9)), "finite"),
        (bytes(LARGEST + 1), "at most"),
    ],
)
def test_what_is_none_is_refused_in_one_line(packet: bytes, why: str) -> None:
    with pytest.raises(PacketError, match=why) as caught:
        decode(packet)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("endian", ["<", ">"])
def test_the_other_mode_of_the_app_is_named(endian: str) -> None:
    packet = struct.pack(endian + "HH", 1, 4) + b"Mien" + bytes(16)
    with pytest.raises(PacketError, match=r'choose "Live Link Face \(ARKit\)"'):
        decode(packet)


@given(st.binary(max_size=LARGEST + 8) | st.binary(max_size=400).map(lambda tail: RECORDED + tail))
def test_any_bytes_give_a_face_or_one_reason(data: bytes) -> None:
    try:
        heard = decode(data)
    except PacketError:
        return
    assert len(heard) == 1


def test_clocks_that_stand_still_give_no_time() -> None:
    still = RECORDED[:-8] + struct.pack(">ii", 60, 0)
    assert decode(still)[0].sent_s is None
    assert decode(encode(NEUTRAL, frame=-5))[0].sequence == -5
