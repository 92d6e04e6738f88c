"""Any CSV of expressions: what phones and other tools write, and what happens to files on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gpu_core.expression import ARKIT_SHAPES, NEUTRAL
from viewer.sessions.csv_reading import read_table
from viewer.sessions.expression_csv import HEADER, row
from viewer.sessions.timed_expression import TakeError, TakeRows

TEN_DIGITS = st.integers(0, 10**10).map(lambda n: n / 10**10)


def read(tmp_path: Path, text: str | bytes, fps: float | None = None) -> TakeRows:
    path = tmp_path / "a take 表情.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_table(path, fps)


def test_a_phone_at_sixty_and_one_at_thirty(tmp_path: Path) -> None:
    for frames in (1, 2):  # of the timecode, which counts 60 a second
        stamps = [12 * 3600 + index * frames / 60 for index in range(240)]
        found = read(tmp_path, "\n".join([",".join(HEADER), *(row(NEUTRAL, time) for time in stamps), ""]))
        assert [time for time, _ in found.rows] == pytest.approx([i * frames / 60 for i in range(240)], abs=1e-4)
        assert found.remarks == ()


def test_european_tables(tmp_path: Path) -> None:
    found = read(tmp_path, "time_ms;jaw_open;mouth_smile_l;head_yaw_deg\n0;0,5;1;-10,5\n40;0,25;0;0\n")
    (_, face), (time, _) = found.rows
    assert face is not None
    assert (face["jawOpen"], face["mouthSmileLeft"], face.yaw, time) == (0.5, 1.0, 10.5, 0.04)
    assert found.remarks == ()


def test_a_timecode_that_is_a_number_counts_seconds(tmp_path: Path) -> None:
    found = read(tmp_path, "timeCode,blendShapes.JawOpen\n0.0,0.5\n0.04,0.25\n")
    assert [(time, face["jawOpen"]) for time, face in found.rows if face] == [(0, 0.5), (0.04, 0.25)]
    assert found.remarks == ()
    with pytest.raises(TakeError, match="no timecode"):
        read(tmp_path, "timeCode,JawOpen\n00:00:00:00.0,0\n0.04,0\n")


def test_what_is_assumed_is_told(tmp_path: Path) -> None:
    found = read(tmp_path, "jawOpen,Mood,yaw\n0.1,happy,0\n0.2\n0.3,sad,20\n0.4,s")
    assert [time for time, _ in found.rows] == pytest.approx([0, 1 / 30, 2 / 30])
    assert found.rows[1].expression is None
    assert found.rows[2].expression == NEUTRAL.with_weights({"jawOpen": 0.3}).with_head(yaw=-20)
    assert [remark.partition(": ")[2] for remark in found.remarks] == [
        "1 column is not known and passed over: Mood",
        "has no column of time: its rows are taken as 30 a second",
        "the head's angles are taken as degrees: some are beyond a full turn in radians",
        "1 rows lack cells: taken as without a face",
        "the last row is cut off: left out",
    ]
    assert len(read(tmp_path, "jawOpen\n1\n1\n", 60).remarks) == 0


def test_a_phones_faceless_rows_are_not_a_remark(tmp_path: Path) -> None:
    found = read(tmp_path, f"{','.join(HEADER)}\n{row(NEUTRAL, 0)}\n00:00:00:02.000,0\n{row(None, 0.1)}\n")
    assert [face is None for _, face in found.rows] == [False, True, True]
    assert all("timecode" in remark for remark in found.remarks)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("jawOpen,time\n0.1,0,5\n", ":2: has 3 cells, while the first line names 2"),
        ("jawOpen,time\n0.1,0\n0.1,soon\n", ":3: .*soon"),
        ("jawOpen,time\n0.1\n0.1,1\n", ":2: "),
        ("jawOpen,Timecode\n0.1,-1:00:00:00\n", ":2: .*no timecode"),
        ("jawOpen,time\nNaN,0\n", ":2: jawOpen is 'NaN', no number"),
        ("jawOpen,yaw,time\n0,inf,0\n", ":2: yaw is 'inf', no number"),
        ("jawOpen," * 5000, ":1: .*columns"),
        (",".join(f"c{i}" for i in range(1_000_000)), ":1: .*more than 65536"),
        ('"jawOpen', "names no blendshape|no CSV|^$"),
        ("{}", "names no blendshape"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "not text"),
    ],
)
def test_bad_files_are_one_line(tmp_path: Path, text: str | bytes, why: str) -> None:
    if text == '"jawOpen':  # a header alone, if a sloppy one
        assert read(tmp_path, text).rows == ()
        return
    with pytest.raises(TakeError, match=why) as caught:
        read(tmp_path, text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


ONCE = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@ONCE
@given(st.lists(TEN_DIGITS, min_size=52, max_size=52), st.integers(0, 86399 * 60), st.permutations(range(52)))
def test_exact_in_any_order(tmp_path: Path, weights: list[float], frames: int, order: list[int]) -> None:
    face = NEUTRAL.with_weights(dict(zip(ARKIT_SHAPES, weights, strict=True)))
    assert read(tmp_path, f"{','.join(HEADER)}\n{row(face, frames / 60)}\n").rows[0].expression == face
    names = ",".join(ARKIT_SHAPES[index] for index in order)
    cells = ",".join(repr(face.weights[index]) for index in order)
    assert read(tmp_path, f"time,{names}\n0,{cells}\n").rows[0].expression == face


CELLS = st.sampled_from(
    ["", "0", "0.5", "-1", "nan", "1e999", "00:00:01:02.5", "99:99:99:99", "x", '"', "\0", "é", "١"]
)
NAMES = st.sampled_from(
    ["Timecode", "time", "frame", "JawOpen", "yaw", "HeadYaw", "BlendShapeCount", "x", "", '"', "t ms"]
)


def read_or_refuse(tmp_path: Path, data: bytes) -> None:
    """Nothing but TakeError comes out of a reader, in one line."""
    try:
        read(tmp_path, data)
    except TakeError as error:
        if len(str(error).splitlines()) != 1:
            raise


@ONCE
@given(
    st.lists(NAMES, min_size=1, max_size=6), st.lists(st.lists(CELLS, max_size=7), max_size=6), st.sampled_from(",;\t")
)
def test_tables_of_junk(tmp_path: Path, names: list[str], body: list[list[str]], separator: str) -> None:
    read_or_refuse(tmp_path, "\n".join(map(separator.join, [names, *body])).encode())


@ONCE
@given(st.binary(max_size=300))
@example(b"\xef\xbb\xbfjawOpen\n\x00")
@example(b"jawOpen\r0\r1")
def test_any_bytes(tmp_path: Path, data: bytes) -> None:
    read_or_refuse(tmp_path, data)
    read_or_refuse(tmp_path, b"Timecode,jawOpen\n" + data)


@ONCE
@given(st.integers(0, 4000))
def test_a_file_cut_anywhere(tmp_path: Path, end: int) -> None:
    read_or_refuse(
        tmp_path, f"{','.join(HEADER)}\n{row(NEUTRAL, 0)}\n{row(None, 0)}\n{row(NEUTRAL, 1)}\n".encode()[:end]
    )


@pytest.mark.soak
@settings(max_examples=5_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(NAMES, min_size=1, max_size=6), st.binary(max_size=400), st.lists(st.lists(CELLS, max_size=7), max_size=6)
)
def test_junk_for_minutes(tmp_path: Path, names: list[str], data: bytes, body: list[list[str]]) -> None:
    read_or_refuse(tmp_path, data)
    read_or_refuse(tmp_path, "\n".join(map(",".join, [names, *body])).encode() + data)


def test_what_a_file_says_of_itself_does_not_break_the_line(tmp_path: Path) -> None:
    with pytest.raises(TakeError) as refused:
        read(tmp_path, b"JawOpen,JawOpen\x0b\x00")
    assert str(refused.value).splitlines() == [str(refused.value)]
    assert "the columns JawOpen and JawOpen" in str(refused.value)
