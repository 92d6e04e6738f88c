"""A recording of any length holds its memory: twenty minutes at 30 frames a second, as fast as they come."""

from __future__ import annotations

import gc
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from gpu_core.frame_record import FrameRecord
from gpu_core.settings import StageTime
from gpu_core.telemetry import open_sampler
from tests.viewer.sessions.recording_process import face, picture
from viewer.sessions.checking import shortcomings
from viewer.sessions.recorder import Recorder
from viewer.sessions.recording import RecordingForm

FPS, FRAMES, EVERY = 30, 36_000, 1500
# Of an hour that is recorded. Measured: 8, which are the MP4's own index of its frames; it doubles in steps, so that a
# third of an hour shows up to 18.
MOST_MB_AN_HOUR = 32.0


def record_of_frame(index: int) -> FrameRecord:
    now_ns = time.perf_counter_ns()
    names = ("pose", "render", "pack", "infer", "unpack", "show")
    stages = tuple(StageTime(name, now_ns - (6 - at) * 5_000_000, 4.0) for at, name in enumerate(names))
    return FrameRecord(index, now_ns, now_ns, now_ns, now_ns, stages, True, 2, 0, "host")


@pytest.mark.soak
def test_a_long_recording_holds_its_memory(tmp_path: Path) -> None:
    pictures = [picture(number, 64) for number in range(50)]
    process, seen = psutil.Process(), []
    with Recorder(tmp_path, RecordingForm(FPS, open_sampler=open_sampler), 64) as session:
        for number in range(FRAMES):
            session.add(pictures[number % 50], face(number), number / FPS, record_of_frame(number))
            if number % EVERY == 0:
                gc.collect()
                seen.append((number / FPS / 3600, process.memory_info().rss / 2**20))
    hours, megabytes = np.array(seen[4:]).T  # the first of them fill queues and tables
    slope, _ = np.polyfit(hours, megabytes, 1)
    assert slope < MOST_MB_AN_HOUR, f"{slope:.1f} MB an hour: {seen}"
    assert shortcomings(session.folder) == []
