"""A process that hangs, dies or is left alone holds nobody up and stays nowhere."""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import av
import psutil
import pytest

from tests.rtmp_server import HOST
from tests.viewer.push.feeding import PATIENCE_S, until
from viewer.push.coded import Coded, Tracks
from viewer.push.mux_link import LinkError, MuxLink
from viewer.push.target import Target, parse_target


@pytest.fixture
def mute() -> socket.socket:
    """A server that takes connections and says nothing."""
    server = socket.create_server((HOST, 0))
    server.settimeout(PATIENCE_S)
    return server


def to_mute(mute: socket.socket) -> Target:
    return parse_target(f"rtmp://me:hunter2@{HOST}:{mute.getsockname()[1]}/live/hunter2")


def refusal(link: MuxLink, first: Coded) -> LinkError:
    """What opening says."""
    with pytest.raises(LinkError) as raised:
        link.open(first)
    return raised.value


def test_a_server_that_says_nothing_is_given_up(
    mute: socket.socket, frames: list[Coded], tracks: Tracks, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = MuxLink(to_mute(mute), tracks)
    monkeypatch.setattr("viewer.push.mux_link.OPEN_S", 0.3)
    result: list[LinkError] = []
    with mute:
        thread = threading.Thread(target=lambda: result.append(refusal(link, frames[0])))
        thread.start()
        until(lambda: link.pid)
        child = psutil.Process(link.pid)
        until(lambda: link.end_if_overdue() or not thread.is_alive(), "its end")
        thread.join()
    assert result[0].code is None
    assert not child.is_running()
    link.close()


def test_nobody_reads_the_target_from_the_process_table(
    mute: socket.socket, frames: list[Coded], tracks: Tracks
) -> None:
    link = MuxLink(to_mute(mute), tracks)
    with mute:
        thread = threading.Thread(target=refusal, args=(link, frames[0]))
        thread.start()
        mute.accept()[0].close()  # it has got as far as that
        until(lambda: link.pid)
        child = psutil.Process(link.pid)
        told = " ".join(child.cmdline()) + repr(child.environ())
        link.kill()
        thread.join()
    assert "hunter2" not in told
    assert not child.is_running()
    link.close()


def test_a_link_that_was_ended_starts_no_process_again(tracks: Tracks, frames: list[Coded]) -> None:
    link = MuxLink(parse_target(f"udp://{HOST}:9"), tracks)
    link.kill()
    refusal(link, frames[0])
    assert link.pid == 0
    link.finish()
    link.close()


def test_a_file_is_completed(tmp_path: Path, tracks: Tracks, frames: list[Coded]) -> None:
    link = MuxLink(parse_target(str(tmp_path / "a.mp4")), tracks)
    link.open(frames[0])
    for piece in frames[1:]:
        link.send(piece)
    link.finish()
    child = psutil.Process(link.pid)
    link.close()
    assert not child.is_running()
    assert (tmp_path / "a.mp4").stat().st_size > 1000


_ORPHAN = """
import pickle, sys, time
from viewer.push.mux_link import MuxLink
from viewer.push.target import parse_target
to, tracks, frames = pickle.loads(sys.stdin.buffer.read())
link = MuxLink(parse_target(to), tracks)
link.open(frames[0])
for piece in frames[1:]:
    link.send(piece)
print(link.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX")
def test_it_ends_with_whoever_started_it_and_leaves_a_whole_file(
    tmp_path: Path, tracks: Tracks, frames: list[Coded]
) -> None:
    path = tmp_path / "a.mp4"
    parent = subprocess.Popen([sys.executable, "-c", _ORPHAN], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdin is not None
    assert parent.stdout is not None
    parent.stdin.write(pickle.dumps((str(path), tracks, frames)))
    parent.stdin.close()
    child = psutil.Process(int(parent.stdout.readline()))
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, "its end")
    with av.open(str(path)) as container:
        assert container.streams.video[0].frames == 50, "there is an index of all frames"
