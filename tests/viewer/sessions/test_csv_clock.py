"""When a row was: timecodes, times with and without a unit, frame numbers."""

from __future__ import annotations

import pytest

from viewer.sessions.csv_clock import clock_of, from_numbers, from_timecodes, moment, preferred, stamp


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("Timecode", "timecode"), ("time", "?"), ("TimeStamp", "?"), ("t", "?"), ("time_s", "s"), ("Time (ms)", "ms"),
        ("timestamp_us", "us"), ("seconds", "s"), ("elapsed_ns", "ns"), ("Frame", "frame"), ("frame_number", "frame"),
        ("index", None), ("mood", None), ("timeline", None), ("", None), ("tongueOut", None), ("42", None),
    ],
)  # fmt: skip
def test_names_of_clocks(name: str, unit: str | None) -> None:
    found = clock_of(name)
    assert (found and found.unit) == unit


def test_of_several_clocks_the_best_is_taken() -> None:
    names = ("frame", "time", "time_ms", "timecode")
    found = preferred([clock for name in names if (clock := clock_of(name))])
    assert found is not None
    assert found.unit == "timecode"
    assert preferred([]) is None


@pytest.mark.parametrize(
    ("name", "values", "fps", "times", "remark"),
    [
        ("time_s", [5, 5.5], None, [0, 0.5], ""),
        ("time", [5, 5.5], None, [0, 0.5], ""),
        ("ms", [100, 133], None, [0, 0.033], ""),
        ("time", [100, 133, 166], None, [0, 0.033, 0.066], "taken as ms"),
        ("timestamp", [1e15, 1e15 + 33000], None, [0, 0.033], "taken as us"),
        ("timestamp", [1e18, 1e18 + 3.3e7], None, [0, 0.033], "taken as ns"),
        ("frame", [10, 13], None, [0, 0.1], "30 frames a second"),
        ("frame", [10, 13], 60, [0, 0.05], ""),
        ("time", [7], None, [0], ""),
    ],
)
def test_numbers(name: str, values: list[float], fps: float | None, times: list[float], remark: str) -> None:
    clock = clock_of(name)
    assert clock is not None
    found, said = from_numbers(clock, values, fps)
    assert found == pytest.approx(times, rel=1e-5)
    assert remark in said
    assert bool(remark) == bool(said)


def test_midnight_passes_and_steps_back_stay() -> None:
    assert from_timecodes([(86399, 30.0), (1, 0.0), (0, 30.0)], 60)[0] == pytest.approx([0, 1.5, 1])


def test_a_take_too_short_to_show_its_rate_is_told() -> None:
    assert from_timecodes([(0, 0.0), (0, 15.0)], None) == (
        [0, 0.25], "too short to show how its timecode counts: taken as 60 frames a second")  # fmt: skip
    assert from_timecodes([(0, 0.0), (0, 15.0)], 30) == ([0, 0.5], "")
    assert from_timecodes([(0, 0.0), (0, 45.0)], None)[1] == ""
    assert from_timecodes([(0, 0.0), (1, 24.0), (2, 0.0)], None) == (pytest.approx([0, 1.96, 2]), "")


@pytest.mark.parametrize(
    "text", ["", "1:2:3", "-1:00:00:00", "00:60:00:00", "00:00:00:-1", "00:00:00:nan", "9" * 5000 + ":0:0:0", "a:b:c:d",
             "0:0:0:0:0", "1000:0:0:0", "0:0:0:inf"],
)  # fmt: skip
def test_no_timecode(text: str) -> None:
    with pytest.raises(ValueError, match="no timecode") as caught:
        stamp(text)
    assert len(str(caught.value)) < 100


def test_drop_frame_and_fractions() -> None:
    assert stamp(" 01:00:02;05.250 ") == (3602, 5.25)
    for text in ("", "nan", "inf", "1e300", "soon"):
        with pytest.raises(ValueError, match="is no number"):
            moment(text)
