"""Whatever happens to the disk, the encoder or the clock: one clear line, what was written is whole, nobody waits."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.viewer.sessions.recording_process import face, number_of, picture
from viewer.sessions.checking import shortcomings
from viewer.sessions.frame_index import DROPPED, SHOWN
from viewer.sessions.growing_file import RecordingError
from viewer.sessions.recorder import Recorder
from viewer.sessions.recording import RecordingForm
from viewer.sessions.recovering import recover
from viewer.sessions.session import open_session
from viewer.sessions.video import VideoFile
from viewer.sessions.video_reading import pictures

SIZE, FPS = 64, 30.0
FORM = RecordingForm(FPS, patient=False)
REPOSITORY = Path(__file__).parents[3]


def add(session: Recorder, numbers: range) -> None:
    for number in numbers:
        session.add(picture(number, SIZE), face(number), number / FPS)


def until_it_stops(session: Recorder, start: int = 0) -> str:
    """Add frames until it says why it stopped; the reason is one line, and said once."""

    def go_on() -> None:
        for number in range(start, 100_000):
            session.add(picture(number, SIZE), face(number), number / FPS)
            time.sleep(0.001)

    with pytest.raises(RecordingError) as raised:
        go_on()
    session.close()  # says nothing more
    assert "\n" not in str(raised.value)
    return str(raised.value)


def numbers(folder: Path) -> list[int]:
    return [number_of(seen[..., :3]) for _, seen in pictures(open_session(folder))]


class Broken:
    """An encoder that fails at its tenth picture."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
        self._write, self._error = VideoFile.write, error
        monkeypatch.setattr(VideoFile, "write", lambda video, pixels: self.write(video, pixels))

    def write(self, video: VideoFile, pixels: Any) -> None:
        if video.frames >= 10:
            raise self._error
        self._write(video, pixels)


@pytest.mark.parametrize("error", [RuntimeError("the encoder is lost"), ValueError(""), MemoryError()])
def test_an_encoder_that_fails_stops_the_recording_and_its_files_are_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    Broken(monkeypatch, error)
    session = Recorder(tmp_path, FORM, SIZE)
    told = until_it_stops(session)
    assert "the recording stopped after 0.3 s" in told
    assert told.endswith(str(error) or type(error).__name__)
    assert shortcomings(session.folder) == []
    assert numbers(session.folder) == list(range(10))
    assert open_session(session.folder).told("problem") == told


def test_a_folder_that_is_removed_is_noticed(tmp_path: Path) -> None:
    session = Recorder(tmp_path, FORM, SIZE)
    add(session, range(3))
    shutil.rmtree(session.folder)
    assert "the folder was removed" in until_it_stops(session, 3) or not session.folder.exists()
    assert not session.folder.exists(), "nothing comes back to where it was taken away"


@pytest.mark.parametrize("jump_s", [-100.0, 7200.0, math.nan, math.inf])
def test_a_clock_that_jumps_ends_the_recording(tmp_path: Path, jump_s: float) -> None:
    session = Recorder(tmp_path, FORM, SIZE)
    add(session, range(5))
    with pytest.raises(RecordingError, match="the clock jumped by"):
        session.add(picture(5, SIZE), face(5), 5 / FPS + jump_s)
    session.close()
    assert shortcomings(session.folder) == []
    assert numbers(session.folder) == list(range(5))


def test_small_steps_of_a_clock_are_none(tmp_path: Path) -> None:
    with Recorder(tmp_path, RecordingForm(FPS), SIZE) as session:
        for time_s in (0.0, 0.1, 0.05, 0.2):
            session.add(picture(0, SIZE), face(0), time_s)
    assert (session.frames, session.skipped) == (7, 1)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """An encoder that waits until this is set."""
    opened, write = threading.Event(), VideoFile.write

    def waiting(video: VideoFile, pixels: Any) -> None:
        opened.wait(30)
        write(video, pixels)

    monkeypatch.setattr(VideoFile, "write", waiting)
    return opened


