"""Streams for minutes: fifty workers killed at random, and two faces pushed to a real server for a minute."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.rtmp_server import RtmpServer
from tests.viewer.streams.waiting import children, is_there, until
from viewer.push.values import VideoForm
from viewer.stream import main
from viewer.streams.backoff import BackoffForm
from viewer.streams.supervisor import Supervisor
from viewer.streams.values import StreamForm

pytestmark = [pytest.mark.soak, pytest.mark.gl]
KILLS, SECONDS = 50, 60


def test_fifty_kills_at_random_moments_leave_streams_that_live() -> None:
    """Some come while a worker starts, some while the one that takes its place does."""
    chance = random.Random(8)
    before = children()
    forms = [StreamForm(number, size=256, video=VideoForm(fps=5.0), threads=1) for number in (1, 2)]
    back_s, pids = list[float](), set[int]()
    with Supervisor(forms, spare="warm", backoff=BackoffForm(most_deaths=100)) as supervisor:
        until(lambda: all(status.frames for status in supervisor.statuses()), "both live")
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.0, 3.0))
            number = chance.randrange(2)
            status = supervisor.statuses()[number]
            if status.pid:
                pids.add(status.pid)
                os.kill(status.pid, signal.SIGKILL)
                killed_s = time.monotonic()
                until(lambda n=number, s=status: supervisor.statuses()[n].frames > s.frames, "a face again")
                back_s.append(time.monotonic() - killed_s)
        restarts = [status.restarts for status in supervisor.statuses()]
    back_s.sort()
    sys.stdout.write(
        f"{len(back_s)} kills, a face again after {back_s[len(back_s) // 2]:.2f} s, at most {back_s[-1]:.2f}\n"
    )
    assert sum(restarts) >= len(back_s) > KILLS // 2
    assert not any(map(is_there, pids))
    assert children() <= before


def test_two_faces_reach_a_real_server_for_a_minute(tmp_path: Path) -> None:
    report = tmp_path / "streams.json"
    before = children()
    with RtmpServer(tmp_path) as server:
        to = f"{server.url}/face-{{n}}"
        arguments = ["--faces", "2", "--size", "256", "--fps", "15", "--seconds", str(SECONDS)]
        assert main([*arguments, "--to", to, "--json", str(report)]) == 0
        assert server.publishing() == []
    streams = json.loads(report.read_text())["streams"]
    for stream in streams:
        told = {name: stream[name] for name in ("fps", "frames", "misses", "worst_gap_s", "age_ms", "cpu_percent")}
        sys.stdout.write(f"{told}\n")
        assert (stream["state"], stream["push"]["state"]) in [("live", "live"), ("degraded", "live")]
        assert stream["push"]["frames"] >= 0.9 * 15 * SECONDS
    assert children() <= before
