"""viewer.capture.face_sender: what moves is sent, and not too often."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from gpu_core.expression import NEUTRAL
from tests.viewer.capture.packets import face_of
from viewer.capture.addresses import CaptureError
from viewer.capture.face_sender import FaceSender
from viewer.capture.protocols import PROTOCOLS


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(5.0)
        yield listening


def received(listening: socket.socket) -> int:
    """The number of packets that wait."""
    listening.setblocking(False)
    count = 0
    try:
        while listening.recv(65_000):
            count += 1
    except BlockingIOError:
        return count
    raise AssertionError


def test_only_what_moves_is_sent_and_not_too_often(listening: socket.socket) -> None:
    with FaceSender(PROTOCOLS["livelink"], listening.getsockname(), fps=50.0) as sender:
        assert sender.offer(NEUTRAL, 10.0) == 0.0
        assert sender.offer(NEUTRAL, 11.0) == 0.0
        assert sender.offer(face_of(1), 10.005) == pytest.approx(0.015)
        assert sender.offer(face_of(2), 10.02) == 0.0
        assert sender.offer(face_of(2), 10.021) == 0.0
        for number in range(1000):
            sender.offer(face_of(number), 20.0 + number / 1000)
        assert sender.sent == pytest.approx(2 + 50, abs=1)
        assert received(listening) == sender.sent


def test_a_face_goes_out_as_vmc_and_comes_back(listening: socket.socket) -> None:
    protocol = PROTOCOLS["vmc"]
    with FaceSender(protocol, listening.getsockname()) as sender:
        sender.offer(face_of(5), 1.0)
    decode = protocol.open_decoder()
    heard = []
    while not heard:
        heard = list(decode(listening.recv(65_000)))
    assert heard[0].expression is not None
    assert heard[0].expression["jawOpen"] == pytest.approx(face_of(5)["jawOpen"], abs=1e-6)


def test_where_no_way_leads_is_one_line() -> None:
    with (
        FaceSender(PROTOCOLS["livelink"], ("255.255.255.255", 9)) as sender,
        pytest.raises(CaptureError, match=r"cannot send to 255\.255\.255\.255:9: "),
    ):
        sender.send(NEUTRAL, 0.0)


def test_nobody_listening_is_no_mistake(listening: socket.socket) -> None:
    address = listening.getsockname()
    listening.close()
    with FaceSender(PROTOCOLS["livelink"], address) as sender:
        for number in range(3):
            sender.send(face_of(number), 0.0)
    sender.close()