def test_an_encoder_that_is_behind_holds_nobody_up_and_what_is_dropped_is_told(
    tmp_path: Path, gate: threading.Event
) -> None:
    session = Recorder(tmp_path, FORM, SIZE)
    add(session, range(60))  # were it patient, this would wait for the gate
    gate.set()
    session.close()
    assert 0 < session.dropped < 60
    assert shortcomings(session.folder) == []
    opened = open_session(session.folder)
    assert opened.told("counts", "dropped") == session.dropped
    assert [row.expression for row in opened.track()] == [face(number) for number in range(60)]
    index = list(opened.index())
    assert sum(row.state == DROPPED for row in index) == session.dropped
    seen = numbers(session.folder)
    assert all(seen[row.video_frame] == row.frame for row in index if row.state == SHOWN)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of half a megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = shutil.which("mount") and os.geteuid() == 0
    command = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(disk)]
    if not mounted or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a small file system")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("codec", ["h264", "ffv1", "png"])
def test_a_full_disk_stops_it_and_what_fitted_is_whole(small_disk: Path, codec: str) -> None:
    session = Recorder(small_disk, RecordingForm(FPS, codec=codec, patient=False), SIZE)
    assert "No space left on device" in until_it_stops(session)
    folder = session.folder
    seen = numbers(folder)
    assert len(seen) > 5
    assert sorted(seen) == seen
    assert "contact_sheet.png is missing" in shortcomings(folder)
    assert len(list(open_session(folder).track())) >= len(seen)
    subprocess.run(["mount", "-o", "remount,size=2m", str(small_disk)], check=True)
    recover(folder)
    assert shortcomings(folder) == []
    assert numbers(folder) == seen


# Root may do everything, so this happens to somebody else's process.
REVOKED = """
import os, sys
from pathlib import Path
from gpu_core.errors import MienError
from tests.viewer.sessions.recording_process import face, picture
from viewer.sessions.recorder import Recorder
from viewer.sessions.recording import RecordingForm

if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
session = Recorder(Path(sys.argv[1]), RecordingForm(30, codec=sys.argv[2]), 64)
try:
    for number in range(100):
        if number == 50:
            for path in (session.folder, session.folder / "pictures"):
                if path.exists():
                    path.chmod(0o500)
        session.add(picture(number, 64), face(number), number / 30)
    session.close()
except MienError as error:
    print(error)
print(session.folder)
"""


@pytest.fixture
def somebodys(tmp_path: Path) -> Iterator[Path]:
    """A folder that anybody may write to."""
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)


@pytest.mark.parametrize(("codec", "least"), [("png", 5), ("h264", 100)])
def test_revoked_rights_are_one_line_and_what_was_written_plays(somebodys: Path, codec: str, least: int) -> None:
    done = subprocess.run(
        [sys.executable, "-B", "-c", REVOKED, str(somebodys), codec], cwd=REPOSITORY, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, check=True,
    )  # fmt: skip
    told, folder = done.stdout.splitlines()
    assert "Permission denied" in told
    for path in (Path(folder), Path(folder) / "pictures"):
        if path.exists():
            path.chmod(0o755)
    assert len(numbers(Path(folder))) >= least
    recover(Path(folder))
    assert shortcomings(Path(folder)) == []


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.005)


def test_while_nothing_moves_the_picture_is_held_and_on_the_disk(tmp_path: Path) -> None:
    """An idle window makes no frame, and time passes all the same."""
    now = [0.0]
    session = Recorder(tmp_path, RecordingForm(FPS, patient=False, now_s=lambda: now[0]), SIZE)
    session.add(picture(1, SIZE), face(1), 0.0)
    now[0] = 4.0
    wait_for(lambda: session.frames >= 3 * FPS)
    session.add(picture(2, SIZE), face(2), 4.0)
    session.close(end_s=4.0)
    assert numbers(session.folder) == [1] * 120 + [2]
    assert shortcomings(session.folder) == []
