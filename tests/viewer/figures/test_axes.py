"""viewer.figures.axes: whole powers of ten, frames that are counted back, labels that do not overlap."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from viewer.figures.axes import EndLabels, FramesAxis, MillisecondAxis, frame_ticks, spread

pytestmark = pytest.mark.display


def test_a_logarithmic_axis_has_the_powers_of_ten(qapp: QApplication) -> None:
    axis = MillisecondAxis()
    axis.setLogMode(y=True)
    ((spacing, values),) = axis.tickValues(-2.0, 2.2, 120.0)
    assert values == [-2.0, -1.0, 0.0, 1.0, 2.0]
    assert axis.tickStrings(values, 1.0, spacing) == ["0.01", "0.1", "1", "10", "100"]


@given(st.floats(0.1, 3.6e6))
def test_milliseconds_are_few_and_within(qapp: QApplication, top_ms: float) -> None:
    levels = MillisecondAxis().tickValues(0.0, top_ms, 120.0)
    (values,) = [values for _, values in levels]
    assert 3 <= len(values) <= 12
    assert max(values) <= top_ms * 1.001


def test_frames_are_counted_back_in_round_steps() -> None:
    assert frame_ticks(100, 2, "now") == [(0.0, "now"), (-50.0, "−50 frames")]
    assert frame_ticks(52, 4, "paused") == [(0.0, "paused"), (-20.0, "−20 frames"), (-40.0, "−40")]
    assert frame_ticks(1, 2, "now") == [(0.0, "now")]


@given(st.integers(1, 5000), st.sampled_from([2, 4]))
def test_frames_are_few_and_within(capacity: int, step_px: int) -> None:
    ticks = frame_ticks(capacity, step_px, "now")
    assert 1 <= len(ticks) <= 6
    assert min(place for place, _ in ticks) > -capacity


def test_frames_are_worked_out_anew_only_when_they_change(qapp: QApplication) -> None:
    axis = FramesAxis()
    axis.show_frames(100, 2, "now")
    told = axis._tickLevels
    axis.show_frames(100, 2, "now")
    assert axis._tickLevels is told
    axis.show_frames(100, 2, "paused")
    assert axis._tickLevels[0][0] == (0.0, "paused")


def test_the_names_are_painted_where_the_curves_end(qapp: QApplication) -> None:
    axis = EndLabels()
    axis.show_ends({"infer": 40.0}, 100.0)
    image = QImage(62, 100, QImage.Format.Format_RGB32)
    image.fill(0)
    with QPainter(image) as painter:
        axis.paint(painter, None)
    rows = [y for y in range(100) if any(image.pixel(x, y) != 0xFF000000 for x in range(62))]
    assert rows[0] >= 31
    assert rows[-1] <= 49


def test_labels_are_moved_apart_and_left_out_where_there_is_no_room() -> None:
    placed = spread({"infer": 20.0, "render": 22.0, "show": 80.0}, gap_px=13, top=10, bottom=100)
    assert placed == {"infer": 20.0, "render": 33.0, "show": 80.0}
    crowded = spread({str(n): 90.0 for n in range(9)}, gap_px=13, top=10, bottom=100)
    assert len(crowded) == 1
