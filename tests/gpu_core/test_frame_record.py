from __future__ import annotations

import math
from dataclasses import replace

from gpu_core.frame_record import FrameRecord

RECORD = FrameRecord(
    index=1, requested_ns=1_000_000, submitted_ns=2_000_000, finished_ns=20_000_000, shown_ns=31_000_000, stages=(),
    steady=True, in_flight=1, dropped=0, path="host",
)  # fmt: skip


def test_latency_runs_from_the_input_event_to_the_screen() -> None:
    assert RECORD.latency_ms == 30.0


def test_a_clock_that_goes_backwards_or_an_unknown_event_gives_no_latency() -> None:
    for unknown in (replace(RECORD, requested_ns=0), replace(RECORD, shown_ns=0), replace(RECORD, shown_ns=999_999)):
        assert math.isnan(unknown.latency_ms)
