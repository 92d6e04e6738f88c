"""viewer.timeline.pointing: the key under the pointer is the nearest, and none is further than the hand can see."""

from __future__ import annotations

import pytest

from tests.viewer.timeline_desk import TIMELINE
from viewer.performance.editing import KeyId
from viewer.timeline.columns import ColumnsCache
from viewer.timeline.layout import NAMES_PX, ROW_PX, RULER_PX, SheetLayout
from viewer.timeline.pointing import curve_key_at, keys_at, keys_within
from viewer.timeline.rows import rows_of
from viewer.timeline.scale import TimeScale

ROWS = rows_of(TIMELINE.by_name)
SHEET = SheetLayout(800, 200, ROWS, TimeScale(0.0, 100.0, 800 - NAMES_PX))


def row_y(title: str) -> float:
    return RULER_PX + ([row.title for row in ROWS].index(title) + 0.5) * ROW_PX


@pytest.mark.parametrize(("x", "times"), [(200, {2.0}), (205, {2.0}), (208, set()), (98, {1.0})])
def test_keys_of_a_row(x: float, times: set[float]) -> None:
    found = keys_at(SHEET, TIMELINE, ColumnsCache(), NAMES_PX + x, row_y("Open jaw"))
    assert {key.time_s for key in found} == times


def test_names_ruler_and_rows_without_keys_have_none() -> None:
    cache = ColumnsCache()
    assert not keys_at(SHEET, TIMELINE, cache, 20, row_y("Open jaw"))
    assert not keys_at(SHEET, TIMELINE, cache, NAMES_PX + 200, 5)
    assert not keys_at(SHEET, TIMELINE, cache, NAMES_PX + 200, 199)


def test_the_nearest_key_of_curves() -> None:
    x, y = SHEET.x(1.0), SHEET.y("yaw", -4.0)
    tracks = ("jawOpen", "yaw")
    assert curve_key_at(SHEET, TIMELINE, ColumnsCache(), tracks, x + 3, y - 3) == {KeyId("yaw", 1.0)}
    assert not curve_key_at(SHEET, TIMELINE, ColumnsCache(), tracks, x + 3, y - 9)
    assert not curve_key_at(SHEET, TIMELINE, ColumnsCache(), ("jawOpen",), x, y)


def test_keys_in_a_box_of_curves_lie_in_it_both_ways() -> None:
    top, bottom = SHEET.y("jawOpen", 0.9), SHEET.y("jawOpen", 0.3)
    box = (SHEET.x(0.5), top, SHEET.x(5.0), bottom)
    assert keys_within(SHEET, TIMELINE, box, ("jawOpen",)) == {KeyId("jawOpen", 2.0), KeyId("jawOpen", 4.0)}
    assert len(keys_within(SHEET, TIMELINE, box)) == 5
