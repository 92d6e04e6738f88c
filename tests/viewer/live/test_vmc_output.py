"""viewer.live.vmc_output: the face goes out as VMC while it moves."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from gpu_core.expression import NEUTRAL
from tests.viewer.capture.packets import distance, face_of
from viewer.capture.addresses import Address
from viewer.capture.vmc import Decoder
from viewer.live.vmc_output import VmcOutput
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


class Avatar:
    """Listens, and knows the last face."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.to = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.face, self.faces = None, 0
        self._decoder = Decoder()

    def look(self) -> None:
        try:
            while True:
                for heard in self._decoder.decode(self.socket.recv(65_000)):
                    self.face = heard.expression
                    self.faces += 1
        except BlockingIOError:
            return


@pytest.fixture
def avatar() -> Iterator[Avatar]:
    avatar = Avatar()
    yield avatar
    avatar.socket.close()


@pytest.fixture
def output(model: ViewerModel) -> Iterator[VmcOutput]:
    output = VmcOutput(model, lambda _address: False)
    yield output
    output.stop()


def test_what_moves_is_sent_up_to_its_last_face(
    model: ViewerModel, output: VmcOutput, avatar: Avatar, qtbot: QtBot
) -> None:
    output.start(avatar.to)
    for number in range(200):
        model.edit(face_of(number))

    def has_the_last() -> bool:
        avatar.look()
        return avatar.face is not None and distance(avatar.face, model.expression) < 1e-3

    qtbot.waitUntil(has_the_last, timeout=3000)
    assert avatar.faces < 50
    output.stop()
    model.edit(NEUTRAL)
    avatar.look()
    assert not has_the_last()
    assert not [timer for timer in output.findChildren(QTimer) if timer.isActive()]


@pytest.mark.parametrize("to", ["nowhere", "", "1.2.3.4:0"])
def test_what_is_no_address_is_a_message(model: ViewerModel, output: VmcOutput, to: str) -> None:
    output.start(to)
    assert not output.is_on
    assert model.message.level == "error"


def test_it_never_hears_itself(model: ViewerModel) -> None:
    listened: set[Address] = set()
    output = VmcOutput(model, listened.__contains__)
    output.start("127.0.0.1:39539")
    assert output.is_on
    output.check()
    assert output.is_on
    listened.add(("127.0.0.1", 39539))
    output.check()
    assert not output.is_on
    output.start("127.0.0.1:39539")
    assert not output.is_on
    assert "listens on port 39539 itself" in model.message.text


def test_no_way_ends_it_with_a_message(model: ViewerModel, output: VmcOutput) -> None:
    output.start("255.255.255.255:9")
    assert not output.is_on
    assert "cannot send to 255.255.255.255:9" in model.message.text
