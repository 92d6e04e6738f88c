"""gpu_core.trace: frames as a trace that its readers accept, whatever clocks, disks and signals do."""

from __future__ import annotations

import math
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from gpu_core.settings import StageTime
from gpu_core.trace import HELD_FRAMES, TraceWriter
from tests.chrome_trace import check, of_phase, read_trace, spans_by_track
from tests.frame_records import MS, START_NS, delayed, hostile_records, record, steady_run

NOW_NS = START_NS + 3_600_000 * MS
STAGES = (
    ("pose", 0.0, 1.0, "cpu"), ("render", 1.0, 7.0, "cpu"), ("infer", 10.0, 50.0, "cpu"), ("copy_in", 70.0, 1.0, "cpu"),
    ("show", 74.0, 2.0, "cpu"),
)  # fmt: skip


def writer_in(folder: Path) -> TraceWriter:
    return TraceWriter(folder / "trace.json", now_ns=lambda: NOW_NS)


def test_frames_lie_on_the_tracks_of_who_did_what(tmp_path: Path) -> None:
    with writer_in(tmp_path) as writer:
        for frame in steady_run(6, period_ms=30.0, latency_ms=80.0, stages=STAGES, depth=2):
            writer.frame(frame)
    events = read_trace(writer.path)
    check(events)
    assert writer.skipped == 0
    tracks = spans_by_track(events)
    assert tracks["engine thread"].count("render") == 6
    assert tracks["window"] == ["show"] * 6
    assert tracks["inference (CPU)"] == tracks["inference (CPU) 2"] == ["infer"] * 3, (
        "two at once, one beside the other"
    )
    assert len(of_phase(events, "s")) == len(of_phase(events, "f")) == 6
    assert len(of_phase(events, "t")) == 6 * 3


def test_a_frame_runs_from_its_request_to_the_screen(tmp_path: Path) -> None:
    with writer_in(tmp_path) as writer:
        for frame in steady_run(3, period_ms=30.0, latency_ms=80.0, stages=STAGES):
            writer.frame(frame)
    begun, ended = (of_phase(read_trace(writer.path), phase) for phase in "be")
    assert [round(end["ts"] - begin["ts"]) for begin, end in zip(begun, ended, strict=True)] == [80_000] * 3
    assert begun[1]["args"]["frame"] == 1
    assert begun[0]["args"]["path"] == "host"


def test_losses_changes_and_rates_are_told(tmp_path: Path) -> None:
    run = steady_run(4, period_ms=25.0, latency_ms=70.0, depth=2)
    run[1] = replace(run[1], dropped=3, steady=False)
    run[2] = replace(run[2], unshown=1)
    run[3] = replace(run[3], path="cuda")
    with writer_in(tmp_path) as writer:
        for frame in run:
            writer.frame(frame)
    events = read_trace(writer.path)
    check(events)
    marks = [(mark["name"], mark["args"]["frame"]) for mark in of_phase(events, "i")]
    assert marks == [
        ("path host", 0), ("requests dropped", 1), ("unsteady frame", 1), ("pictures not shown", 2), ("path cuda", 3)
    ]  # fmt: skip
    counters = {name: [c["args"] for c in of_phase(events, "C") if c["name"] == name] for name in ("in flight", "fps")}
    assert counters == {"in flight": [{"batches": 2}] * 4, "fps": [{"fps": 40.0}] * 3}


def test_what_a_gpu_tells_late_stands_in_the_trace(tmp_path: Path) -> None:
    run = steady_run(3, period_ms=30.0, latency_ms=60.0, stages=[("pose", 0.0, 1.0, "cpu"), ("infer", 1.0, 9.0, "cpu")])
    with writer_in(tmp_path) as writer:
        for frame in run:
            writer.frame(frame)
        told = [StageTime("infer", frame.requested_ns + 2 * MS, 3.0, "gpu") for frame in run]
        writer.amend(1, [told[1]])
        assert writer.frames == 0, "the first has not been told of yet"
        writer.amend(0, [told[0]])
        assert writer.frames == 2
        writer.amend(99, [told[0]])
    events = read_trace(writer.path)
    check(events)
    assert spans_by_track(events)["GPU stream 1"] == ["infer", "infer"]
    assert spans_by_track(events)["inference (CPU)"] == ["infer"]


