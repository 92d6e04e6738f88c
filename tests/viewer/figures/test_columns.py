"""viewer.figures.columns: what is missing is NaN, what was not steady is marked, what was not measured is a gap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given

from gpu_core.frame_record import FrameRecord
from gpu_core.settings import StageTime
from tests.frame_records import delayed, hostile_records, record, steady_run
from viewer.figures.columns import GAP_SLOTS, LAYERS, ROWS, FrameRows

STAGES = (("render", 1.0, 6.0, "cpu"), ("infer", 8.0, 20.0, "cpu"))


def run(count: int) -> list[FrameRecord]:
    return steady_run(count, period_ms=33.0, latency_ms=30.0, stages=STAGES)


def test_durations_waits_and_latency_are_rows() -> None:
    columns = FrameRows().columns(run(3))
    assert columns.values("infer").tolist() == [20.0] * 3
    assert columns.values("latency").tolist() == [30.0] * 3
    assert np.allclose(columns.values("wait"), 4.0)
    assert np.isnan(columns.values("copy_in")).all()
    assert np.allclose(columns.layers.sum(axis=1), 30.0)


def test_percentiles_are_of_steady_frames() -> None:
    frames = run(20)
    slow = replace(frames[3], steady=False, stages=(StageTime("infer", frames[3].requested_ns, 900.0),))
    columns = FrameRows().columns([*frames[:3], slow, *frames[4:]])
    assert columns.table()["infer"].p99 == 20.0
    assert columns.table()["infer"].count == 19
    assert "copy_in" not in columns.table()


def test_idling_a_jump_and_another_path_are_gaps_and_have_room() -> None:
    frames = run(8)
    idle = [*frames[:2], *(delayed(frame, 5_000.0) for frame in frames[2:])]
    jumped = [*idle[:4], *(delayed(frame, -5_500.0) for frame in idle[4:])]
    moved = [*jumped[:6], *(replace(frame, path="cuda") for frame in jumped[6:])]
    columns = FrameRows().columns(moved)
    assert np.flatnonzero(columns.gaps).tolist() == [2, 4, 6]
    assert columns.slots.tolist()[-1] == 7 + 3 * GAP_SLOTS
    assert not FrameRows().columns(frames).gaps.any()


def test_a_slow_generator_makes_no_gaps() -> None:
    slow = steady_run(4, period_ms=2_000.0, latency_ms=2_500.0)
    assert not FrameRows().columns(slow).gaps.any(), "it was asked for the next one all the time"


def test_what_a_gpu_tells_late_replaces_what_was_known() -> None:
    rows, frames = FrameRows(), run(2)
    assert rows.columns(frames).gpu_stages() == frozenset()
    frames[1] = frames[1].amended([StageTime("infer", frames[1].requested_ns, 2.0, "gpu")])
    columns = rows.columns(frames)
    assert columns.values("infer").tolist() == [20.0, 2.0]
    assert columns.gpu_stages() == {"infer"}


def test_the_frame_under_a_place_is_found() -> None:
    columns = FrameRows().columns(run(5))
    assert [columns.nearest(slot) for slot in (-7.0, 2.4, 99.0)] == [0, 2, 4]
    assert FrameRows().columns([]).nearest(1.0) == -1
    assert columns.part(1, 3).records == columns.records[1:3]


@given(hostile_records())
def test_whatever_the_clocks_say_there_are_columns(records: list[FrameRecord]) -> None:
    columns = FrameRows().columns(records)
    assert columns.durations.shape == (len(records), len(ROWS))
    assert columns.layers.shape == (len(records), len(LAYERS))
    assert not (columns.durations < 0.0).any()
    assert np.isfinite(columns.layers).all()
    columns.table()


def test_what_is_kept_does_not_grow_for_ever() -> None:
    rows = FrameRows()
    for first in range(0, 4000, 10):
        rows.columns([record(index) for index in range(first, first + 20)])
    assert len(rows._known) < 1200
