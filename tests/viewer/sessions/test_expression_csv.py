"""The CSV of Live Link Face: written as phones write it, read as the world bends it."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gpu_core.expression import ARKIT_SHAPES, NEUTRAL, Expression
from viewer.sessions.expression_csv import (
    HEADER,
    CsvWriter,
    TakeError,
    TimedExpression,
    read_csv,
    row,
    timecode,
    write_csv,
)  # fmt: skip

# From a real take.
PHONE_HEADER = (
    "Timecode,BlendShapeCount,EyeBlinkLeft,EyeLookDownLeft,EyeLookInLeft,EyeLookOutLeft,EyeLookUpLeft,EyeSquintLeft,"
    "EyeWideLeft,EyeBlinkRight,EyeLookDownRight,EyeLookInRight,EyeLookOutRight,EyeLookUpRight,EyeSquintRight,"
    "EyeWideRight,JawForward,JawRight,JawLeft,JawOpen,MouthClose,MouthFunnel,MouthPucker,MouthRight,MouthLeft,"
    "MouthSmileLeft,MouthSmileRight,MouthFrownLeft,MouthFrownRight,MouthDimpleLeft,MouthDimpleRight,MouthStretchLeft,"
    "MouthStretchRight,MouthRollLower,MouthRollUpper,MouthShrugLower,MouthShrugUpper,MouthPressLeft,MouthPressRight,"
    "MouthLowerDownLeft,MouthLowerDownRight,MouthUpperUpLeft,MouthUpperUpRight,BrowDownLeft,BrowDownRight,BrowInnerUp,"
    "BrowOuterUpLeft,BrowOuterUpRight,CheekPuff,CheekSquintLeft,CheekSquintRight,NoseSneerLeft,NoseSneerRight,"
    "TongueOut,HeadYaw,HeadPitch,HeadRoll,LeftEyeYaw,LeftEyePitch,LeftEyeRoll,RightEyeYaw,RightEyePitch,RightEyeRoll"
)
SMILE = NEUTRAL.with_weights({"mouthSmileLeft": 0.5, "jawRight": 0.25}).with_head(yaw=10, pitch=5, roll=-3)

WEIGHTS = st.tuples(*[st.floats(0, 1)] * len(ARKIT_SHAPES))
EXPRESSIONS = st.builds(Expression, WEIGHTS, st.floats(-32, 32), st.floats(-15, 15), st.floats(-10, 10))


def test_the_header_is_the_phones_letter_by_letter() -> None:
    assert ",".join(HEADER) == PHONE_HEADER
    assert len(HEADER) == 63


def test_weights_stand_under_their_names() -> None:
    cells = dict(zip(HEADER, row(SMILE, 0.0).split(","), strict=True))
    assert (cells["JawRight"], cells["JawLeft"]) == ("0.2500000000", "0.0000000000")
    assert cells["BlendShapeCount"] == "61"


def test_rotations_are_radians_with_the_files_signs() -> None:
    cells = dict(zip(HEADER, row(SMILE.with_gaze(12.5, -9.0), 0.0).split(","), strict=True))
    angles = {name: math.degrees(float(cells[name])) for name in HEADER[54:]}
    assert angles["HeadYaw"] == pytest.approx(-10)
    assert angles["HeadPitch"] == pytest.approx(5)
    assert angles["HeadRoll"] == pytest.approx(3)
    for eye in ("LeftEye", "RightEye"):  # to the character's left and up: both negative in real takes
        assert angles[f"{eye}Yaw"] == pytest.approx(-12.5)
        assert angles[f"{eye}Pitch"] == pytest.approx(-9.0)


@pytest.mark.parametrize(
    ("seconds", "fps", "text"),
    [
        (0.0, 60, "00:00:00:00.000"),
        (12 * 3600 + 27 * 60 + 47 + 47.169 / 60, 60, "12:27:47:47.169"),
        (0.9999999, 60, "00:00:01:00.000"),
        (59.99999999, 30, "00:01:00:00.000"),
        (24 * 3600.0 + 1, 25, "00:00:01:00.000"),
        (1.5, 29.97, "00:00:01:14.985"),
    ],
)
def test_timecode(seconds: float, fps: float, text: str) -> None:
    assert timecode(seconds, fps) == text


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(faces=st.lists(st.none() | EXPRESSIONS, min_size=1, max_size=5), start=st.floats(0, 86399))
def test_what_is_written_is_read_back(tmp_path: Path, faces: list[Expression | None], start: float) -> None:
    path = tmp_path / "take.csv"
    write_csv(path, [TimedExpression(i / 30, face) for i, face in enumerate(faces)], start_s=start)
    read = read_csv(path, 60)
    assert [time for time, _ in read] == pytest.approx([i / 30 for i in range(len(faces))], abs=1e-4)
    for (_, back), face in zip(read, faces, strict=True):
        if face is None or back is None:
            assert back is face
            continue
        assert back.weights == pytest.approx(face.weights, abs=1e-9)
        assert (back.yaw, back.pitch, back.roll) == pytest.approx((face.yaw, face.pitch, face.roll), abs=1e-7)


@pytest.mark.parametrize("fps", [24, 25, 30, 60])
def test_the_rate_is_found_from_a_take_of_some_seconds(tmp_path: Path, fps: int) -> None:
    path = tmp_path / "take.csv"
    write_csv(path, [TimedExpression(i / fps, NEUTRAL) for i in range(3 * fps)], fps=fps, start_s=23 * 3600 + 3599)
    assert read_csv(path)[-1].time_s == pytest.approx(3 - 1 / fps, abs=1e-3)


def test_a_phone_at_thirty_hertz_counts_sixty_frames(tmp_path: Path) -> None:
    path = tmp_path / "take.csv"
    path.write_text("Timecode,JawOpen\n12:27:47:57.169,0\n12:27:47:59.169,1\n12:27:48:01.167,0\n")
    assert [time for time, _ in read_csv(path)] == pytest.approx([0, 1 / 30, 2 / 30], abs=1e-4)


def test_any_order_any_case_and_columns_that_are_not_there(tmp_path: Path) -> None:
    path = tmp_path / "take.csv"
    path.write_text("\ufeffjawOpen,headYaw,Mood,timecode,BlendshapeCount\r\n0.5,0.1,happy,00:00:00:00.000,61\r\n\r\n")
    ((time, face),) = read_csv(path)
    assert face is not None
    assert (time, face["jawOpen"], face["tongueOut"]) == (0.0, 0.5, 0.0)
    assert face.yaw == pytest.approx(-math.degrees(0.1))


def test_no_face_is_none(tmp_path: Path) -> None:
    path = tmp_path / "take.csv"
    whole = row(NEUTRAL, 0.0)
    cut = ",".join(row(NEUTRAL, 0.2).split(",")[:40])
    path.write_text("\n".join([",".join(HEADER), whole, "00:00:00:06.000,0", row(None, 0.15), cut, ""]))
    assert [face is None for _, face in read_csv(path)] == [False, True, True, True]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (row(NEUTRAL, 0.0).replace("0.0000000000", "smile", 1), "EyeBlinkLeft is 'smile'"),
        (row(NEUTRAL, 0.0).replace("0.0000000000", "nan", 1), "EyeBlinkLeft is 'nan'"),
        ("half past nine" + row(NEUTRAL, 0.0)[15:], "no timecode"),
        ("00:61:00:00.0" + row(NEUTRAL, 0.0)[15:], "no timecode"),
    ],
)
def test_a_broken_row_is_named_by_its_line(tmp_path: Path, line: str, why: str) -> None:
    path = tmp_path / "take.csv"
    path.write_text("\n".join([",".join(HEADER), row(NEUTRAL, 0.0), line, row(NEUTRAL, 0.1)]))
    with pytest.raises(TakeError, match=rf"take\.csv:3: .*{why}"):
        read_csv(path)


@pytest.mark.parametrize("data", [b"", b"\x00\xff\xfe" * 99, b"a,b\n1,2\n", b"x" * 200_000, b'"Timecode\n'])
def test_something_else_is_no_take(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "take.csv"
    path.write_bytes(data)
    with pytest.raises(TakeError, match=r"take\.csv.* no CSV of expressions"):
        read_csv(path)


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(TakeError, match="No such file"):
        read_csv(tmp_path / "gone.csv")


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "take.csv"
    write_csv(path, [TimedExpression(0, SMILE)])
    with pytest.raises(TakeError, match="cannot be written"):
        write_csv(tmp_path / "no folder" / "take.csv", [])
    path.with_name("folder.csv").mkdir()
    with pytest.raises(TakeError, match="cannot be written"):
        write_csv(path.with_name("folder.csv"), [])
    assert read_csv(path)[0].expression is not None
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder.csv", "take.csv"]


def test_the_writer_appends_and_never_overwrites(tmp_path: Path) -> None:
    path = tmp_path / "take.csv"
    with CsvWriter(path) as writer:
        writer.write(SMILE, 0.0)
        assert len(read_csv(path)) == 1  # readable while it is open
        writer.write(None, 1 / 30)
        writer.close()
        writer.close()
    assert [face is None for _, face in read_csv(path)] == [False, True]
    with pytest.raises(FileExistsError):
        CsvWriter(path)
