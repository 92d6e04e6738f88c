"""gpu_core.trace_file: whatever ends the writing, what was written can be read."""

from __future__ import annotations

import errno
import os
import resource
import shutil
from pathlib import Path

import pytest

from gpu_core.errors import MienError
from gpu_core.trace_file import TraceFile
from tests.chrome_trace import read_trace

EVENT = {"name": "infer", "ph": "X", "ts": 1.5, "dur": 2.0, "pid": 1, "tid": 1}


class Clock:
    ns = 0

    def __call__(self) -> int:
        return self.ns


def test_a_complete_file_is_json_one_event_a_line(tmp_path: Path) -> None:
    file = TraceFile(tmp_path / "new folder" / "trace.json")
    for _ in range(3):
        file.write(EVENT)
    file.close()
    file.close()
    file.write(EVENT)
    assert read_trace(file.path) == [EVENT] * 3
    assert len(file.path.read_text().splitlines()) == 5
    assert file.problem == ""


def test_a_file_without_events_is_json_too(tmp_path: Path) -> None:
    TraceFile(tmp_path / "trace.json").close()
    assert read_trace(tmp_path / "trace.json") == []


def test_what_was_flushed_can_be_read_while_the_file_grows(tmp_path: Path) -> None:
    clock = Clock()
    file = TraceFile(tmp_path / "trace.json", now_ns=clock)
    file.write(EVENT)
    assert not file.is_due
    clock.ns = 1_000_000_000
    assert file.is_due
    file.flush()
    assert not file.is_due
    file.write(EVENT)
    assert read_trace(file.path, ended=False) == [EVENT]
    file.close()


def test_a_file_that_cannot_be_begun_is_one_line(tmp_path: Path) -> None:
    for path, why in ((tmp_path, "Is a directory"), (Path("/proc/none/trace.json"), "No such file or directory")):
        with pytest.raises(MienError, match=f"^the trace {path} cannot be written: {why}$"):
            TraceFile(path)


def test_a_disk_that_fills_leaves_whole_events(tmp_path: Path) -> None:
    file = TraceFile(tmp_path / "trace.json")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        for number in range(5_000):
            file.write({**EVENT, "ts": number})
        file.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert file.problem == f"the trace {file.path} ends early: {os.strerror(errno.EFBIG)}"
    events = read_trace(file.path, ended=False)
    assert 500 < len(events) < 1_500
    assert [event["ts"] for event in events] == list(range(len(events)))


def test_a_trace_whose_folder_is_deleted_is_not_written_into_nothing(tmp_path: Path) -> None:
    file = TraceFile(tmp_path / "folder" / "trace.json")
    file.write(EVENT)
    file.flush()
    assert file.problem == ""
    shutil.rmtree(tmp_path / "folder")
    file.write(EVENT)
    file.close()
    assert file.problem == f"the trace {file.path} ends early: somebody has deleted it"
    assert not file.is_open


def test_a_trace_that_somebody_forgot_ends_while_it_can_still_be_opened(tmp_path: Path) -> None:
    file = TraceFile(tmp_path / "trace.json", most_bytes=200_000)
    for _ in range(10_000):
        file.write(EVENT)
    assert not file.is_open
    assert file.problem == f"the trace {file.path} ends at 0 MB"
    assert 1_000 < len(read_trace(file.path)) < 5_000
    assert file.path.stat().st_size < 270_000
    small = TraceFile(tmp_path / "small.json", most_bytes=10)
    small.write(EVENT)
    small.close()
    assert read_trace(small.path) == [EVENT], "ended once"


def test_a_disk_with_no_room_at_all_is_no_error() -> None:
    file = TraceFile(Path("/dev/full"))
    file.write(EVENT)
    file.flush()
    file.write(EVENT)
    file.close()
    assert file.problem == f"the trace /dev/full ends early: {os.strerror(errno.ENOSPC)}"
    assert not file.is_open


def test_a_disk_that_is_taken_away_is_no_error(tmp_path: Path) -> None:
    file = TraceFile(tmp_path / "trace.json")
    file.write(EVENT)
    os.close(file._file.fileno())
    file.flush()
    file.close()
    assert "ends early: Bad file descriptor" in file.problem
