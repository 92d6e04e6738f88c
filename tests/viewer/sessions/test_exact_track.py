"""The exact track reads back bit by bit, row by row or at random, and whatever else is one line."""

from __future__ import annotations

import math
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gpu_core.expression import ARKIT_SHAPES, NEUTRAL, Expression
from tests.viewer.sessions.recording_process import complaint_of
from viewer.sessions import exact_track
from viewer.sessions.exact_track import HEADER, TrackRow, read_track
from viewer.sessions.layout import SessionError
from viewer.sessions.track_file import TrackFile

HEAD = ",".join(HEADER) + "\n"
doubles = st.floats(allow_nan=False, allow_infinity=False)
faces = st.builds(
    lambda weights, head: Expression(tuple(weights), *head),
    st.lists(doubles, min_size=len(ARKIT_SHAPES), max_size=len(ARKIT_SHAPES)),
    st.tuples(doubles, doubles, doubles),
)
SAME_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)


def bits(expression: Expression | None) -> bytes:
    if expression is None:
        return b""
    return struct.pack("<55d", *expression.weights, expression.yaw, expression.pitch, expression.roll)


def written(path: Path, rows: list[TrackRow]) -> Path:
    path.write_text(HEAD + "".join(exact_track.line(*row) for row in rows))
    return path


@SAME_FOLDER
@given(st.lists(st.tuples(doubles, st.none() | faces), max_size=4))
def test_every_bit_comes_back(tmp_path: Path, told: list[tuple[float, Expression | None]]) -> None:
    rows = [TrackRow(number, *row) for number, row in enumerate(told)]
    path = written(tmp_path / "track.csv", rows)
    read = list(read_track(path))
    assert [bits(row.expression) for row in read] == [bits(row.expression) for row in rows]
    assert [struct.pack("d", row.time_s) for row in read] == [struct.pack("d", row.time_s) for row in rows]
    with TrackFile(path) as track:
        assert [track.row(number) for number in range(len(track))] == read


def test_gaze_is_told_as_well() -> None:
    cells = exact_track.line(0, 0.5, NEUTRAL.with_gaze(12.0, -6.0)).strip().split(",")
    assert [float(cell) for cell in cells[-2:]] == pytest.approx([12.0, -6.0])
    assert len(cells) == len(HEADER) == 2 + 52 + 3 + 2


GOOD = exact_track.line(0, 0.0, NEUTRAL)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "first line"),
        ("a,b\n", "first line"),
        (HEAD.replace("frame", "Frame"), "first line"),
        (HEAD + "1,2\n", "2 cells where 59 belong"),
        (HEAD + GOOD.replace("0,0.0", "1,0.0", 1), "frame 1 where frame 0 belongs"),
        (HEAD + GOOD.replace("0,0.0", "0,nan", 1), "'nan' is no finite number"),
        (HEAD + GOOD.replace("0.0,0.0", "0.0,1e999", 1), "no finite number"),
        (HEAD + GOOD.replace("0,0.0", "x,0.0", 1), "'x' is no whole number"),
        (HEAD + "1," * 100_000 + "\n", "a line too long"),
        (HEAD + "7" * 70_000, "a line too long"),
        (HEAD + GOOD.replace("0,0.0", "0,4\x00", 1), "no finite number"),
    ],
)
def test_what_is_no_track_is_one_line(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "track.csv"
    path.write_text(text)
    with pytest.raises(SessionError, match=complaint) as raised:
        list(read_track(path))
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 400


def test_a_row_that_was_being_written_is_none(tmp_path: Path) -> None:
    path = tmp_path / "track.csv"
    path.write_text(HEAD + GOOD + exact_track.line(1, 0.1, NEUTRAL)[:-9])
    assert len(list(read_track(path))) == 1
    with TrackFile(path) as track:
        assert len(track) == 1


@SAME_FOLDER
@given(st.binary(max_size=400), st.booleans(), st.integers(0, len(HEAD + GOOD)))
def test_no_bytes_make_a_reader_fail_otherwise(tmp_path: Path, junk: bytes, keeps: bool, at: int) -> None:
    whole = (HEAD + GOOD).encode()
    path = tmp_path / "track.csv"
    path.write_bytes(whole[:at] + junk + (whole[at:] if keeps else b""))

    def at_random() -> None:
        with TrackFile(path) as track:
            [track.row(number) for number in range(len(track))]
            track.at(0.0)

    for read in (lambda: list(read_track(path)), at_random):
        assert "\n" not in complaint_of(read)


def test_the_face_of_a_moment_is_the_last_that_was_there(tmp_path: Path) -> None:
    rows = [TrackRow(n, n / 10, NEUTRAL.with_weights({"jawOpen": n / 100})) for n in range(50)]
    with TrackFile(written(tmp_path / "track.csv", rows)) as track:
        assert track.seconds == rows[-1].time_s
        for time_s in (-1.0, 0.0, 0.05, 0.1, 2.3499, 4.9, 99.0):
            expected = max((row for row in rows if row.time_s <= time_s), default=rows[0])
            assert track.at(time_s) == expected.expression


def test_hours_are_not_read_to_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [TrackRow(n, n / 30, NEUTRAL) for n in range(3000)]
    path = written(tmp_path / "track.csv", rows)
    parsed = []
    row_of = exact_track.row_of
    monkeypatch.setattr(exact_track, "row_of", lambda *given: parsed.append(given) or row_of(*given))
    with TrackFile(path) as track:
        assert len(track) == 3000
        assert not parsed
        track.at(50.0)
        assert len(parsed) <= math.log2(3000) + 2
