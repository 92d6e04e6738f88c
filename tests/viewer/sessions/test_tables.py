"""Index, timings and files that only grow: what is written is read, what is torn is cut, what is foreign is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gpu_core.nvml import GpuSample
from gpu_core.settings import StageTime
from gpu_core.telemetry import UtilisationSample
from tests.viewer.sessions.recording_process import complaint_of
from viewer.sessions import frame_index
from viewer.sessions.append_file import AppendFile, cut_to_whole_lines
from viewer.sessions.frame_index import STATES, IndexRow, read_index
from viewer.sessions.layout import SessionError
from viewer.sessions.timings import TIMINGS_HEADER, read_timings, sample_line, stage_lines

SAME_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
moments = st.floats(allow_nan=False, allow_infinity=False)
rows = st.builds(
    IndexRow, st.just(0), moments, st.integers(0), st.sampled_from(STATES), st.integers(-1), st.integers(0),
    st.integers(0), st.booleans(), st.sampled_from(["host", "cuda", ""]),
)  # fmt: skip


def write_table(path: Path, header: tuple[str, ...], text: str) -> Path:
    path.write_text(",".join(header) + "\n" + text)
    return path


@SAME_FOLDER
@given(st.lists(rows, max_size=5))
def test_an_index_reads_back(tmp_path: Path, told: list[IndexRow]) -> None:
    told = [row._replace(frame=number) for number, row in enumerate(told)]
    path = write_table(tmp_path / "index.csv", frame_index.HEADER, "".join(row.line() for row in told))
    assert list(read_index(path)) == told


@pytest.mark.parametrize(
    "row", ["0,0.0,-1,shown,1,2,3,1,host", "1,0.0,0,shown,1,2,3,1,host", "0,0.0,0,gone,1,2,3,1,host", "0,0.0,0,shown"]
)
def test_a_broken_index_is_one_line(tmp_path: Path, row: str) -> None:
    path = write_table(tmp_path / "index.csv", frame_index.HEADER, row + "\n")
    with pytest.raises(SessionError, match=r"index\.csv:2: "):
        list(read_index(path))


@SAME_FOLDER
@given(st.binary(max_size=200))
def test_no_bytes_make_the_readers_fail_otherwise(tmp_path: Path, junk: bytes) -> None:
    for header, read in ((frame_index.HEADER, lambda path: list(read_index(path))), (TIMINGS_HEADER, read_timings)):
        path = tmp_path / "table.csv"
        path.write_bytes(",".join(header).encode() + b"\n" + junk)
        assert "\n" not in complaint_of(lambda read=read, path=path: read(path))


def test_a_stage_that_comes_twice_is_a_sum_and_a_gpus_word_counts(tmp_path: Path) -> None:
    told = (
        stage_lines(0, [StageTime("pose", 1, 0.5), StageTime("read", 1, 1.0), StageTime("read", 2, 2.0)])
        + stage_lines(1, [StageTime("infer", 1, 20.0)])
        + stage_lines(1, [StageTime("infer", 1, 2.5, "gpu")])
    )
    found = read_timings(write_table(tmp_path / "timings.csv", TIMINGS_HEADER, told))
    assert found == {"pose": {0: 0.5}, "read": {0: 3.0}, "infer": {1: 2.5}}


def test_a_sample_is_a_row_whatever_its_gpu_tells() -> None:
    told = sample_line(UtilisationSample(5, 101.25, 50.0, 300.0)).strip().split(",")
    assert told == ["5", "101.2", "50.0", "300.0", ""]
    gpu = GpuSample(**dict.fromkeys(GpuSample.__dataclass_fields__, 1))
    assert len(sample_line(UtilisationSample(5, 1.0, 2.0, 3.0, gpu)).strip().split(",")) == 5


def test_what_is_appended_is_there_at_once(tmp_path: Path) -> None:
    file = AppendFile(tmp_path / "a", "head")
    file.append("one\n")
    assert (tmp_path / "a").read_text() == "head\none\n"
    file.close()
    with pytest.raises(FileExistsError):
        AppendFile(tmp_path / "a", "head")


@given(kept=st.lists(st.text("ab", max_size=70_000), max_size=3), torn=st.text("ab", max_size=70_000))
@settings(suppress_health_check=list(HealthCheck), max_examples=20, deadline=None)
def test_a_torn_line_is_cut_off(tmp_path: Path, kept: list[str], torn: str) -> None:
    path, whole = tmp_path / "a", "".join(line + "\n" for line in kept)
    path.write_text(whole + torn)
    assert cut_to_whole_lines(path) == len(torn)
    assert path.read_text() == whole
