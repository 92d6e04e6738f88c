"""The farm on a real Ray cluster of two nodes, and on one of its own: workers and nodes are killed at work.

Nothing may be lost, no byte may differ, and nothing may be left running.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.two_nodes import ON_LOOPBACK
from viewer.sessions.expression_csv import TimedExpression, write_csv
from viewer.sessions.take import open_take

pytestmark = [pytest.mark.soak, pytest.mark.gl]
ROOT = Path(__file__).parents[2]
FRAMES, LONG_S = 150, 240.0
TOKEN = "a-token-of-more-than-32-characters-for-tests"
LOOK = ("--segment", "1", "--view", "texture", "--size", "256")


class Cluster:
    """Two nodes; the second can be killed."""

    def __init__(self, cores: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.two_nodes", str(cores)], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert self._process.stdout is not None
        assert self._process.stdin is not None
        self._input, self._output = self._process.stdin, self._process.stdout
        self.address = self._output.readline().strip()
        assert self.address, "the cluster did not start"

    def kill_second(self) -> None:
        self._input.write("kill\n")
        self._input.flush()
        assert self._output.readline() == "killed\n"

    def close(self) -> None:
        family = psutil.Process(self._process.pid).children(recursive=True)
        self._input.close()
        self._process.wait(60)
        self._output.close()
        _, left = psutil.wait_procs(family, timeout=30)
        assert [process for process in left if process.status() != psutil.STATUS_ZOMBIE] == []


@pytest.fixture(autouse=True)
def on_the_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever speaks with a cluster there has to call this machine by the same address, and know its token."""
    monkeypatch.setenv(ON_LOOPBACK, "0")
    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    monkeypatch.setenv("RAY_AUTH_TOKEN", TOKEN)


@pytest.fixture
def takes(tmp_path: Path) -> list[str]:
    talk = open_take("talk")
    for name in ("a", "b"):
        start_s = 2.0 if name == "b" else 0.0
        rows = [TimedExpression(number / 25, talk.at(start_s + number / 25)) for number in range(FRAMES)]
        write_csv(tmp_path / f"{name}.csv", rows)
    return [str(tmp_path / f"{name}.csv") for name in ("a", "b")]


@pytest.fixture
def nodes() -> Iterator[Callable[[int], Cluster]]:
    opened: list[Cluster] = []

    def start(cores: int) -> Cluster:
        opened.append(Cluster(cores))
        return opened[-1]

    yield start
    for cluster in opened:
        cluster.close()


def farm(takes: list[str], out: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "viewer", "farm", "render", *takes, "--out", str(out), *LOOK, *more]
    return subprocess.Popen(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )


def finished(process: subprocess.Popen[str]) -> tuple[int, str]:
    try:
        _, error = process.communicate(timeout=LONG_S)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return process.returncode, error


def wait_for(what: Callable[[], object], process: subprocess.Popen[str]) -> None:
    end_s = time.monotonic() + LONG_S
    while not what():
        assert process.poll() is None, finished(process)
        assert time.monotonic() < end_s
        time.sleep(0.05)


def kept(out: Path) -> int:
    return len(list(out.glob("*.parts/*.mp4")))


def workers() -> list[psutil.Process]:
    return [each for each in psutil.process_iter(["cmdline", "status"])
            if "RenderActor.render" in " ".join(each.info["cmdline"] or ())]  # fmt: skip


def left_of(process: subprocess.Popen[str]) -> list[str]:
    """What runs and says that it is of a Ray that was started for the farm."""
    end_s = time.monotonic() + 150.0  # Ray's own agents look for their parent now and then
    while time.monotonic() < end_s:
        found = [" ".join(each.info["cmdline"] or ()) for each in psutil.process_iter(["cmdline"])]
        left = [line for line in found if "mien-ray-" in line or "viewer.farm.ray_child" in line]
        if not left:
            return []
        time.sleep(0.2)
    return left


