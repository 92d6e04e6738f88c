"""viewer.clips.offline_progress: one line on a terminal, now and then one elsewhere, and a sensible time left."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.clips.offline_progress import PIPE_S, Progress, time_left


class Stream(io.StringIO):
    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def told(*, terminal: bool, seconds: int, fps: int) -> str:
    stream, clock = Stream(terminal=terminal), Clock()
    progress = Progress(stream, 1000, clock)
    for frame in range(seconds * fps):
        clock.now_s += 1 / fps
        progress.note(frame + 1)
    progress.close()
    return stream.getvalue()


def test_a_pipe_gets_a_line_every_few_seconds() -> None:
    lines = told(terminal=False, seconds=12, fps=16).splitlines()
    assert len(lines) == int(12 / PIPE_S)
    assert lines[0] == "mien: frame 80 of 1000, 8 %, 16.0 frames a second, 58 s left"


def test_a_terminal_has_one_line_that_is_wiped_in_the_end() -> None:
    text = told(terminal=True, seconds=3, fps=10)
    assert "\n" not in text
    lines = text.split("\r")
    assert lines[-1] == ""
    assert lines[-2].strip() == ""
    assert len(lines[-2]) == max(map(len, lines))
    assert "frames a second" in lines[3]


def test_the_time_left_follows_how_fast_it_goes_now() -> None:
    stream, clock = Stream(terminal=False), Clock()
    progress = Progress(stream, 1000, clock)
    for seconds, frames in ((60, 1), (5, 51), (5, 101), (5, 151)):  # a plan was built first
        clock.now_s += seconds
        progress.note(frames)
    assert stream.getvalue().splitlines()[-1].endswith("10.0 frames a second, 1 min 25 s left")


def test_a_clock_that_stands_or_no_frame_says_no_rate() -> None:
    stream, clock = Stream(terminal=False), Clock()
    progress = Progress(stream, 10, clock)
    clock.now_s += 6
    progress.note(0)
    assert stream.getvalue() == "mien: frame 0 of 10, 0 %\n"


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "1 s"), (59.4, "59 s"), (60, "1 min 0 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")]
)
def test_times_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert time_left(seconds) == said


@given(st.lists(st.tuples(st.floats(-10, 1e6), st.integers(0, 10**6)), max_size=20))
def test_any_clock_is_survived(moments: list[tuple[float, int]]) -> None:
    clock = Clock()
    progress = Progress(Stream(terminal=True), 500, clock)
    for now_s, frames in moments:
        clock.now_s = now_s
        progress.note(frames)
    progress.close()
