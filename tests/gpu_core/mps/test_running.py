"""gpu_core.mps.running: our daemon starts when asked, stops when asked, and nobody else's is touched."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import psutil
import pytest

from gpu_core.errors import MpsError
from gpu_core.mps import running
from gpu_core.mps.looking import in_use, look
from gpu_core.mps.places import own_place
from gpu_core.mps.processes import daemon_of, environment_of
from gpu_core.mps.running import end_client, start, started, stop
from tests.emulation.mps.double import GPU

CRASHING = "import os, sys; from gpu_core.mps.running import start; start(sys.argv[1]); os.kill(os.getpid(), 9)"


def test_a_daemon_is_started_for_one_gpu_and_stopped(double):
    mps = start(GPU)
    assert (mps.gpu, mps.is_own) == (GPU, True)
    found = daemon_of(mps.pipes)
    assert found is not None
    said = environment_of(found.pid)
    assert said["CUDA_VISIBLE_DEVICES"] == GPU
    assert (said["CUDA_MPS_PIPE_DIRECTORY"], said["CUDA_MPS_LOG_DIRECTORY"]) == (str(mps.pipes), str(mps.log))
    assert mps.pipes.stat().st_mode & 0o077 == 0
    assert in_use() == in_use(GPU) == mps
    assert in_use("GPU-another") is None
    assert stop(mps) == f"MPS daemon {found.pid} stopped"
    assert double.running() == []
    assert not mps.pipes.exists()
    assert in_use() is None
    assert "no MPS daemon of Mien's runs" in stop(mps)


def test_starting_twice_is_starting_once(double):
    first = start(GPU)
    pids = double.running()
    assert start(GPU) == first
    assert double.running() == pids
    assert len(pids) == 1
    with started(GPU) as mps:  # what ran before goes on
        assert mps == first
    assert double.running() == pids


def test_for_a_block_it_runs_and_then_no_more(double):
    seen = []
    with pytest.raises(ZeroDivisionError), started(GPU):
        seen.append(1 / (len(double.running()) - 1))
    assert not seen
    assert double.running() == []


def test_one_that_a_killed_parent_left_is_found_and_stopped(double):
    done = subprocess.run([sys.executable, "-c", CRASHING, GPU], timeout=60, check=False)
    assert done.returncode == -9
    (pid,) = double.running()
    mps = in_use()
    assert mps == own_place(GPU)
    assert mps is not None
    assert stop(mps) == f"MPS daemon {pid} stopped"
    assert double.running() == []


def test_without_its_file_a_daemon_is_still_found(double):
    mps = start(GPU)
    (mps.pipes / "nvidia-cuda-mps-control.pid").unlink()
    found = daemon_of(mps.pipes)
    assert found is not None
    assert [found.pid] == double.running()


@pytest.mark.parametrize(
    ("how", "timeout_s", "said"),
    [
        ("refuses", 60, r"does not start: Failed to start MPS \(logs in "),
        ("hangs", 0.5, "is not up after 0.5 s"),
        ("silent", 3, r"was started and does not listen in .*: \[double\] Starting control daemon"),
        ("deaf", 60, "does not answer within 0.5 s"),
        ("forbids", 60, "refuses get_server_list: User did not have permission"),
    ],
)
def test_one_that_does_not_start_leaves_nothing_running(double, monkeypatch, how, timeout_s, said):
    if how == "deaf":
        monkeypatch.setattr(running, "ANSWER_S", 0.5)
    double.behave(how)
    with pytest.raises(MpsError, match=said) as raised:
        start(GPU, timeout_s)
    assert "\n" not in str(raised.value)
    assert double.running() == []
    assert not own_place(GPU).pipes.exists()


def test_one_that_does_not_quit_is_ended_by_signal(double, monkeypatch):
    monkeypatch.setattr(running, "_AFTER_SIGNAL_S", 1.0)
    double.behave("stays")
    mps = start(GPU)
    (pid,) = double.running()
    told = stop(mps, timeout_s=0.2)
    assert told == f"MPS daemon {pid} was asked to quit and did not go within 0.2 s: ended by signal"
    assert double.running() == []


def test_another_users_or_another_programs_daemon_is_never_stopped(double, tmp_path):
    others = foreign(double)
    try:
        mps = in_use()
        assert mps is not None
        assert (mps.pipes, mps.is_own) == (double.folder / "others", False)
        with pytest.raises(MpsError, match=r"was not started by Mien: .* has to stop it"):
            stop(mps)
        with pytest.raises(MpsError, match=r"serves in .* already, and workers will use it"):
            start(GPU)
        assert double.running() == [others]
    finally:
        psutil.Process(others).kill()


def test_a_daemon_in_our_place_without_our_mark_is_not_ours(double, monkeypatch):
    place = own_place(GPU)
    others = foreign(double, place.pipes)
    with pytest.raises(MpsError, match="was not started by Mien"):
        stop(place)
    assert psutil.pid_exists(others)


def test_a_folder_that_others_may_write_to_is_not_used(double):
    folder = own_place(GPU).pipes
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    with pytest.raises(MpsError, match="may be written to by others"):
        start(GPU)


def test_a_path_too_long_for_a_socket_is_said_before_anything_starts(double, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(double.folder / ("x" * 100)))
    with pytest.raises(MpsError, match="bytes too long for sockets: shorten XDG_RUNTIME_DIR"):
        start(GPU)
    assert double.running() == []


def test_a_client_is_ended_by_the_server_before_it_is_killed(double):
    mps = start(GPU)
    double.serve({41: [42, 43]})
    assert end_client(mps, 43)
    assert [client.pid for client in look(mps).clients] == [42]
    assert not end_client(mps, 999)
    stop(mps)
    assert not end_client(mps, 42)


def foreign(double, pipes=None) -> int:
    """A daemon that Mien has not started."""
    pipes = pipes or double.folder / "others"
    pipes.mkdir(parents=True, mode=0o700)
    log = double.folder / "log"
    log.mkdir()
    environment = os.environ | {"CUDA_MPS_PIPE_DIRECTORY": str(pipes), "CUDA_MPS_LOG_DIRECTORY": str(log)}
    subprocess.run([double.program, "-d"], env=environment, timeout=30, check=True)
    deadline = time.monotonic() + 20
    while not (pipes / "nvidia-cuda-mps-control.pid").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    return int((pipes / "nvidia-cuda-mps-control.pid").read_text())