@pytest.fixture
def wanted(takes: list[str], tmp_path: Path) -> list[bytes]:
    """What one process makes of the takes, by one worker."""
    process = farm(takes, tmp_path / "one", "--workers", "1")
    assert finished(process)[0] == 0
    assert left_of(process) == []
    return made(tmp_path / "one")


def made(out: Path) -> list[bytes]:
    assert sorted(path.name for path in out.iterdir() if path.suffix != ".log") == [".mien-farm.json", "a.mp4", "b.mp4"]
    return [(out / f"{name}.mp4").read_bytes() for name in ("a", "b")]


def test_a_killed_worker_and_a_killed_node_change_no_byte(
    takes: list[str], wanted: list[bytes], nodes: Callable[[int], Cluster], tmp_path: Path
) -> None:
    cluster, out = nodes(1), tmp_path / "two"
    process = farm(takes, out, "--address", cluster.address)
    wait_for(lambda: kept(out) >= 2 and workers(), process)
    workers()[0].kill()
    wait_for(lambda: kept(out) >= 4, process)
    cluster.kill_second()
    code, error = finished(process)
    assert (code, made(out)) == (0, wanted), error
    assert "rendered again: " in error
    assert "raylet" not in error, "Ray's own words are for the log"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_however_it_ends_nothing_is_left_and_the_next_run_goes_on(
    takes: list[str], wanted: list[bytes], tmp_path: Path, number: signal.Signals
) -> None:
    out = tmp_path / "out"
    process = farm(takes, out)
    wait_for(lambda: kept(out) >= 3, process)
    os.killpg(process.pid, number)
    code, _ = finished(process)
    assert code == {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -9}[number]
    assert not (out / "b.mp4").exists()
    assert left_of(process) == []
    code, error = finished(farm(takes, out))
    assert "going on with" in error
    assert (code, made(out)) == (0, wanted)


def test_the_process_that_speaks_with_ray_may_die(takes: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = farm(takes, out)
    wait_for(lambda: kept(out) >= 1, process)
    (child,) = psutil.Process(process.pid).children()
    child.kill()
    code, error = finished(process)
    assert code == 2
    assert "the connection with the Ray cluster is lost" in error
    assert left_of(process) == []
    assert (out / "mien-farm.log").exists()


def test_a_cluster_lets_nobody_in_without_its_token(
    takes: list[str], nodes: Callable[[int], Cluster], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = nodes(1).address
    monkeypatch.setenv("RAY_AUTH_TOKEN", TOKEN[::-1])
    code, error = finished(farm(takes, tmp_path / "out", "--address", address))
    assert code == 2
    assert error.count("\n") == 1
    assert "RAY_AUTH_TOKEN" in error
    assert {path.suffix for path in (tmp_path / "out").iterdir()} <= {".log"}, "nothing but the log"


def test_a_stream_whose_node_is_lost_comes_back_on_another(nodes: Callable[[int], Cluster], tmp_path: Path) -> None:
    cluster, report = nodes(2), tmp_path / "stream.json"
    command = ["stream", "--size", "256", "--fps", "5", "--spare", "none", "--address", cluster.address,
               "--seconds", "90", "--json", str(report)]  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "viewer", *command], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    wait_for(lambda: _stream_workers(process), process)
    time.sleep(10.0)
    cluster.kill_second()
    finished(process)
    (stream,) = json.loads(report.read_text())["streams"]
    assert stream["restarts"] >= 1
    assert stream["state"] == "live"
    assert _stream_workers(process) == []


def _stream_workers(_process: subprocess.Popen[str]) -> list[int]:
    return [each.pid for each in psutil.process_iter(["cmdline"])
            if "viewer.streams.worker" in (each.info["cmdline"] or ()) and "-m" in each.info["cmdline"]
            and "viewer.farm.relay" not in each.info["cmdline"]]  # fmt: skip
