from __future__ import annotations

import math
from dataclasses import replace

from gpu_core.frame_record import FrameLog, FrameRecord, is_believable, record_of, span_ms
from gpu_core.settings import Frame, FrameRequest, StageTime, Traffic

RECORD = FrameRecord(
    index=1, requested_ns=1_000_000, submitted_ns=2_000_000, finished_ns=20_000_000, shown_ns=31_000_000, stages=(),
    steady=True, in_flight=1, dropped=0, path="host",
)  # fmt: skip


def test_latency_runs_from_the_input_event_to_the_screen() -> None:
    assert RECORD.latency_ms == 30.0


def test_a_clock_that_goes_backwards_or_an_unknown_event_gives_no_latency() -> None:
    for unknown in (replace(RECORD, requested_ns=0), replace(RECORD, shown_ns=0), replace(RECORD, shown_ns=999_999)):
        assert math.isnan(unknown.latency_ms)


def test_a_time_that_no_clock_can_tell_gives_no_latency() -> None:
    assert math.isnan(replace(RECORD, shown_ns=10**400).latency_ms)
    assert math.isnan(replace(RECORD, requested_ns=-5).latency_ms)
    assert span_ms(1, 1 + 4 * 3600 * 10**9) is None, "nothing takes four hours"
    assert [is_believable(value) for value in (0.0, 3.0, -0.1, math.nan, math.inf)] == [True, True, False, False, False]


def test_what_a_device_tells_late_stands_in_for_the_hosts_time() -> None:
    pose, host, device = StageTime("pose", 0, 1.0), StageTime("infer", 0, 9.0), StageTime("infer", 4, 2.0, "gpu")
    assert replace(RECORD, stages=(host, pose)).amended([device]).stages == (pose, device)


def test_a_frame_that_no_screen_showed_was_shown_when_it_was_finished() -> None:
    read = StageTime("read", 9, 1.0)
    frame = Frame(
        4, FrameRequest(requested_ns=1), {}, None, 0, (StageTime("pose", 2, 1.0),), 50, "host", True,
        traffic=Traffic(3, 5), submitted_ns=2, in_flight=2,
    )  # fmt: skip
    found = record_of(frame, stages=(read,))
    assert (found.shown_ns, found.finished_ns, found.submitted_ns, found.requested_ns) == (50, 50, 2, 1)
    assert [stage.name for stage in found.stages] == ["pose", "read"]
    assert (found.index, found.in_flight, found.traffic_bytes, found.steady) == (4, 2, 5, True)
    assert record_of(frame, shown_ns=60).shown_ns == 60


def test_a_log_keeps_the_newest_and_amends_what_it_still_has() -> None:
    log, late = FrameLog(2), StageTime("infer", 4, 2.0, "gpu")
    for index in (1, 2, 3):
        log.add(replace(RECORD, index=index))
    assert [record.index for record in log.all()] == [2, 3]
    assert log.amend(2, [late])
    assert not log.amend(1, [late])
    found = log.get(2)
    assert found is not None
    assert found.stages == (late,)
    assert log.get(1) is None
