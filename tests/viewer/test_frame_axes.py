"""viewer.frame_axes: places and pixels, round ticks, labels that do not overlap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.frame_axes import FrameAxes, end_label_heights


def axes(top_ms: float = 100.0, *, logarithmic: bool = False) -> FrameAxes:
    return FrameAxes(300, 140, 2, 50.0, top_ms, logarithmic)


def test_the_newest_frame_is_at_the_right_edge_and_found_there() -> None:
    one = axes()
    (x,) = one.x(np.array([50.0]))
    assert one.box.right() - 2 <= x <= one.box.right()
    for slot in (0.0, 13.0, 50.0):
        assert one.slot(float(one.x(np.array([slot]))[0])) == pytest.approx(slot)


@pytest.mark.parametrize("logarithmic", [False, True])
def test_milliseconds_go_up_and_are_cut_at_the_edges(logarithmic: bool) -> None:
    one = axes(logarithmic=logarithmic)
    low, middle, high, above = one.y(np.array([0.0, 50.0, 100.0, 9e9])).tolist()
    assert low == one.box.bottom()
    assert low > middle > high == above == pytest.approx(one.box.top())


@given(st.floats(0.1, 3.6e6), st.booleans())
def test_ticks_are_few_and_below_the_top(top_ms: float, logarithmic: bool) -> None:
    ticks = axes(top_ms, logarithmic=logarithmic).ticks()
    assert 1 <= len(ticks) <= 10
    assert max(ticks) <= top_ms * 1.001


def test_labels_are_moved_apart_and_left_out_where_there_is_no_room() -> None:
    placed = end_label_heights({"infer": 20.0, "render": 22.0, "show": 80.0}, gap_px=13, top=10, bottom=100)
    assert placed == {"infer": 20.0, "render": 33.0, "show": 80.0}
    crowded = end_label_heights({str(n): 90.0 for n in range(9)}, gap_px=13, top=10, bottom=100)
    assert len(crowded) == 1
