"""`mien send`."""

from __future__ import annotations

import socket
import time

import pytest

from gpu_core.errors import MienError
from viewer import send
from viewer.app import main
from viewer.capture.face_sender import FaceSender
from viewer.capture.protocols import PROTOCOLS
from viewer.send import play
from viewer.sessions.take import open_take


@pytest.mark.parametrize("key", PROTOCOLS)
def test_a_take_is_sent_as_each_protocol_has_it(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(5.0)
        to = f"127.0.0.1:{listening.getsockname()[1]}"
        assert main(["send", "--protocol", key, "--take", "talk", "--seconds", "0.1", "--fps", "50", "--to", to]) == 0
        decode, faces = PROTOCOLS[key].open_decoder(), []
        while len(faces) < 5:
            faces += [heard.expression for heard in decode(listening.recv(65_000))]
    assert faces[4] is not None
    assert faces[4]["jawOpen"] == pytest.approx(open_take("talk").at(4 / 50)["jawOpen"], abs=0.006)
    told = capsys.readouterr().out
    assert f"to {to}" in told
    assert "5 faces sent" in told


@pytest.mark.parametrize(
    "arguments",
    [[], ["--protocol", "morse"], ["--protocol", "vmc", "--fps", "1000"], ["--protocol", "vmc", "--to", "phone"],
     ["--protocol", "vmc", "--take", "nothing"], ["--protocol", "vmc", "--seconds", "0"]],
)  # fmt: skip
def test_mistakes_are_one_line(arguments: list[str]) -> None:
    with pytest.raises(MienError) as caught:
        send.main(arguments)
    assert "\n" not in str(caught.value)


def test_it_waits_for_each_face_s_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    with FaceSender(PROTOCOLS["livelink"], ("127.0.0.1", 9)) as sender:
        play(sender, open_take("talk"), 100.0, 0.1)
        assert sender.sent == 10
    assert [round(wait, -1) for wait in waits] == [10, 20, 30, 40, 50, 60, 70, 80, 90]