def test_a_frame_is_not_held_for_ever(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    for frame in steady_run(HELD_FRAMES + 2, period_ms=30.0, latency_ms=60.0):
        writer.frame(frame)
    assert writer.frames == 2
    writer._now_ns = lambda: NOW_NS + 1_000 * MS
    writer.flush()
    assert writer.frames == HELD_FRAMES + 2
    check(read_trace(writer.path, ended=False))
    writer.close()


def test_readings_marks_and_encoding(tmp_path: Path) -> None:
    with writer_in(tmp_path) as writer:
        writer.counter("utilisation", {"machine": 51.5, "GPU": math.nan}, START_NS)
        writer.mark("recording", START_NS, {"folder": tmp_path, "size": math.inf})
        writer.span("encoder", "encode", START_NS, 4.0, {"frame": 1})
        writer.frame(record(1, stages=(StageTime("encode", START_NS + 50 * MS, 3.0),)))
    events = read_trace(writer.path)
    check(events)
    assert of_phase(events, "C")[0]["args"] == {"machine": 51.5}
    assert of_phase(events, "i")[0]["args"] == {"folder": str(tmp_path), "size": "inf"}
    assert spans_by_track(events) == {"encoder": ["encode", "encode"]}
    assert writer.skipped == 1


def test_a_clock_that_jumps_costs_the_frames_it_jumped_in(tmp_path: Path) -> None:
    run = steady_run(9, period_ms=30.0, latency_ms=80.0, stages=STAGES)
    run[3], run[5] = delayed(run[3], 1e9), delayed(run[5], -2_000.0)
    with writer_in(tmp_path) as writer:
        for frame in run:
            writer.frame(frame)
    events = read_trace(writer.path)
    check(events)
    assert spans_by_track(events)["window"] == ["show"] * 7
    assert writer.skipped > 0


def test_a_trace_that_cannot_go_on_says_so_and_stays_quiet() -> None:
    writer = TraceWriter(Path("/dev/full"), now_ns=lambda: NOW_NS)
    assert "ends early" in writer.problem
    for frame in steady_run(20, period_ms=30.0, latency_ms=80.0, stages=STAGES):
        writer.frame(frame)
    writer.counter("fps", {"fps": 1.0}, START_NS)
    writer.flush()
    writer.close()
    writer.close()


@given(hostile_records(), st.lists(st.tuples(st.floats(), st.integers())))
def test_no_timing_raises_or_spoils_the_trace(records, readings) -> None:
    with tempfile.TemporaryDirectory() as folder, writer_in(Path(folder)) as writer:
        for hostile in records:
            writer.frame(hostile)
            writer.amend(hostile.index, hostile.stages[:1])
        for value, at_ns in readings:
            writer.counter("load", {"value": value}, at_ns)
            writer.mark("mark", at_ns, {"value": value})
        writer.close()
        events = read_trace(writer.path)
    times = [event for event in events if "ts" in event]
    assert all(event["ts"] >= 0 and event.get("dur", 1) > 0 for event in times)


CHILD = """
import sys, time
from pathlib import Path
from gpu_core.frame_record import FrameRecord
from gpu_core.settings import StageTime
from gpu_core.trace import TraceWriter

clock = lambda: 50 * time.perf_counter_ns()  # a second in 20 ms
writer, index = TraceWriter(Path(sys.argv[1]), now_ns=clock), 0
while True:
    index, now = index + 1, clock()
    stages = (StageTime("render", now - 30_000_000, 5.0), StageTime("infer", now - 20_000_000, 15.0))
    writer.frame(FrameRecord(index, now - 30_000_000, now - 30_000_000, now, now, stages, True, 1, 0, "host"))
    if index == 400:
        print("enough", flush=True)
    time.sleep(0.0005)
"""


def test_a_process_that_is_killed_leaves_a_trace(tmp_path: Path) -> None:
    path = tmp_path / "trace.json"
    with subprocess.Popen([sys.executable, "-c", CHILD, str(path)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "enough\n"
        child.kill()
    events = read_trace(path, ended=False)
    check(events)
    assert len(of_phase(events, "X")) > 400
