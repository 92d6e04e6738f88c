"""viewer.farm.placement and relay: which command stands for a stream's worker, and how it passes on an end."""

from __future__ import annotations

import os
import socket
import sys

import pytest

from gpu_core.errors import MienError
from viewer.app import main as mien
from viewer.farm import placement
from viewer.farm.nodes import Node
from viewer.farm.placement import farm_launcher, refuse_local_targets
from viewer.farm.relay import _as_it_ended
from viewer.streams.launcher import WORKER_MODULE
from viewer.streams.values import StreamForm

NODE = Node("1", "host1 (10.0.0.1)", 1)


def test_a_worker_on_the_farm_is_a_relay_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placement, "RELAY", "no.such.relay")
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        launcher = farm_launcher(address, WORKER_MODULE, cpus=2.0, gpus=0.25)
    wanted = [sys.executable, "-P", "-m", "no.such.relay", address, WORKER_MODULE, "2.0", "0.25", str(os.getpid())]
    assert launcher._command == wanted


@pytest.mark.parametrize("to", ["out.mp4", "camera:", "/tmp/x/out-1.ts"])
def test_what_would_be_of_some_node_is_refused(to: str) -> None:
    with pytest.raises(MienError, match="would be on whichever node"):
        refuse_local_targets([StreamForm(), StreamForm(to=to)])
    refuse_local_targets([StreamForm(to="rtmp://127.0.0.1/live/{n}")])


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--address", "foo"], "is no address of a Ray cluster"),
        (["--address", "127.0.0.1:1"], "no Ray cluster answers at 127.0.0.1:1"),
        (["--address", "127.0.0.1:1", "--way", "auto"], "are of this machine alone"),
        (["--address", "127.0.0.1:1", "--to", "x.mp4"], "would be on whichever node"),
    ],
)
def test_what_cannot_be_placed_is_one_line(
    arguments: list[str], line: str, capsys: pytest.CaptureFixture[str], tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert mien(["stream", *arguments]) == 2
    error = capsys.readouterr().err
    assert line in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("ended", "code", "said"),
    [
        ("ended with code 0", 0, ""),
        ("ended with code 2: the take is broken", 2, "mien: the take is broken (on host1 (10.0.0.1))\n"),
        ("ended with code 1", 1, "mien:  (on host1 (10.0.0.1))\n"),
        ("killed by SIGKILL", 1, "mien: killed by SIGKILL (on host1 (10.0.0.1))\n"),
    ],
)
def test_the_workers_end_is_the_relays(ended: str, code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _as_it_ended(ended, NODE) == code
    assert capsys.readouterr().err == said
