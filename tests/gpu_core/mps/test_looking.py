"""gpu_core.mps.looking: servers, clients and their shares; whatever is wrong with a daemon is one line."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from gpu_core.mps.looking import in_use, look, meant_by_environment, places
from gpu_core.mps.places import Mps, own_place
from gpu_core.mps.running import start
from tests.emulation.mps.double import GPU


def test_clients_are_told_with_their_shares(double):
    mps = start(GPU)
    environment = os.environ | {
        "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE": "25",
        "CUDA_MPS_PINNED_DEVICE_MEM_LIMIT": "0=512M",
        "CUDA_MPS_CLIENT_PRIORITY": "1",
    }
    with subprocess.Popen([sys.executable, "-Sc", "input()"], stdin=subprocess.PIPE, env=environment) as worker:
        double.serve({41: [worker.pid, 1 << 30]})
        state = look(mps)
        assert (state.answers, state.problem, state.pid) == (True, "", double.running()[0])
        (server,) = state.servers
        assert (server.pid, server.status) == (41, "ACTIVE")
        known, unknown = server.clients
        assert (known.threads, known.memory, known.priority) == ("25 %", "512M", "below")
        assert "input()" in known.command
        assert known.device.startswith("GPU-cb12")
        assert (unknown.threads, unknown.command) == ("", "python")  # gone, or another user's: as the daemon calls it
        worker.communicate(b"\n", timeout=20)


def test_without_the_program_nothing_is_in_use(double, monkeypatch):
    start(GPU)
    assert in_use() == own_place(GPU)
    monkeypatch.setenv("PATH", str(double.folder))
    assert in_use() is None


def test_odd_answers_give_what_can_be_understood(double):
    double.behave("odd")
    mps = start(GPU)
    double.serve({41: [42]})
    state = look(mps)
    assert state.answers
    assert [server.pid for server in state.servers] == [41]


def test_nobody_is_there(double):
    state = look(Mps(double.folder / "others"))
    assert (state.is_there, state.answers) == (False, False)
    assert "mien mps start" in state.problem
    assert in_use() is None


def test_a_socket_that_was_left_is_no_daemon(double):
    folder = double.folder / "others"
    folder.mkdir()
    (folder / "control").touch()
    state = look(Mps(folder))
    assert (state.is_there, state.answers) == (True, False)
    assert state.problem.startswith("no MPS daemon runs, though one has left its socket")
    assert state.user
    assert in_use() is None


def test_a_daemon_that_does_not_answer_is_not_used(double, monkeypatch):
    mps = start(GPU)
    os.kill(double.running()[0], 19)  # SIGSTOP: it hangs
    state = look(mps, timeout_s=0.5)
    assert (state.is_there, state.answers) == (True, False)
    assert state.problem.endswith("does not answer within 0.5 s: `mien mps stop` ends it")


def test_places_are_ours_and_the_inherited_one(double, monkeypatch):
    assert [mps.pipes for mps in places()] == [double.folder / "others"]
    start(GPU)
    assert places()[0] == own_place(GPU)
    monkeypatch.setenv("CUDA_MPS_PIPE_DIRECTORY", str(own_place(GPU).pipes))
    assert len(places()) == 1


@pytest.mark.parametrize(("value", "meant"), [("/somewhere", True), ("", False)])
def test_what_the_environment_means(double, monkeypatch, value, meant):
    monkeypatch.setenv("CUDA_MPS_PIPE_DIRECTORY", value)
    assert meant_by_environment() == meant
