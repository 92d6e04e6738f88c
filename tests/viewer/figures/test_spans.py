"""viewer.figures.spans: stages on their tracks, waits by name, shares that add up, whatever the clocks say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from gpu_core.frame_record import FrameRecord
from gpu_core.settings import StageTime
from tests.frame_records import MS, START_NS, hostile_records, record
from viewer.figures.spans import WAIT, origin_ns, shares, spans_beside, stage_spans, unplaced, waits


def frame() -> FrameRecord:
    """Asked for at 0, taken at 4.1, drawn until 12, inferred from 15 to 35, shown from 38 to 40."""
    at = START_NS
    stages = (
        StageTime("pose", at + round(4.1 * MS), 0.9),
        StageTime("render", at + 5 * MS, 7.0),
        StageTime("infer", at + 15 * MS, 20.0),
        StageTime("unpack", at + 36 * MS, 1.0),
        StageTime("show", at + 38 * MS, 2.0),
    )
    made = record(stages=stages, requested_ns=at, shown_ns=at + 41 * MS)
    return replace(made, submitted_ns=at + round(4.1 * MS))


def told(one: FrameRecord) -> dict[str, float]:
    return {span.title: round(span.duration_ms, 3) for span in waits(one)}


def test_waits_are_named_by_what_the_frame_waited_for() -> None:
    assert told(frame()) == {
        "waited for the engine": 4.1,
        "in the generator's queue": 3.0,
        "waited for the engine thread": 1.0,
        "waited for the window": 1.0,
        "until it was on the screen": 1.0,
    }


def test_what_came_between_request_and_first_stage_is_told_apart() -> None:
    taken = replace(frame(), submitted_ns=START_NS + 1 * MS)
    assert (told(taken)["waited for the engine"], told(taken)["before pose"]) == (1.0, 3.1)


def test_stages_lie_on_the_tracks_of_who_did_them() -> None:
    on_gpu = frame().amended((StageTime("infer", START_NS + 14 * MS, 3.0, "gpu"),))
    tracks = {span.name: span.track for span in stage_spans(on_gpu)}
    assert tracks == {
        "pose": "engine thread", "render": "engine thread", "unpack": "engine thread", "infer": "gpu", "show": "window",
    }  # fmt: skip


def test_what_is_done_beside_a_frame_is_no_part_of_it() -> None:
    recorded = frame().amended((StageTime("encode", START_NS + 60 * MS, 3.0),))
    assert [(span.name, span.track, span.start_ms) for span in spans_beside(recorded)] == [("encode", "encoder", 60.0)]
    assert shares(recorded) == shares(frame())
    assert waits(recorded) == waits(frame())
    assert unplaced(recorded) == 0


def test_shares_add_up_to_the_latency_also_where_stages_overlap() -> None:
    overlapping = frame().amended((StageTime("infer", START_NS + 10 * MS, 25.0, "gpu"),))
    for one in (frame(), overlapping):
        assert sum(shares(one).values()) == pytest.approx(one.latency_ms)
    assert shares(overlapping)["infer"] == pytest.approx(23.0), "what render took until 12 ms is render's"
    assert shares(frame())[WAIT] == pytest.approx(10.1)


def test_a_stage_of_a_clock_that_jumped_is_left_out_and_counted() -> None:
    jumped = replace(
        frame(),
        stages=(*frame().stages[:2], StageTime("infer", START_NS - 5_000 * MS, 20.0), StageTime("show", 0, -3.0)),
    )
    assert {span.name for span in stage_spans(jumped)} == {"pose", "render"}
    assert unplaced(jumped) == 2


def test_without_a_request_time_begins_with_what_is_known() -> None:
    bare = replace(frame(), requested_ns=0, submitted_ns=0)
    assert origin_ns(bare) == bare.stages[0].start_ns
    assert origin_ns(replace(bare, stages=())) == 0
    assert waits(replace(bare, stages=())) == ()


@given(hostile_records())
def test_nothing_is_negative_or_endless_whatever_the_clocks_say(records: list[FrameRecord]) -> None:
    for one in records:
        for span in (*stage_spans(one), *waits(one)):
            assert 0.0 <= span.start_ms < 1e8
            assert 0.0 <= span.duration_ms < 1e8
        assert all(0.0 <= value < 1e8 for value in shares(one).values())
