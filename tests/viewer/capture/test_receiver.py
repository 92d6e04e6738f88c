"""viewer.capture.receiver: real datagrams over this machine's own network."""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from gpu_core.expression import NEUTRAL
from tests.viewer.capture.packets import distance, face_of, packets
from viewer.capture import livelink, receiver
from viewer.capture.addresses import CaptureError
from viewer.capture.protocols import PROTOCOLS
from viewer.capture.receiver import Arrival, Receiver

LIVELINK = PROTOCOLS["livelink"]
WAIT_S = 5.0


@pytest.fixture
def out() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind(("127.0.0.1", 0))
        sender.settimeout(WAIT_S)
        yield sender


@pytest.mark.parametrize("key", PROTOCOLS)
def test_faces_sent_are_heard(key: str, out: socket.socket) -> None:
    heard: queue.Queue[Arrival] = queue.Queue()
    with Receiver(PROTOCOLS[key], heard.put, port=0) as listening:
        assert listening.address[0] == "127.0.0.1"
        for packet in packets(key, 2):
            out.sendto(packet, listening.address)
        arrivals = [heard.get(timeout=WAIT_S) for _ in range(2)]
        (told,) = listening.sources()
    face = arrivals[1].heard.expression
    assert face is not None
    assert face["jawOpen"] == pytest.approx(face_of(1)["jawOpen"], abs=0.006)
    assert arrivals[0].arrived_s <= arrivals[1].arrived_s <= time.perf_counter()
    assert told.key == arrivals[1].source
    assert told.key.address == out.getsockname()
    assert told.packets_per_s > 0


def test_what_is_too_long_or_broken_is_counted_and_the_next_face_is_heard(out: socket.socket) -> None:
    heard: queue.Queue[Arrival] = queue.Queue()
    with Receiver(LIVELINK, heard.put, port=0) as listening:
        for packet in (b"", b"x", bytes(60_000), livelink.encode(face_of(3), frame=1)):
            out.sendto(packet, listening.address)
        face = heard.get(timeout=WAIT_S).heard.expression
        told = {figures.key.subject: figures for figures in listening.sources()}
    assert face is not None
    assert distance(face, face_of(3)) < 1e-5
    assert told["Mien"].refused == 3
    assert told["Mien"].reason.startswith("1025 bytes are no packet")


def test_a_flood_is_bounded_in_bytes(out: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiver, "MOST_BYTES_PER_S", 5000.0)
    heard: queue.Queue[Arrival] = queue.Queue()
    with Receiver(LIVELINK, heard.put, port=0) as listening:
        for number in range(100):
            out.sendto(livelink.encode(NEUTRAL, frame=number), listening.address)
        heard.get(timeout=WAIT_S)
        deadline = time.monotonic() + WAIT_S
        while listening.over < 50 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert listening.over >= 50


def test_a_port_that_is_taken_is_one_line_that_names_the_holder(out: socket.socket) -> None:
    port = out.getsockname()[1]
    with pytest.raises(CaptureError, match=rf"port {port} is taken by another program, .*\(process \d+\): close it"):
        Receiver(LIVELINK, print, port=port).start()


def test_a_port_whose_holder_is_not_told_names_who_could(out: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiver, "holder_of", lambda _port: "")
    with pytest.raises(CaptureError, match="perhaps Unreal Engine") as caught:
        Receiver(LIVELINK, print, port=out.getsockname()[1]).start()
    assert "\n" not in str(caught.value)


def test_a_port_that_is_none_is_one_line() -> None:
    with pytest.raises(CaptureError, match="cannot listen on port 70000"):
        Receiver(LIVELINK, print, port=70_000).start()


def test_it_ends_at_once_and_frees_the_port_and_begins_again() -> None:
    listening = Receiver(LIVELINK, print, port=0)
    listening.stop()
    listening.start()
    address = listening.address
    listening.stop()
    listening.stop()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("capture ")]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(address)
    listening.start()
    listening.stop()


def test_it_ends_under_a_flood(out: socket.socket) -> None:
    packet, is_over = livelink.encode(NEUTRAL, frame=1), threading.Event()
    listening = Receiver(LIVELINK, lambda _: None, port=0)
    listening.start()
    address = listening.address

    def flood() -> None:
        while not is_over.is_set():
            out.sendto(packet, address)

    flooding = threading.Thread(target=flood)
    flooding.start()
    try:
        time.sleep(0.1)
        listening.stop()
    finally:
        is_over.set()
        flooding.join()


def test_only_when_it_is_opened_it_listens_to_the_network() -> None:
    with Receiver(LIVELINK, print, port=0, is_open=True) as listening:
        assert listening.address[0] == "0.0.0.0"


def test_a_phone_is_greeted_until_it_answers(out: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiver, "GREET_EVERY_S", 0.02)
    protocol, heard = PROTOCOLS["ifacialmocap"], queue.Queue[Arrival]()
    with Receiver(protocol, heard.put, port=0, phone=out.getsockname()) as listening:
        for _ in range(2):
            greeting, address = out.recvfrom(1000)
            assert greeting == protocol.greeting
        assert address == listening.address
        out.sendto(packets("ifacialmocap", 1)[0], address)
        assert heard.get(timeout=WAIT_S).heard.subject == "iFacialMocap"
