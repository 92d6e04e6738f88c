"""gpu_core.frame_budget: busy times are unions, cut to the stretches in which frames follow one another."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.frame_budget import ENGINE, GPU, INFERENCE, WINDOW, WORKERS, budget, worker_of
from gpu_core.settings import StageTime
from tests.frame_records import delayed, hostile_records, steady_run

STAGES = (
    ("pose", 0.0, 1.0, "cpu"), ("render", 1.0, 7.0, "cpu"), ("infer", 25.0, 20.0, "cpu"), ("show", 55.0, 5.0, "cpu"),
)  # fmt: skip


def test_every_stage_has_somebody_who_does_it() -> None:
    kinds = {("infer", "cpu"): INFERENCE, ("infer", "gpu"): GPU, ("show", "cpu"): WINDOW, ("pack", "cpu"): ENGINE}
    assert {pair: worker_of(StageTime(pair[0], 0, 1.0, pair[1])) for pair in kinds} == kinds


def test_a_steady_run_is_taken_apart() -> None:
    found = budget(steady_run(60, period_ms=30.0, latency_ms=60.0, stages=STAGES, depth=2), target_fps=0.0)
    assert (found.frames, found.pauses, found.in_flight) == (59, 0, 2.0)
    assert (found.period_ms, found.latency_ms, found.unasked_ms) == pytest.approx((30.0, 60.0, 0.0))
    assert found.stages_ms["cpu:render"] == pytest.approx(7.0, rel=0.01)
    assert found.share(INFERENCE) == pytest.approx(20 / 30, rel=0.01)
    assert found.slowest(ENGINE) == ("cpu:render", found.stages_ms["cpu:render"])
    assert found.any_ms < sum(found.workers_ms.values()), "drawing lies within inference"
    assert found.workers_ms[GPU] == 0.0
    assert found.slowest(GPU) == ("", 0.0)


def test_what_encodes_beside_the_frames_is_nobodys_time() -> None:
    plain = budget(steady_run(60, period_ms=30.0, latency_ms=60.0, stages=STAGES, depth=2), target_fps=0.0)
    stages = (*STAGES, ("encode", 70.0, 25.0, "cpu"))
    assert budget(steady_run(60, period_ms=30.0, latency_ms=60.0, stages=stages, depth=2), target_fps=0.0) == plain


def test_two_inferences_at_once_are_busy_once() -> None:
    stages = [("infer", 0.0, 50.0, "cpu")]
    found = budget(steady_run(60, period_ms=25.0, latency_ms=60.0, stages=stages), target_fps=0.0)
    assert found.share(INFERENCE) == pytest.approx(1.0, rel=0.01)


def test_what_lies_in_a_pause_is_cut_off() -> None:
    run = steady_run(40, period_ms=30.0, latency_ms=25.0, stages=[("infer", 0.0, 20.0, "cpu")])
    paused = [*run[:20], *(delayed(frame, 10_000.0) for frame in run[20:])]
    found = budget(paused, target_fps=30.0)
    assert (found.frames, found.pauses) == (38, 1)
    assert found.period_ms == pytest.approx(30.0)
    assert found.stages_ms["cpu:infer"] == pytest.approx(20.0, rel=0.01)


def test_time_in_which_nothing_was_asked_for_is_told() -> None:
    run = steady_run(40, period_ms=40.0, latency_ms=15.0)
    assert budget(run, target_fps=25.0).unasked_ms == pytest.approx(25.0)


@given(hostile_records(), st.floats(allow_nan=True, allow_infinity=True))
def test_no_timing_upsets_it(records, target_fps: float) -> None:
    found = budget(records, target_fps=target_fps)
    figures = [found.period_ms, found.latency_ms, found.unasked_ms, *found.stages_ms.values()]
    assert all(math.isfinite(figure) and figure >= 0.0 for figure in figures)
    assert all(0.0 <= found.share(worker) <= 1.0 + 1e-9 for worker in WORKERS)
