"""viewer.timeline.scale: zoom keeps what is under the pointer, a ruler with room for figures."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.timeline.scale import (
    CLOSEST_PX_PER_S,
    LABEL_PX,
    MARGIN_PX,
    TimeScale,
    clock,
    marks,
)

DURATIONS = st.floats(0.05, 6 * 3600.0)
WIDTHS = st.integers(1, 8000)


@given(DURATIONS, WIDTHS, st.floats(0.0, 1.0))
def test_a_moment_and_its_pixel_belong_together(duration_s: float, width_px: int, share: float) -> None:
    scale = TimeScale.fitted(0.0, duration_s, width_px)
    time_s = share * duration_s
    assert scale.time(scale.x(time_s)) == pytest.approx(time_s, abs=1e-6)
    if width_px > 2 * MARGIN_PX + 1:
        assert -1e-6 <= scale.x(time_s) <= width_px + 1e-6


@given(DURATIONS, st.integers(200, 4000), st.lists(st.tuples(st.floats(0.1, 10.0), st.floats(0.0, 1.0)), max_size=8))
def test_however_it_is_zoomed_some_of_the_timeline_is_in_sight(
    duration_s: float, width_px: int, turns: list[tuple[float, float]]
) -> None:
    scale = TimeScale.fitted(0.0, duration_s, width_px)
    for factor, share in turns:
        scale = scale.zoomed(factor, share * width_px, duration_s).panned((share - 0.5) * 1e5, duration_s)
        assert scale.px_per_s <= CLOSEST_PX_PER_S
        assert scale.end_s > 0.0
        assert scale.start_s < duration_s


def test_zoom_keeps_what_is_under_the_pointer() -> None:
    scale = TimeScale.fitted(0.0, 60.0, 1000.0)
    closer = scale.zoomed(4.0, 300.0, 60.0)
    assert closer.px_per_s == pytest.approx(4 * scale.px_per_s)
    assert closer.time(300.0) == pytest.approx(scale.time(300.0))


def test_what_plays_out_of_sight_turns_the_page() -> None:
    scale = TimeScale(start_s=0.0, px_per_s=100.0, width_px=500.0)
    assert scale.showing(3.0, 60.0) is scale
    assert scale.showing(7.0, 60.0).x(7.0) == pytest.approx(MARGIN_PX)


@given(st.floats(24.0, 120.0), DURATIONS, st.integers(100, 4000), st.floats(0.5, 5000.0))
def test_the_ruler_is_never_crowded(fps: float, duration_s: float, width_px: int, zoom: float) -> None:
    scale = TimeScale.fitted(0.0, duration_s, width_px).zoomed(zoom, 0.0, duration_s)
    found = list(marks(scale, fps, duration_s))
    assert len(found) < 2000
    labelled = [mark for mark in found if mark.label]
    coarsest = 3600 * scale.px_per_s < LABEL_PX
    assert all((b.time_s - a.time_s) * scale.px_per_s > LABEL_PX - 1 for a, b in pairwise(labelled)) or coarsest
    assert all(-1e-9 <= mark.time_s <= duration_s + 1e-3 for mark in found)


def test_the_ruler_shows_frames_where_they_have_room() -> None:
    far = list(marks(TimeScale(0.0, 100.0, 1000.0), 25.0, 10.0))
    assert [mark.label for mark in far if mark.label][:3] == ["0:00", "0:01", "0:02"]
    assert {mark.frame % 1 for mark in far} == {0}
    close = list(marks(TimeScale(0.0, 2500.0, 1000.0), 25.0, 10.0))
    assert [(mark.label, mark.frame) for mark in close if mark.label][:3] == [("0:00", 0), ("0:00+1", 1), ("0:00+2", 2)]


@pytest.mark.parametrize(
    ("time_s", "fps", "text"),
    [(0.0, 30, "0:00"), (3.4, 30, "0:03+12"), (61.0, 24, "1:01"), (59.99, 30, "1:00"), (1.0, 29.97, "0:01")],
)
def test_clock(time_s: float, fps: float, text: str) -> None:
    assert clock(time_s, fps) == text
