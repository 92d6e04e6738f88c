"""viewer.timeline.layout: rows and values, and the pixels they are at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.performance.keyframes import TRACK_NAMES, limits
from viewer.timeline.layout import NAMES_PX, ROW_PX, RULER_PX, SheetLayout
from viewer.timeline.rows import rows_of
from viewer.timeline.scale import TimeScale

ROWS = rows_of((), shows_all=True)


def layout(height_px: int = 200, scroll_px: int = 0) -> SheetLayout:
    return SheetLayout(800, height_px, ROWS, TimeScale(0.0, 100.0, 800 - NAMES_PX), scroll_px)


@given(st.integers(1, 3000), st.integers(0, 2000))
def test_every_visible_row_is_found_where_it_is(height_px: int, scroll_px: int) -> None:
    sheet = layout(height_px)
    sheet = layout(height_px, min(scroll_px, sheet.scrolls_px))
    for index in sheet.visible:
        y = max(sheet.top(index), RULER_PX)
        if y < height_px:
            assert sheet.row_at(y) is ROWS[index]
    assert sheet.row_at(RULER_PX - 1) is None


def test_a_box_touches_the_rows_it_reaches_into() -> None:
    sheet = layout(scroll_px=ROW_PX)
    assert sheet.rows_between(RULER_PX + 1, RULER_PX + ROW_PX + 1) == ROWS[1:3]
    assert sheet.rows_between(-50, RULER_PX + 1) == ROWS[1:2]


@given(st.sampled_from(TRACK_NAMES), st.floats(0.0, 1.0))
def test_a_value_and_its_height_belong_together(track: str, share: float) -> None:
    low, high = limits(track)
    value = low + share * (high - low)
    sheet = layout()
    assert sheet.value(track, sheet.y(track, value)) == pytest.approx(value, abs=1e-6)
    assert (sheet.value(track, -999), sheet.value(track, 9999)) == (high, low)


def test_moments_begin_beside_the_names() -> None:
    assert (layout().x(0.0), layout().time(NAMES_PX + 150)) == (NAMES_PX, 1.5)
