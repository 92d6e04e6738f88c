"""viewer.frame_curves: never a line across a gap; unsteady frames and hiccups do not set the scale."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gpu_core.frame_record import FrameRecord
from gpu_core.settings import StageTime
from tests.frame_records import delayed, steady_run
from viewer import theme
from viewer.frame_columns import FrameColumns, FrameRows
from viewer.frame_curves import STEP_PX, curves, line, tallest_ms
from viewer.frame_grid import FrameGrid, rgba


def run(count: int, clock: str = "cpu") -> list[FrameRecord]:
    return steady_run(count, period_ms=33.0, latency_ms=60.0, stages=(("infer", 5.0, 20.0, clock),))


def painted(columns: FrameColumns, name: str = "infer") -> list[int]:
    """The columns of pixels in which a stage's colour is seen."""
    pixels, _ = curves(FrameGrid(205, 118, STEP_PX, int(columns.slots[-1]), 100.0), columns)
    return np.flatnonzero((pixels == rgba(theme.STAGE_COLOURS[name])).any(axis=0)).tolist()


def test_a_line_ends_where_nothing_is_known() -> None:
    drawn = line(np.array([1.0, 3.0, np.nan, 2.0, np.nan, 0.0, 0.0]), height=5)
    assert drawn.shape == (5, 14)
    assert drawn.any(axis=0).tolist() == [
        True, True, True, False,  # from the first to the second, and no further
        False, False, True, False,  # a lone point
        False, False, True, True, True, False,
    ]  # fmt: skip
    assert np.flatnonzero(drawn[:, 0]).tolist() == [1, 2]
    assert line(np.array([np.nan]), height=5).sum() == 0
    assert np.flatnonzero(line(np.array([5.0]), height=5)[:, 0]).tolist() == [4], "nothing is drawn below the graph"


def test_a_curve_is_drawn_without_a_break_and_with_one_where_there_is_a_gap() -> None:
    frames = run(40)
    whole = painted(FrameRows().columns(frames))
    assert whole[-1] - whole[0] == len(whole) - 1
    idle = [*frames[:20], *(delayed(frame, 3_000.0) for frame in frames[20:])]
    assert max(np.diff(painted(FrameRows().columns(idle)))) > 2 * STEP_PX
    vanished = [*frames[:20], replace(frames[20], stages=()), *frames[21:]]
    assert max(np.diff(painted(FrameRows().columns(vanished)))) > STEP_PX


def test_what_a_gpu_timed_is_dashed() -> None:
    solid, dashed = (painted(FrameRows().columns(run(40, clock))) for clock in ("cpu", "gpu"))
    assert max(np.diff(solid)) == 1
    assert max(np.diff(dashed)) > 1
    assert len(dashed) > len(solid) / 3


def test_frames_that_were_not_steady_and_hiccups_leave_the_scale_alone() -> None:
    frames = run(100)
    slow = StageTime("infer", frames[3].requested_ns, 4_000.0)
    late = replace(frames[3], shown_ns=frames[3].shown_ns + 4_000_000_000, stages=(slow,))
    assert tallest_ms(FrameRows().columns([*frames[:3], late, *frames[4:]])) == pytest.approx(69.0)
    assert tallest_ms(FrameRows().columns([replace(late, steady=False)])) == 0.0


def test_a_curve_ends_at_the_right_edge_where_its_label_stands() -> None:
    columns = FrameRows().columns(run(40))
    pixels, ends = curves(FrameGrid(205, 118, STEP_PX, 39, 100.0), columns)
    assert ends == pytest.approx({"infer": 0.8 * 118, "latency": 0.4 * 118})
    (row,) = np.flatnonzero(pixels[:, 203] == rgba(theme.STAGE_COLOURS["infer"])).tolist()
    assert row == round(ends["infer"])
    assert painted(columns)[-1] in (203, 204)


def test_more_frames_than_there_is_room_for_and_none() -> None:
    seen = painted(FrameRows().columns(run(300)))
    assert (seen[0], len(seen)) == (1, 203)
    assert not curves(FrameGrid(205, 118, STEP_PX, 0, 1.0), FrameRows().columns([]))[0].any()
