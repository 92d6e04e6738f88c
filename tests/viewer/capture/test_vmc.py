"""viewer.capture.vmc: gathered until it is applied, by ARKit's names and VRM's, and unmoved by what is broken."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.expression import NEUTRAL
from tests.viewer.capture.packets import distance, face_of
from tests.viewer.capture.test_osc import bundle, message
from viewer.capture.heard import Heard, PacketError
from viewer.capture.osc import bundled
from viewer.capture.vmc import LARGEST, MOST_NAMES, Decoder, angles, encode, quaternion

APPLY = message("/VMC/Ext/Blend/Apply")


def val(name: str, value: Any) -> bytes:
    return message("/VMC/Ext/Blend/Val", name, value)


def heard_in(decoder: Decoder, *data: bytes) -> Heard | None:
    found = [heard for packet in data for heard in decoder.decode(packet)]
    return found[-1] if found else None


def weight(heard: Heard | None, name: str) -> float:
    assert heard is not None
    assert heard.expression is not None
    return heard.expression[name]


@given(st.integers(0, 10**6), st.booleans())
def test_a_face_comes_back_one_by_one_and_bundled(seed: int, is_bundled: bool) -> None:
    sent = encode(face_of(seed), time_s=seed / 100)
    heard = heard_in(Decoder(), *(bundled(sent) if is_bundled else sent))
    assert heard is not None
    assert heard.expression is not None
    assert distance(heard.expression, face_of(seed)) < 1e-4
    assert heard.sent_s == pytest.approx(seed / 100, rel=1e-5)


def test_nothing_happens_before_it_is_applied_and_what_is_not_told_again_stays() -> None:
    decoder = Decoder()
    assert heard_in(decoder, val("JawOpen", 0.5), val("jawLeft", 1)) is None
    assert weight(heard_in(decoder, APPLY), "jawOpen") == 0.5
    second = heard_in(decoder, val("jawOpen", 0.25), APPLY)
    assert weight(second, "jawLeft") == 1.0
    assert second is not None


def test_a_datagram_that_applies_often_gives_the_last_face() -> None:
    data = bundle(val("jawOpen", 0.1), APPLY, val("jawOpen", 0.2), APPLY, val("jawOpen", 0.9))
    decoder = Decoder()
    (heard,) = decoder.decode(data)
    assert weight(heard, "jawOpen") == pytest.approx(0.2)
    assert weight(heard_in(decoder, APPLY), "jawOpen") == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("names", "shape", "value"),
    [
        (["aa", "A"], "jawOpen", 0.6), (["Joy", "happy"], "mouthSmileLeft", 0.8), (["BLINK_L"], "eyeBlinkLeft", 1.0),
        (["Blink", "blink"], "eyeBlinkRight", 1.0), (["lookLeft"], "eyeLookOutLeft", 1.0),
    ],
)  # fmt: skip
def test_the_few_expressions_of_vrm_become_arkits(names: list[str], shape: str, value: float) -> None:
    for name in names:
        assert weight(heard_in(Decoder(), val(name, 1.0), APPLY), shape) == pytest.approx(value)


def test_the_head_turns_as_unity_does() -> None:
    half = math.sin(math.radians(10)), math.cos(math.radians(10))
    assert angles([0.0, half[0], 0.0, half[1]]) == pytest.approx((-20.0, 0.0, 0.0))
    assert angles([half[0], 0.0, 0.0, half[1]]) == pytest.approx((0.0, 20.0, 0.0))
    assert angles([0.0, 0.0, half[0], half[1]]) == pytest.approx((0.0, 0.0, -20.0))
    face = NEUTRAL.with_head(yaw=12.0, pitch=-7.0, roll=4.0)
    assert angles([2.0 * part for part in quaternion(face)]) == pytest.approx((12.0, -7.0, 4.0))


BROKEN = [
    bundle(val("jawOpen", 0.9), val("cheekPuff", math.nan)),
    bundle(val("jawOpen", 0.9), message("/VMC/Ext/Bone/Pos", "Head", *[0.0] * 7)),
    bundle(val("jawOpen", 0.9), message("/VMC/Ext/Bone/Pos", "Head", *[math.inf] * 7)),
    bundle(val("jawOpen", 0.9), message("/VMC/Ext/Bone/Pos", "Head", *["x"] * 7)),
    bundle(message("/VMC/Ext/T", 9.0), val("jawOpen", 0.9))[:-3],
    bundle(*(val(f"name{number}", 1.0) for number in range(MOST_NAMES + 1))),
    bytes(LARGEST + 1),
]


@pytest.mark.parametrize("data", BROKEN)
def test_a_broken_datagram_changes_nothing(data: bytes) -> None:
    decoder = Decoder()
    before = heard_in(decoder, *encode(face_of(1), time_s=1.0))
    with pytest.raises(PacketError):
        decoder.decode(data)
    assert heard_in(decoder, APPLY) == before


def test_names_stay_few_and_short_for_ever() -> None:
    decoder = Decoder()
    decoder.decode(val("m_" * 500 + "jawOpen", 1.0))
    for number in range(MOST_NAMES):
        decoder.decode(val(f"name{number}", 1.0))
    with pytest.raises(PacketError, match="blendshapes"):
        decoder.decode(val("one more", 1.0))
    assert heard_in(decoder, val("name7", 0.5), APPLY) is not None


def test_messages_of_other_shapes_are_passed_over() -> None:
    decoder = Decoder()
    others = (
        message("/VMC/Ext/Blend/Val", 1, 2), message("/VMC/Ext/Blend/Val"), message("/VMC/Ext/Bone/Pos", "Head", 1.0),
        message("/VMC/Ext/T", math.nan), message("/else", 1),
    )  # fmt: skip
    assert heard_in(decoder, *others) is None
    assert heard_in(decoder, APPLY) == Heard("VMC", NEUTRAL)


@given(st.lists(st.binary(max_size=80), max_size=4), st.integers(0, 3))
def test_any_bytes_leave_the_face_or_give_one(parts: list[bytes], kind: int) -> None:
    decoder = Decoder()
    before = heard_in(decoder, *encode(face_of(2)))
    head = (b"", val("jawOpen", 0.3), message("/VMC/Ext/Bone/Pos", "Head"), bundle(val("jawOpen", 0.7))[:20])[kind]
    try:
        decoder.decode(head + b"".join(parts))
    except PacketError:
        assert heard_in(decoder, APPLY) == before
