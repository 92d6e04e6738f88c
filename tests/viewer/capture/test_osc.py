"""viewer.capture.osc: messages and bundles, also those made to hurt."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_message_builder import OscMessageBuilder

from viewer.capture.heard import PacketError
from viewer.capture.osc import DEEPEST, MOST_MESSAGES, Message, bundled, messages

HEAD = b"#bundle\0" + bytes(8)


def message(address: str, *arguments: object) -> bytes:
    builder = OscMessageBuilder(address)
    for argument in arguments:
        builder.add_arg(argument)
    return bytes(builder.build().dgram)


def bundle(*elements: bytes) -> bytes:
    return HEAD + b"".join(struct.pack(">i", len(element)) + element for element in elements)


def test_messages_are_read_in_their_order() -> None:
    one, two = message("/a", 1, 2.5, "好"), message("/b")
    assert messages(one) == [Message("/a", (1, 2.5, "好"))]
    inner = bundle(two, one)
    assert messages(bundle(one, inner)) == [
        Message("/a", (1, 2.5, "好")), Message("/b", ()), Message("/a", (1, 2.5, "好")),
    ]  # fmt: skip
    assert messages(HEAD) == []


def test_what_is_sent_is_bundled_to_fit_a_packet() -> None:
    sent = [message("/a", number) for number in range(300)]
    packed = bundled(sent)
    assert [found.arguments[0] for data in packed for found in messages(data)] == list(range(300))
    assert max(map(len, packed)) <= 1400
    assert len(packed) == 4


def test_arguments_behind_an_unknown_kind_are_left() -> None:
    assert messages(message("/a", 1, b"blob", 2)) == [Message("/a", (1,))]


def nested(depth: int) -> bytes:
    data = message("/a", 1)
    for _ in range(depth):
        data = bundle(data)
    return data


def test_bundles_in_bundles_end_somewhere() -> None:
    assert messages(nested(DEEPEST + 1)) == [Message("/a", (1,))]
    for depth in (DEEPEST + 2, 700):
        with pytest.raises(PacketError, match="deeper"):
            messages(nested(depth))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not OSC"),
        (b"hello", "not OSC"),
        (HEAD + struct.pack(">i", -4), "element of -4 bytes"),
        (HEAD + struct.pack(">i", -2147483648) + bytes(8), "element of -2147483648 bytes"),
        (HEAD + struct.pack(">i", 0) + bytes(64), "element of 0 bytes"),
        (HEAD + struct.pack(">i", 2147483647) + bytes(64), "element of 2147483647 bytes"),
        (HEAD + b"\0\0", "cut off"),
        (b"/a", "broken"),
        (b"/\xff\xff\0", "broken"),
        (message("/a", 1)[:-2], "broken"),
        (b"/a\0\0,iiii\0\0\0", "broken"),
        (bundle(*[message("/a")] * (MOST_MESSAGES + 1)), "more than"),
    ],
)
def test_what_is_none_is_refused_in_one_line(data: bytes, why: str) -> None:
    with pytest.raises(PacketError, match=why) as caught:
        messages(data)
    assert "\n" not in str(caught.value)


@given(st.binary(max_size=200), st.sampled_from([b"", HEAD, b"/VMC\0\0\0\0,", HEAD + b"\0\0\0\x20/a\0\0"]))
def test_any_bytes_give_messages_or_one_reason(data: bytes, head: bytes) -> None:
    try:
        found = messages(head + data)
    except PacketError:
        return
    assert len(found) <= MOST_MESSAGES
