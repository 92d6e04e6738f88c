"""Recording: what was shown is in the video at its moment, row for row in the CSV, whatever happens meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from gpu_core.errors import MienError
from gpu_core.expression import NEUTRAL
from gpu_core.frame_record import FrameRecord
from gpu_core.settings import StageTime
from viewer.sessions import recorder
from viewer.sessions.checking import shortcomings
from viewer.sessions.expression_csv import read_csv
from viewer.sessions.growing_file import RecordingError
from viewer.sessions.recorder import Recorder
from viewer.sessions.recording import BACKGROUND, RecordingForm
from viewer.sessions.session import open_session
from viewer.sessions.session_writer import SessionWriter

SIZE, FPS = 64, 30.0
FORM = RecordingForm(FPS)
REPOSITORY = Path(__file__).parents[3]


def picture(number: int, size: int = SIZE) -> NDArray[np.uint8]:
    """A picture that says its number in eight black or white squares; the lower half is transparent."""
    pixels = np.zeros((size, size, 4), np.uint8)
    square = size // 8
    for bit in range(8):
        pixels[:square, bit * square : (bit + 1) * square, :3] = 255 * (number >> bit & 1)
    pixels[square : size // 2, :, :3] = (200, 60, 30)
    pixels[: size // 2, :, 3] = 255
    return pixels


def number(rgb: NDArray[np.uint8]) -> int:
    """What a decoded picture says."""
    square = SIZE // 8
    return sum((rgb[square // 2, bit * square + square // 2].mean() > 128) << bit for bit in range(8))


def decoded(path: Path) -> list[tuple[float, NDArray[np.uint8]]]:
    """(seconds, picture) of each frame. Its matrix comes from the file's own tags."""
    with av.open(str(path)) as container:
        return [(float(frame.time), frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


def record(folder: Path, times: list[float]) -> Recorder:
    with Recorder(folder, FORM, SIZE) as session:
        for index, time_s in enumerate(times):
            session.add(picture(index), NEUTRAL.with_weights({"jawOpen": index / 100}), time_s)
    return session


def test_sixty_frames_come_back(tmp_path: Path) -> None:
    session = record(tmp_path, [100 + i / FPS for i in range(60)])
    frames = decoded(session.video_path)
    assert [number(rgb) for _, rgb in frames] == list(range(60))
    assert [seconds for seconds, _ in frames] == pytest.approx([i / FPS for i in range(60)], abs=1e-3)
    assert (session.frames, session.seconds, session.skipped) == (60, 2.0, 0)
    rows = read_csv(session.csv_path)
    assert [face["jawOpen"] for _, face in rows if face] == pytest.approx([i / 100 for i in range(60)])
    assert [seconds for seconds, _ in rows] == pytest.approx([i / FPS for i in range(60)], abs=1e-3)


def test_colours_survive_and_the_background_is_the_viewers(tmp_path: Path) -> None:
    _, rgb = decoded(record(tmp_path, [0.0, 1 / FPS]).video_path)[0]
    assert rgb[SIZE // 3, SIZE // 2] == pytest.approx((200, 60, 30), abs=6)
    assert rgb[-4, SIZE // 2] == pytest.approx(BACKGROUND, abs=3)


def test_a_finished_video_is_tagged_and_can_be_sought_in(tmp_path: Path) -> None:
    with av.open(str(record(tmp_path, [i / FPS for i in range(60)]).video_path)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (stream.average_rate, stream.frames, float(stream.duration * stream.time_base)) == (30, 60, 2.0)
        context = stream.codec_context
        assert [int(context.color_primaries), int(context.color_trc), int(context.colorspace)] == [1, 1, 1]


def test_gaps_repeat_and_surplus_is_skipped(tmp_path: Path) -> None:
    session = record(tmp_path, [0.0, 0.001, 1 / FPS, 4 / FPS])  # numbers 0, (1), 2, -, -, 3
    assert [number(rgb) for _, rgb in decoded(session.video_path)] == [0, 2, 2, 2, 3]
    assert session.skipped == 1
    assert [face["jawOpen"] for _, face in read_csv(session.csv_path) if face] == [0.0, 0.02, 0.02, 0.02, 0.03]


def test_the_last_picture_is_held_to_the_end(tmp_path: Path) -> None:
    session = Recorder(tmp_path, FORM, SIZE)
    session.add(picture(7), None, 5.0)
    session.close(end_s=6.0)
    assert [number(rgb) for _, rgb in decoded(session.video_path)] == [7] * 30
    assert [face for _, face in read_csv(session.csv_path)] == [None] * 30


def test_jittered_times_lose_nothing(tmp_path: Path) -> None:
    jitter = np.random.default_rng(0).uniform(-0.3, 0.3, 40)
    session = record(tmp_path, [0.0, *((i + jitter[i]) / FPS for i in range(1, 40))])
    assert [number(rgb) for _, rgb in decoded(session.video_path)] == list(range(40))


@pytest.mark.parametrize("size", [33, 65])
def test_an_odd_size_grows_by_one(tmp_path: Path, size: int) -> None:
    with Recorder(tmp_path, FORM, size) as session:
        session.add(np.full((size, size, 4), 255, np.uint8), NEUTRAL, 0.0)
    ((_, rgb),) = decoded(session.video_path)
    assert rgb.shape == (size + 1, size + 1, 3)
    assert rgb.min() > 250


def test_both_files_can_be_read_while_it_records(tmp_path: Path) -> None:
    with Recorder(tmp_path, FORM, SIZE) as session:
        for index in range(100):
            session.add(picture(index), NEUTRAL, index / FPS)
        until(lambda: session.frames == 100)
        seen = [number(rgb) for _, rgb in decoded(session.video_path)]
        assert len(read_csv(session.csv_path)) == 100
    assert len(seen) >= 60  # what is not yet on the disk: the fragment in the making and what the encoder holds
    assert seen == list(range(len(seen)))


def test_a_session_never_overwrites_another(tmp_path: Path) -> None:
    folders = {record(tmp_path, [0.0]).folder for _ in range(3)}
    assert len(folders) == 3


def test_a_session_without_a_frame_leaves_nothing(tmp_path: Path) -> None:
    with Recorder(tmp_path / "new", FORM, SIZE) as session:
        assert session.csv_path.exists()
    assert list((tmp_path / "new").iterdir()) == []


def test_closing_again_is_fine_and_adding_then_is_not(tmp_path: Path) -> None:
    session = record(tmp_path, [0.0])
    session.close()
    with pytest.raises(RecordingError, match="has ended"):
        session.add(picture(0), NEUTRAL, 1.0)


def test_a_picture_of_another_size_is_refused_and_the_rest_is_kept(tmp_path: Path) -> None:
    with Recorder(tmp_path, FORM, SIZE) as session:
        session.add(picture(0), NEUTRAL, 0.0)
        with pytest.raises(RecordingError, match="does not fit a recording of 64x64"):
            session.add(picture(1, 128), NEUTRAL, 1 / FPS)
    assert len(decoded(session.video_path)) == 1


def test_a_full_queue_makes_it_wait_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "QUEUE_FRAMES", 1)
    session = record(tmp_path, [i / FPS for i in range(30)])
    assert session.waits > 0
    assert session.waited_s > 0
    assert [number(rgb) for _, rgb in decoded(session.video_path)] == list(range(30))


def test_a_folder_that_cannot_be_written_to_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(MienError, match=r"cannot record: .*Not a directory") as raised:
        Recorder(tmp_path / "file" / "sessions", FORM, SIZE)
    assert "\n" not in str(raised.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_one_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    with pytest.raises(MienError, match=r"cannot record: .*Permission denied"):
        Recorder(tmp_path, FORM, SIZE)


# Disasters happen to a process of their own. Noise, so that the video grows quickly.
VICTIM = """
import resource, sys
from pathlib import Path
import numpy as np
from gpu_core.errors import MienError
from gpu_core.expression import NEUTRAL
from viewer.sessions.recorder import Recorder
from viewer.sessions.recording import RecordingForm

folder, limit = Path(sys.argv[1]), int(sys.argv[2])
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
random = np.random.default_rng(0)
try:
    with Recorder(folder, RecordingForm(30), 64) as session:
        for index in range(100_000):
            pixels = random.integers(0, 256, (64, 64, 4), np.uint8)
            session.add(pixels, NEUTRAL, index / 30)
            if index == 200:
                print("going", flush=True)
except MienError as error:
    print(error)
"""


def victim(folder: Path, limit: int = 0) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", "-c", VICTIM, str(folder), str(limit)]
    return subprocess.Popen(
        command, cwd=REPOSITORY, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )  # fmt: skip


def played(path: Path) -> int:
    """How many frames a player shows. It passes over what was torn at the very end; nothing else may be broken."""
    frames = 0
    with av.open(str(path)) as container:
        packets = list(container.demux(video=0))  # the last one is empty: it asks for what the decoder holds
        for left, packet in zip(range(len(packets))[::-1], packets, strict=True):
            try:
                frames += len(packet.decode())
            except av.error.InvalidDataError:
                assert left <= 1, "a packet before the last is broken"
    return frames


def test_a_killed_process_leaves_a_video_that_plays_and_a_whole_csv(tmp_path: Path) -> None:
    with victim(tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "going\n"
        process.send_signal(signal.SIGKILL)
    (folder,) = tmp_path.iterdir()
    rows = read_csv(folder / "expressions.csv")
    assert all(face is not None for _, face in rows)
    assert (folder / "expressions.csv").read_bytes().endswith(b"\n")
    frames = played(folder / "video.mp4")
    assert len(rows) - 60 <= frames <= len(rows)
    assert frames >= 100


@pytest.mark.parametrize("limit", [0x80, 0x800, 0x60000])
def test_a_full_disk_is_one_line_and_what_fitted_plays(tmp_path: Path, limit: int) -> None:
    with victim(tmp_path, limit) as process:
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    *_, told = output.splitlines()
    assert told.endswith("File too large")
    if limit < 0x100:  # not even the header of the CSV
        assert list(tmp_path.iterdir()) == []
        return
    (folder,) = tmp_path.iterdir()
    frames = len(decoded(folder / "video.mp4"))
    assert frames >= (60 if limit > 0x10000 else 0)
    assert len(read_csv(folder / "expressions.csv")) >= frames


def until(condition: Callable[[], bool], timeout_s: float = 10.0) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.005)


def test_stages_that_are_told_late_or_early_find_their_frame(tmp_path: Path) -> None:
    with Recorder(tmp_path, FORM, SIZE) as session:
        session.amend(71, (StageTime("early", 5, 1.5),))
        for index in range(3):
            session.add(picture(index), NEUTRAL, index / FPS, steady_record(70 + index))
        session.amend(72, (StageTime("infer", 5, 2.5, "gpu"),))
        session.amend(999, (StageTime("infer", 5, 2.5, "gpu"),))
        until(lambda: session.frames == 3)
    found = open_session(session.folder).timings()
    assert found["early"] == {1: 1.5}
    assert found["infer"] == {0: 20.0, 1: 20.0, 2: 2.5}
    assert set(found["encode"]) == {0, 1, 2}
    assert [row.engine_frame for row in open_session(session.folder).index()] == [70, 71, 72]


def steady_record(index: int) -> FrameRecord:
    now_ns = time.perf_counter_ns()
    stages = (StageTime("infer", now_ns - 20_000_000, 20.0),)
    return FrameRecord(index, now_ns, now_ns, now_ns, now_ns, stages, True, 1, 0, "host")


def test_a_disk_that_takes_its_time_keeps_nobody_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has no room in the longest queue is counted as well."""
    monkeypatch.setattr(recorder, "QUEUE_ROWS", 8)
    gate = threading.Event()
    write = SessionWriter.show
    monkeypatch.setattr(SessionWriter, "show", lambda *given: gate.wait(30) and write(*given))
    session = Recorder(tmp_path, RecordingForm(FPS, patient=False), SIZE)
    for index in range(40):
        session.add(picture(index), NEUTRAL, index / FPS)
        session.amend(index, ())
    gate.set()
    session.close()
    assert session.lost_rows > 0
    assert shortcomings(session.folder) == []
    assert open_session(session.folder).told("counts", "lost_rows") == session.lost_rows
