"""viewer.streams.plan_table: a plan as lines."""

from __future__ import annotations

from tests.viewer.streams.test_plan import plan
from viewer.streams.plan_table import plan_lines


def test_every_point_has_a_line_and_what_it_comes_to_ends_it() -> None:
    lines = plan_lines(plan({1: 60.0, 2: 88.0}, {1: 50.0}), 25.0)
    assert len(lines) == 1 + 3 + 3
    assert len({len(line) for line in lines[:4]}) == 1
    assert lines[2].split() == ["workers", "2", "88.0", "44.0", "0.73", "40", "60", "190", "300"]
    assert lines[4:] == [
        "this machine holds 3 streams of 256x256 at 25 fps, by a worker each",
        "a worker each: 5 at 15 fps, 3 at 25 fps, 2 at 30 fps",
        "one batch: 3 at 15 fps, 1 at 25 fps, 1 at 30 fps",
    ]
