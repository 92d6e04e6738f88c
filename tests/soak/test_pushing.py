"""Four faces pushed for a minute to a real server that is killed and comes back: all are met again within five seconds.

Nothing grows, nothing stays. What was measured is logged: `--log-cli-level=INFO`.
"""

from __future__ import annotations

import logging
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import numpy as np
import psutil
import pytest

from tests.rtmp_server import HOST, RtmpServer
from tests.viewer.push.feeding import PATIENCE_S, Feeder, Tone, is_in_order, numbers_at, until
from tests.viewer.sessions.recording_process import picture
from viewer.push.coded import Tracks
from viewer.push.h264 import H264Encoder
from viewer.push.pusher import Pusher, open_pusher
from viewer.push.values import VideoForm
from viewer.sessions.video_frames import FrameMaker

log = logging.getLogger(__name__)

SECONDS, DOWN_S, FACES, SIZE = 60.0, 4.0, 4, 256
BACK_S = 5.0  # what the issue of it all asks for
# Of resident memory, all processes together, over the minute's last half. Measured: under half a megabyte.
MOST_MB_A_MINUTE = 4.0


def memory_mb() -> float:
    """Of this process and all it has started for pushing."""
    process = psutil.Process()
    every = [process, *(child for child in process.children(recursive=True) if "nginx" not in child.name())]
    return sum(one.memory_info().rss for one in every) / 2**20


@pytest.mark.soak
def test_four_faces_for_a_minute_with_the_server_killed_in_the_middle(tmp_path: Path) -> None:
    threads, children = threading.active_count(), len(psutil.Process().children())
    with ExitStack() as stack:
        server = stack.enter_context(RtmpServer(tmp_path))
        pushers = [
            stack.enter_context(open_pusher(f"{server.url}/face-{number}", VideoForm(), SIZE, sound=Tone()))
            for number in range(1, FACES + 1)
        ]
        feeder = stack.enter_context(Feeder(*pushers, size=SIZE))
        assert all(pusher.connected(PATIENCE_S) for pusher in pushers)
        start_s = time.monotonic()
        first = watched(pushers, start_s + SECONDS / 2 - DOWN_S)
        server.kill()
        time.sleep(DOWN_S)
        assert {pusher.status().state for pusher in pushers} <= {"waiting", "connecting"}
        server.start()
        back_s = time.monotonic()
        until(lambda: len(server.publishing()) == FACES, "every face")
        took_s = time.monotonic() - back_s
        second = watched(pushers, start_s + SECONDS)
        for number in range(1, FACES + 1):
            assert is_in_order(numbers_at(f"{server.url}/face-{number}", 20, analyzeduration="3000000"))
        told = [pusher.status() for pusher in pushers]
        assert feeder.worst_s < 1.0, "no offer waits for a server"
    log.info("back after %.2f s; memory %.0f MB, then %s; %s", took_s, first[0], np.round(second, 1), told)
    assert took_s < BACK_S
    assert all(status.reconnects == 1 for status in told)
    slope = np.polyfit(np.linspace(0, SECONDS / 2 / 60, len(second)), second, 1)[0]
    assert slope < MOST_MB_A_MINUTE
    assert threading.active_count() == threads
    assert len(psutil.Process().children()) == children


def watched(pushers: list[Pusher], until_s: float) -> list[float]:
    """The memory each second; meanwhile every face has to stay live."""
    seen = []
    while time.monotonic() < until_s:
        time.sleep(1.0)
        seen.append(memory_mb())
        states = {pusher.status().state for pusher in pushers}
        assert states == {"live"}, [pusher.status() for pusher in pushers]
    return seen


_HANGING = """
import pickle, sys
from viewer.push.mux_link import MuxLink
from viewer.push.target import parse_target
to, tracks, first = pickle.loads(sys.stdin.buffer.read())
MuxLink(parse_target(to), tracks).open(first)
"""


@pytest.mark.soak
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX")
def test_a_process_that_hangs_when_its_parent_is_killed_ends_by_its_alarm(tmp_path: Path) -> None:
    """It holds the interpreter's lock in a connection that nobody answers: it cannot see its input end."""
    tracks = Tracks(64, Fraction(25))
    first = H264Encoder(64, tracks.rate, VideoForm()).encode(FrameMaker(64).frame(picture(0, 64)), 0, key=True)[0]
    with socket.create_server((HOST, 0)) as mute:
        mute.settimeout(PATIENCE_S)
        to = f"rtmp://{HOST}:{mute.getsockname()[1]}/live/a"
        parent = subprocess.Popen([sys.executable, "-c", _HANGING], stdin=subprocess.PIPE)
        assert parent.stdin is not None
        parent.stdin.write(pickle.dumps((to, tracks, first)))
        parent.stdin.close()
        with mute.accept()[0]:
            (child,) = psutil.Process(parent.pid).children()
            parent.kill()
            parent.wait()
            until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, "its end")
