"""The thread that sends: what becomes of files whose disk or folder fails, and of servers that come and go."""

from __future__ import annotations

import resource
import shutil
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import av
import psutil
import pytest

from tests.rtmp_server import HOST, free_ports
from tests.viewer.push.feeding import until
from tests.viewer.sessions.recording_process import number_of
from viewer.push.coded import Coded, Tracks
from viewer.push.sender import Sender
from viewer.push.target import parse_target


class Encoder:
    """Puts frames for ever, as an encoder does: a key frame where one is wanted."""

    def __init__(self, sender: Sender, frames: list[Coded]) -> None:
        self._queue, self._frames, self._number = sender.queue, frames, 0

    def until(self, is_over: Callable[[], object]) -> None:
        """Go on until something holds."""
        until(lambda: self._put() or is_over())

    def _put(self) -> None:
        if self._queue.wants_key:
            self._number += -self._number % len(self._frames)
        while self._queue.is_open and self._queue.frames < 10:
            piece = self._frames[self._number % len(self._frames)]
            self._queue.put(Coded(piece.data, self._number, 1, piece.is_key))
            self._number += 1


def opened(to: object, tracks: Tracks) -> Sender:
    sender = Sender(parse_target(str(to)), tracks)
    sender.start()
    return sender


@pytest.mark.parametrize("name", ["a.mp4", "a.ts"])
def test_a_full_disk_ends_it_in_a_line_and_the_file_is_playable(
    tmp_path: Path, frames: list[Coded], tracks: Tracks, name: str
) -> None:
    sender = opened(tmp_path / name, tracks)
    encoder = Encoder(sender, frames)
    encoder.until(lambda: sender.status().frames > 3)
    limit = 80_000  # bytes that a file of the process may have: what a quota does
    psutil.Process(sender.process_id).rlimit(resource.RLIMIT_FSIZE, (limit, limit))
    encoder.until(lambda: sender.status().state == "failed")
    sender.close(5.0)
    told = sender.status()
    assert told.note == f"{tmp_path / name}: the file may not grow further"
    assert told.reconnects == 0
    with av.open(str(tmp_path / name)) as container:
        seen = [number_of(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]
    assert len(seen) > 50
    assert seen == [number % 50 for number in range(len(seen))]


@pytest.mark.parametrize("name", ["a.flv", "a.m3u8"])
def test_a_folder_that_vanishes_ends_it_in_a_line(
    tmp_path: Path, frames: list[Coded], tracks: Tracks, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.push.sender.LOOK_S", 0.05)
    folder = tmp_path / "folder"
    folder.mkdir()
    sender = opened(folder / name, tracks)
    encoder = Encoder(sender, frames)
    encoder.until(lambda: sender.status().frames > 3)
    shutil.rmtree(folder)
    encoder.until(lambda: sender.status().state == "failed")
    sender.close(5.0)
    assert sender.status().note == f"{folder / name}: the folder is gone"


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (f"rtmp://{HOST}:PORT/live/a", f"nobody listens at {HOST}:PORT"),
        (f"rtsp://{HOST}:PORT/a", f"nobody listens at {HOST}:PORT"),
        (f"http://{HOST}:PORT/a.m3u8", f"nobody listens at {HOST}:PORT"),
        ("rtmp://no-such-host.invalid/live/a", "no host is called no-such-host.invalid"),
    ],
)
def test_a_server_that_is_not_there_is_waited_for(frames: list[Coded], tracks: Tracks, where: str, said: str) -> None:
    port = str(free_ports(1)[0])
    sender = opened(where.replace("PORT", port), tracks)
    Encoder(sender, frames).until(lambda: sender.status().state == "waiting")
    assert sender.status().note == said.replace("PORT", port)
    assert not sender.wait_live(0.0)
    child = psutil.Process(sender.process_id)
    sender.close(5.0)
    assert sender.status().state == "closed"
    assert not child.is_running()


def test_a_server_that_hangs_delays_the_end_no_longer_than_it_may(frames: list[Coded], tracks: Tracks) -> None:
    with socket.create_server((HOST, 0)) as mute, ExitStack() as taken:
        mute.setblocking(False)

        def is_there() -> bool:
            with suppress(BlockingIOError):
                taken.enter_context(mute.accept()[0])
                return True
            return False

        sender = opened(f"rtmp://{HOST}:{mute.getsockname()[1]}/live/a", tracks)
        Encoder(sender, frames).until(is_there)
        child = psutil.Process(sender.process_id)
        sender.close(0.2)
    assert sender.status().state == "closed"
    assert not child.is_running()


def test_an_unexpected_error_is_a_failure_that_is_told(
    tmp_path: Path, frames: list[Coded], tracks: Tracks, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    sender = Sender(parse_target(str(tmp_path / "a.ts")), tracks)
    monkeypatch.setattr(sender._link, "open", lambda _first: 1 / 0)
    sender.start()
    Encoder(sender, frames).until(lambda: sender.status().state == "failed")
    sender.close(1.0)
    assert "see the log" in sender.status().note
    assert "ZeroDivisionError" in caplog.text


def test_the_rate_is_of_the_last_seconds(tmp_path: Path, frames: list[Coded], tracks: Tracks) -> None:
    sender = opened(tmp_path / "a.ts", tracks)
    start_s = time.monotonic()
    Encoder(sender, frames).until(lambda: sender.status().frames >= 30)
    told, seconds = sender.status(), time.monotonic() - start_s
    sender.close(5.0)
    most = 2.2 * sum(len(piece.data) for piece in frames) * 8 / 1000 / 0.5
    assert 0 < told.kbps < most
    assert seconds < 60
    assert told.queued <= 10
