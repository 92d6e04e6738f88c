"""SIGKILL at any moment loses the last second at most, and `recover` makes the rest whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.viewer.sessions.recording_process import face, number_of
from viewer.sessions.checking import shortcomings
from viewer.sessions.expression_csv import read_csv
from viewer.sessions.frame_index import LOST, SHOWN
from viewer.sessions.recovering import lost_sessions, recover
from viewer.sessions.session import open_session
from viewer.sessions.video_reading import pictures

REPOSITORY = Path(__file__).parents[3]
FPS, SIZE = 30, 128
SECOND = FPS + 1  # frames; the newest is being added


def kill_one(folder: Path, codec: str, after_s: float) -> int:
    """Record for real, kill it at some moment after its first frame; returns the last frame it had added."""
    command = [sys.executable, "-m", "tests.viewer.sessions.recording_process", str(folder), codec, str(FPS), str(SIZE)]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)
        said = [first, *process.stdout.readlines()]
    return int([line for line in said if line.endswith("\n")][-1])


def assert_whole_but_the_last_second(parent: Path, last: int) -> None:
    (folder,) = lost_sessions(parent)
    assert shortcomings(folder) == [f"its writer is gone: mien session recover {folder}"]
    recover(folder)
    assert shortcomings(folder) == []
    assert lost_sessions(parent) == []
    session = open_session(folder)
    track, index = list(session.track()), list(session.index())
    assert len(track) > last - SECOND
    assert [row.expression for row in track] == [face(row.frame) for row in track], "bit by bit"
    seen = [number_of(picture[..., :3]) for _, picture in pictures(session)]
    assert len(seen) > last - SECOND, "frames of the video"
    shown = {row.video_frame: row.frame for row in index if row.state == SHOWN}
    assert all(seen[moment] == frame for moment, frame in shown.items())
    assert all(row.video_frame >= len(seen) for row in index if row.state == LOST)
    assert len(read_csv(folder / "expressions.csv")) >= len(seen)


@pytest.mark.parametrize(
    ("codec", "after_s"), [("h264", 0.02), ("h264", 0.9), ("h264", 2.1), ("ffv1", 1.4), ("h264rgb", 1.3), ("png", 0.8)]
)
def test_a_kill_loses_the_last_second_at_most(tmp_path: Path, codec: str, after_s: float) -> None:
    last = kill_one(tmp_path / "带 空格", codec, after_s)
    assert_whole_but_the_last_second(tmp_path / "带 空格", last)


@pytest.mark.soak
@pytest.mark.parametrize("_number", range(50))
def test_fifty_kills_at_random_moments(tmp_path: Path, _number: int) -> None:
    chance = random.Random()  # other moments each time
    codec = chance.choice(["h264", "h264", "h264", "ffv1", "h264rgb", "png"])
    last = kill_one(tmp_path / "takes", codec, chance.uniform(0.0, 4.0))
    assert_whole_but_the_last_second(tmp_path / "takes", last)
