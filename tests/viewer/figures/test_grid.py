"""viewer.figures.grid: places and pixels, ranges of the axes, marks in gaps and behind unsteady frames."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.frame_record import FrameRecord
from tests.frame_records import delayed, steady_run
from viewer import theme
from viewer.figures.columns import GAP_SLOTS, FrameRows
from viewer.figures.grid import LOWEST_MS, FrameGrid, marks, rgba


def grid(top_ms: float = 100.0, *, logarithmic: bool = False, last_slot: int = 50) -> FrameGrid:
    return FrameGrid(200, 120, 2, last_slot, top_ms, logarithmic)


def run(count: int) -> list[FrameRecord]:
    return steady_run(count, period_ms=33.0, latency_ms=60.0, stages=(("infer", 5.0, 20.0, "cpu"),))


def test_the_newest_frame_is_at_the_right_edge() -> None:
    assert grid().left(np.array([50, 49, -50])).tolist() == [198, 196, -2]
    assert grid().capacity == 100
    assert grid().x_range == (-99.5, 0.5)


@pytest.mark.parametrize("logarithmic", [False, True])
def test_milliseconds_go_up_and_are_cut_at_the_edges(logarithmic: bool) -> None:
    one = grid(logarithmic=logarithmic)
    low, middle, high, above = one.y(np.array([0.0, 50.0, 100.0, 9e9])).tolist()
    assert low == 120.0
    assert low > middle > high == above == pytest.approx(0.0)


def test_the_logarithmic_range_is_in_powers_of_ten() -> None:
    assert grid(logarithmic=True).y_range == pytest.approx((np.log10(LOWEST_MS), 2.0))
    assert grid().y_range == (0.0, 100.0)


@given(st.floats(1e-9, 3.6e6), st.lists(st.floats(-1e12, 1e12), min_size=1), st.booleans())
def test_whatever_the_range_is_pixels_are_within(top_ms: float, values: list[float], logarithmic: bool) -> None:
    found = grid(top_ms, logarithmic=logarithmic).y(np.array(values))
    assert ((found >= 0.0) & (found <= 120.0)).all()


def test_a_colour_is_bytes_red_green_blue_opaque() -> None:
    assert np.array([rgba("#102030")], np.uint32).view(np.uint8).tolist() == [0x10, 0x20, 0x30, 0xFF]


def test_a_gap_is_a_dotted_line_and_nothing_else_is_drawn() -> None:
    frames = run(20)
    columns = FrameRows().columns([*frames[:10], *(delayed(frame, 9_000.0) for frame in frames[10:])])
    one = grid(last_slot=int(columns.slots[-1]))
    drawn = marks(one, columns, hatched=True)
    (at,) = np.flatnonzero(drawn.any(axis=0)).tolist()
    before, after = one.left(columns.slots[[9, 10]]).tolist()
    assert before + 2 < at < after
    assert after - before == 2 * (GAP_SLOTS + 1)
    assert 0.2 < (drawn[:, at] == rgba(theme.FAINT)).mean() < 0.5


def test_unsteady_frames_are_hatched_where_that_is_wanted() -> None:
    frames = run(20)
    columns = FrameRows().columns([*frames[:10], replace(frames[10], steady=False), *frames[11:]])
    one = grid(last_slot=19)
    (first,) = one.left(columns.slots[[10]]).tolist()
    drawn = marks(one, columns, hatched=True)
    assert np.flatnonzero(drawn.any(axis=0)).tolist() == [first, first + 1]
    assert 0.05 < (drawn[:, first] != 0).mean() < 0.3
    assert not marks(one, columns, hatched=False).any()
    assert not marks(replace(one, last_slot=200), columns, hatched=True).any(), "what is too far back has no pixels"
