"""viewer.figures.curves: never a line across a gap; unsteady frames and hiccups do not set the scale."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from gpu_core.frame_record import FrameRecord
from gpu_core.settings import StageTime
from tests.frame_records import delayed, steady_run
from viewer.figures.columns import FrameColumns, FrameRows
from viewer.figures.curves import DRAWN, STEP_PX, StageCurves, ends, tallest_ms
from viewer.figures.grid import FrameGrid

pytestmark = pytest.mark.display


def run(count: int, clock: str = "cpu") -> list[FrameRecord]:
    return steady_run(count, period_ms=33.0, latency_ms=60.0, stages=(("infer", 5.0, 20.0, clock),))


def grid(columns: FrameColumns, *, logarithmic: bool = False) -> FrameGrid:
    return FrameGrid(205, 118, STEP_PX, int(columns.slots[-1]) if columns.count else 0, 100.0, logarithmic)


@pytest.fixture
def curves(qapp: QApplication) -> StageCurves:
    return StageCurves(pg.PlotItem())


def drawn(curves: StageCurves, name: str, *, is_timed: bool = False) -> dict[float, float]:
    """Value by place of what is drawn of a curve."""
    item = curves.items.get((name, is_timed))
    if item is None or not item.isVisible():
        return {}
    assert item.opts["connect"] == "finite"
    x, y = item.getData()
    return {place: value for place, value in zip(x.tolist(), y.tolist(), strict=True) if np.isfinite(value)}


def test_a_curve_ends_at_the_right_edge_where_its_label_stands(curves: StageCurves) -> None:
    columns = FrameRows().columns(run(40))
    curves.show(grid(columns), columns)
    assert drawn(curves, "infer") == {float(-back): pytest.approx(20.0) for back in range(40)}
    assert ends(grid(columns), columns) == pytest.approx({"infer": 0.8 * 118, "latency": 0.4 * 118})


def test_there_is_nothing_in_a_gap_nor_where_a_frame_tells_nothing_or_was_not_steady(curves: StageCurves) -> None:
    frames = run(40)
    idle = [*frames[:20], *(delayed(frame, 3_000.0) for frame in frames[20:])]
    vanished = [*frames[:20], replace(frames[20], stages=()), *frames[21:]]
    unsteady = [*frames[:20], replace(frames[20], steady=False), *frames[21:]]
    for records, missing in ((idle, {-20, -21, -22}), (vanished, {-19}), (unsteady, {-19})):
        columns = FrameRows().columns(records)
        curves.show(grid(columns), columns)
        places = set(drawn(curves, "infer"))
        assert set(range(int(min(places)), 1)) - places == missing


def test_what_a_gpu_timed_is_dashed_and_only_that(curves: StageCurves) -> None:
    frames, timed = run(40), run(40, "gpu")
    for records, solid, dashed in ((timed, 0, 40), ([*frames[:30], *timed[30:]], 30, 10), (frames, 40, 0)):
        columns = FrameRows().columns(records)
        curves.show(grid(columns), columns)
        assert len(drawn(curves, "infer")) == solid
        assert len(drawn(curves, "infer", is_timed=True)) == dashed
        assert len(drawn(curves, "latency")) == 40
    styles = {is_timed: curves.items["infer", is_timed].opts["pen"].style() for is_timed in (False, True)}
    assert styles == {False: Qt.PenStyle.SolidLine, True: Qt.PenStyle.CustomDashLine}


def test_on_a_logarithmic_axis_values_are_logarithms(curves: StageCurves) -> None:
    columns = FrameRows().columns(run(40))
    curves.show(grid(columns, logarithmic=True), columns)
    assert list(drawn(curves, "infer").values()) == pytest.approx([np.log10(20.0)] * 40)


def test_more_frames_than_there_is_room_for_and_none(curves: StageCurves) -> None:
    columns = FrameRows().columns(run(300))
    curves.show(grid(columns), columns)
    assert len(drawn(curves, "infer")) == 205 // STEP_PX
    nothing = FrameRows().columns([])
    curves.show(grid(nothing), nothing)
    assert not any(drawn(curves, name) for name in DRAWN)
    assert ends(grid(nothing), nothing) == {}
    curves.show(grid(columns), columns)
    curves.hide()
    assert not any(drawn(curves, name) for name in DRAWN)


def test_frames_that_were_not_steady_and_hiccups_leave_the_scale_alone() -> None:
    frames = run(100)
    slow = StageTime("infer", frames[3].requested_ns, 4_000.0)
    late = replace(frames[3], shown_ns=frames[3].shown_ns + 4_000_000_000, stages=(slow,))
    assert tallest_ms(FrameRows().columns([*frames[:3], late, *frames[4:]])) == pytest.approx(69.0)
    assert tallest_ms(FrameRows().columns([replace(late, steady=False)])) == 0.0
