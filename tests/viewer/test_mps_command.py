"""`mien mps`: what it prints, its exit codes, and one line for what cannot be."""

from __future__ import annotations

import json
import sys

import pytest

from gpu_core.mps import control, gpus
from gpu_core.mps.places import own_place
from tests.emulation.mps.double import GPU, mps_double
from viewer.app import main

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="MPS is there on Linux alone")


@pytest.fixture
def double(monkeypatch):
    monkeypatch.setattr(gpus, "gpus", lambda: {GPU: "L4", "GPU-ff": "T4"})
    with mps_double(monkeypatch) as made:
        yield made


def test_started_looked_at_and_stopped(double, capsys):
    assert main(["mps", "status"]) == 1
    assert capsys.readouterr().out.startswith("no MPS daemon runs (looked in ")
    assert main(["mps", "start"]) == 0
    assert f"CUDA_MPS_PIPE_DIRECTORY={own_place(GPU).pipes} CUDA_VISIBLE_DEVICES={GPU}" in capsys.readouterr().out
    (pid,) = double.running()
    double.serve({41: [42], 43: []})
    assert main(["mps", "status"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"MPS daemon {pid}, Mien's own, in {own_place(GPU).pipes}: answers",
        f"  gpu   {GPU}",
        f"  logs  {own_place(GPU).log}",
        "  server 41: ACTIVE",
        "    client 42: no limits; python",
        "  server 43: ACTIVE",
        "    no clients",
    ]
    assert main(["mps", "status", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert [server["pid"] for server in told["servers"]] == [41, 43]
    assert main(["mps", "stop"]) == 0
    assert capsys.readouterr().out == f"MPS daemon {pid} stopped\n"
    assert double.running() == []
    assert main(["mps", "stop"]) == 0
    assert capsys.readouterr().out == "no MPS daemon of Mien's runs\n"


def test_another_gpu_has_a_daemon_of_its_own(double, capsys):
    assert main(["mps", "start", "--gpu", "1"]) == 0
    assert main(["mps", "start", "--gpu", GPU]) == 0
    assert len(double.running()) == 2
    assert main(["mps", "stop", "--gpu", "ff"]) == 0
    assert len(double.running()) == 1
    assert main(["mps", "stop"]) == 0
    assert double.running() == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["start", "--gpu", "7"], "no GPU is called or begins with '7'"),
        (["status", "--timeout", "0"], "more than 0 and at most 600"),
        (["status", "--timeout", "nan"], "more than 0 and at most 600"),
        (["dance"], "invalid choice"),
    ],
)
def test_what_there_is_not_is_one_line(double, capsys, arguments, said):
    try:
        code = main(["mps", *arguments])
    except SystemExit as ended:
        code = ended.code
    assert code == 2
    assert said in capsys.readouterr().err
    assert double.running() == []


def test_a_daemon_that_others_left_a_socket_of_is_told_and_not_stopped(double, capsys):
    folder = double.folder / "others"
    folder.mkdir()
    (folder / "control").touch()
    assert main(["mps", "status"]) == 1
    assert "though one has left its socket" in capsys.readouterr().out
    assert main(["mps", "stop"]) == 0
    assert capsys.readouterr().out == "no MPS daemon of Mien's runs\n"
    assert (folder / "control").exists()


@pytest.mark.parametrize("what", ["status", "start", "stop"])
def test_without_a_driver_one_line_says_so(monkeypatch, tmp_path, capsys, what):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(control, "_has_driver", lambda: False)
    assert main(["mps", what]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "mien: there is no NVIDIA driver on this machine: MPS has no GPU to share\n")
