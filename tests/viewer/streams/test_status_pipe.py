"""viewer.streams.status_pipe: whole lines or none, and never a wait."""

from __future__ import annotations

import os

from viewer.streams.messages import read_status
from viewer.streams.status_pipe import StatusPipe
from viewer.streams.values import StreamStatus


def test_statuses_arrive_and_those_without_room_are_left_out_whole() -> None:
    read_end, write_end = os.pipe()
    pipe = StatusPipe(write_end)
    for frames in range(200):  # together far more than a pipe holds
        pipe.tell(StreamStatus(1, "live", frames=frames, thumbnail=bytes(3000)))
    os.set_blocking(read_end, False)
    data = os.read(read_end, 1 << 20)
    for frames in (1000, 1001):  # there is room again
        pipe.tell(StreamStatus(1, "live", frames=frames))
    data += os.read(read_end, 1 << 20)
    pipe.close()
    os.close(read_end)
    frames = [read_status(line).frames for line in data.splitlines()]
    assert frames[:3] == [0, 1, 2]
    assert frames[-1] == 1001
    assert len(frames) < 100


def test_nobody_listening_is_no_error() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    pipe = StatusPipe(write_end)
    pipe.tell(StreamStatus(1, "live"))
    pipe.tell(StreamStatus(1, "live"))
    pipe.close()
