"""viewer.capture.openseeface: the structs of the webcam's tracker."""

from __future__ import annotations

import math
import struct
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.expression import NEUTRAL
from tests.viewer.capture.packets import face_of
from viewer.capture.heard import PacketError
from viewer.capture.openseeface import FACE_BYTES, FEATURES, TrackedFace, decode, encode, expression_of, tracked

REST = TrackedFace(1.5, 0, True, 1.0, 1.0, (180.0, 0.0, 90.0), dict.fromkeys(FEATURES, 0.0))


def test_a_face_at_rest_is_neutral() -> None:
    (heard,) = decode(encode(REST))
    assert heard.expression == NEUTRAL
    assert (heard.subject, heard.sent_s) == ("OpenSeeFace 0", 1.5)


def test_a_packet_is_read_as_its_format_says() -> None:
    data = bytearray(encode(REST))
    assert len(data) == FACE_BYTES == 8 + 4 + 8 + 8 + 1 + 4 + 16 + 12 + 12 + 68 * 4 + 68 * 8 + 70 * 12 + 14 * 4
    struct.pack_into("<ff", data, 20, 0.25, 0.75)  # right eye, left eye
    struct.pack_into("<f", data, FACE_BYTES - 8, 0.5)  # mouth_open
    struct.pack_into("<fff", data, 49, -170.0, 12.0, 95.0)
    face = decode(bytes(data))[0].expression
    assert face is not None
    assert (face["eyeBlinkRight"], face["eyeBlinkLeft"], face["jawOpen"]) == pytest.approx((0.75, 0.25, 0.35))
    assert (face.yaw, face.pitch, face.roll) == (12.0, 10.0, -5.0)


def test_every_face_of_a_packet_is_heard_and_one_that_is_lost_says_so() -> None:
    heard = decode(encode(REST) + encode(replace(REST, number=3, is_found=False)))
    assert [(one.subject, one.expression is None) for one in heard] == [
        ("OpenSeeFace 0", False), ("OpenSeeFace 3", True),
    ]  # fmt: skip


@given(st.integers(0, 10**6))
def test_what_its_features_can_tell_comes_back(seed: int) -> None:
    face = face_of(seed).with_weights({"browDownLeft": 0.0, "mouthFrownRight": 0.0})
    (heard,) = decode(encode(tracked(face, time_s=2.0)))
    back = heard.expression
    assert back is not None
    for name in ("eyeBlinkLeft", "eyeBlinkRight", "jawOpen", "browOuterUpLeft", "mouthSmileRight"):
        assert back[name] == pytest.approx(face[name], abs=1e-5)
    assert (back.yaw, back.pitch, back.roll) == pytest.approx((face.yaw, face.pitch, face.roll), abs=1e-3)


def test_features_of_any_size_stay_a_face() -> None:
    wild = replace(REST, features=dict.fromkeys(FEATURES, 1e30), euler=(1e30, -1e30, 1e9))
    assert expression_of(wild)["jawOpen"] == 1.0


@pytest.mark.parametrize("size", [0, 1, FACE_BYTES - 1, FACE_BYTES + 1, 5 * FACE_BYTES, 65_000])
def test_other_sizes_are_refused(size: int) -> None:
    with pytest.raises(PacketError, match=f"{size} bytes are no packet of OpenSeeFace"):
        decode(bytes(size))


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_what_is_no_number_is_refused(bad: float) -> None:
    for broken in (replace(REST, open_left=bad), replace(REST, euler=(bad, 0, 0)), replace(REST, time_s=bad)):
        with pytest.raises(PacketError, match="finite"):
            decode(encode(broken))


@given(st.binary(min_size=100, max_size=100), st.integers(0, FACE_BYTES - 100))
def test_any_bytes_give_a_face_or_one_reason(data: bytes, at: int) -> None:
    packet = bytearray(encode(REST))
    packet[at : at + len(data)] = data
    try:
        heard = decode(bytes(packet))
    except PacketError:
        return
    assert len(heard) == 1
