"""viewer.figures.stack: bars as high as the latency, in the stages' colours, hatched where a frame was not steady."""

from __future__ import annotations

import numpy as np

from tests.frame_records import delayed, steady_run
from viewer import theme
from viewer.figures.columns import LAYERS, FrameRows
from viewer.figures.grid import FrameGrid, rgba
from viewer.figures.stack import BAR_PX, STEP_PX, bars, stack, tallest_ms


def layers(**sizes: float) -> list[float]:
    return [sizes.get(name, 0.0) for name in LAYERS]


def test_a_bar_is_as_high_as_what_it_stands_for_and_in_its_colours() -> None:
    picture = bars(np.array([layers(render=20.0, infer=30.0)]), np.array([True]), height=100, top_ms=100.0)
    assert picture.shape == (100, STEP_PX)
    column = picture[::-1, 0]  # from the bottom
    assert (column[:20] == rgba(theme.STAGE_COLOURS["render"])).all()
    assert (column[20:50] == rgba(theme.STAGE_COLOURS["infer"])).all()
    assert not column[50:].any()
    assert not picture[:, BAR_PX:].any(), "a bar does not touch the next one"


def test_a_frame_that_was_not_steady_is_hatched() -> None:
    picture = bars(np.array([layers(infer=100.0)] * 2), np.array([True, False]), height=100, top_ms=100.0)
    steady, hatched = ((picture[:, at : at + BAR_PX] != 0).mean() for at in (0, STEP_PX))
    assert steady == 1.0
    assert 0.3 < hatched < 0.7


def test_bars_leave_room_where_there_is_a_gap() -> None:
    frames = steady_run(20, period_ms=33.0, latency_ms=60.0, stages=(("infer", 5.0, 20.0, "cpu"),))
    columns = FrameRows().columns([*frames[:10], *(delayed(frame, 9_000.0) for frame in frames[10:])])
    pixels, ends = stack(FrameGrid(205, 118, STEP_PX, int(columns.slots[-1]), 100.0), columns)
    seen = np.flatnonzero((pixels == rgba(theme.STAGE_COLOURS["infer"])).any(axis=0))
    assert len(seen) == 20 * BAR_PX
    assert max(np.diff(seen)) > 2 * STEP_PX
    assert seen[-1] == 205 - 1 - (STEP_PX - BAR_PX)
    assert set(ends) == {"infer", "wait"}


def test_frames_too_far_back_have_no_bar() -> None:
    frames = steady_run(90, period_ms=33.0, latency_ms=60.0, stages=(("infer", 5.0, 20.0, "cpu"),))
    pixels, _ = stack(FrameGrid(205, 118, STEP_PX, 89, 100.0), FrameRows().columns(frames))
    assert (pixels != 0).any(axis=0).sum() == 205 // STEP_PX * BAR_PX


def test_nothing_is_no_bar_and_no_height() -> None:
    nothing = FrameRows().columns([])
    assert tallest_ms(nothing) == 0.0
    pixels, ends = stack(FrameGrid(205, 118, STEP_PX, 0, 1.0), nothing)
    assert not pixels.any()
    assert ends == {}
