"""`mien listen`: what is heard is said, and kept exactly."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gpu_core.errors import MienError
from tests.viewer.capture.packets import distance
from viewer import listen
from viewer.app import main
from viewer.capture.addresses import CaptureError
from viewer.capture.face_sender import FaceSender
from viewer.capture.protocols import PROTOCOLS
from viewer.sessions.take import open_take

TAKE = open_take("talk")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def port() -> int:
    """One that is free."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def sending(port: int, key: str = "livelink", seconds: float = 30.0) -> Iterator[None]:
    """A phone that sends all the while."""
    is_over = threading.Event()

    def send() -> None:
        with FaceSender(PROTOCOLS[key], ("127.0.0.1", port)) as sender:
            number = 0
            while not is_over.wait(1 / 60) and number < seconds * 60:
                sender.send(TAKE.at(number / 60), number / 60)
                number += 1

    phone = threading.Thread(target=send)
    phone.start()
    try:
        yield
    finally:
        is_over.set()
        phone.join()


def test_what_is_heard_is_kept_exactly(port: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "take.csv"
    with sending(port):
        arguments = ["listen", "--protocol", "livelink", "--seconds", "0.6", "--port", str(port)]
        assert main([*arguments, "--take-out", str(path)]) == 0
    rows = open_take(path).rows
    assert len(rows) > 10
    assert rows[0].expression is not None
    frames = [(min(range(60), key=lambda frame: distance(TAKE.at(frame / 60), rows[0].expression)))]  # type: ignore[arg-type]
    for row in rows:  # lost ones leave their time free
        frame = frames[0] + round(row.time_s * 60)
        assert row.time_s == pytest.approx(round(row.time_s * 60) / 60, abs=1e-4)
        assert row.expression is not None
        assert distance(row.expression, TAKE.at(frame / 60)) < 1e-6
    told = capsys.readouterr().out
    assert "this machine only" in told
    assert f"{len(rows)} faces in" in told


def test_sources_are_told_while_they_are_heard(
    port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(listen, "TELL_EVERY_S", 0.1)
    with sending(port, "vmc"):
        assert main(["listen", "--protocol", "vmc", "--seconds", "0.5", "--port", str(port)]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  VMC from 127.0.0.1:")]
    assert len(lines) >= 3
    assert "packets/s" in lines[-1]
    assert "a face" in lines[-1]


def test_nothing_heard_is_one_line_and_code_1(port: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "take.csv"
    arguments = ["listen", "--protocol", "livelink", "--seconds", "0.05", "--port", str(port), "--take-out", str(path)]
    assert main(arguments) == 1
    told = capsys.readouterr().err
    assert told == f"mien: nothing was heard on port {port}: is the sender on? Phones need --open\n"
    assert not path.exists()


def test_a_phone_in_another_mode_is_told_so(port: int, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        sent = threading.Timer(0.1, phone.sendto, (b"\0\1\0\4Mien" + bytes(200), ("127.0.0.1", port)))
        sent.start()
        assert main(["listen", "--protocol", "livelink", "--seconds", "0.4", "--port", str(port)]) == 1
        sent.join()
    told = capsys.readouterr().err
    assert 'choose "Live Link Face (ARKit)"' in told
    assert told.count("\n") == 1


def test_a_port_that_is_taken_is_one_line(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as held:
        held.bind(("127.0.0.1", port))
        with pytest.raises(CaptureError, match="is taken"):
            listen.main(["--protocol", "vmc", "--port", str(port)])


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_it_at_once_and_what_was_heard_is_kept(port: int, tmp_path: Path, number: signal.Signals) -> None:
    path = tmp_path / "take.csv"
    command = [sys.executable, "-m", "viewer", "listen", "--protocol", "livelink", "--port", str(port)]
    with (
        sending(port),
        subprocess.Popen([*command, "--take-out", str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process,
    ):
        assert process.stdout is not None
        while " a face" not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(number)
        code = process.wait(10)
    assert code == (0 if number == signal.SIGINT else 143)
    assert len(open_take(path).rows) > 10


@pytest.mark.parametrize(
    "arguments",
    [[], ["--protocol", "morse"], ["--protocol", "vmc", "--port", "0"], ["--protocol", "vmc", "--port", "9" * 5000],
     ["--protocol", "vmc", "--take-out", "take.mp3"], ["--protocol", "vmc", "--seconds", "nan"],
     ["--protocol", "vmc", "--phone", "10.0.0.1"], ["--protocol", "ifacialmocap", "--phone", "10.0.0.1"]],
)  # fmt: skip
def test_mistakes_are_one_line(arguments: list[str]) -> None:
    with pytest.raises(MienError) as caught:
        listen.main(arguments)
    assert "\n" not in str(caught.value)
