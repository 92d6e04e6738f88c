"""Frame records for tests: one that is as it should be, runs of them, and ones that no clock could have told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import strategies as st

from gpu_core.frame_record import FrameRecord
from gpu_core.settings import StageTime

MS = 1_000_000
START_NS = 1_000 * MS


def record(
    index: int = 1,
    *,
    stages: tuple[StageTime, ...] = (),
    requested_ns: int | None = None,
    shown_ns: int | None = None,
    steady: bool = True,
    dropped: int = 0,
    in_flight: int = 1,
    path: str = "host",
) -> FrameRecord:
    """A frame that took 30 ms from the request to the screen, one each 40 ms, unless told otherwise."""
    shown_ns = START_NS + index * 40 * MS if shown_ns is None else shown_ns
    requested_ns = shown_ns - 30 * MS if requested_ns is None else requested_ns
    return FrameRecord(
        index=index, requested_ns=requested_ns, submitted_ns=requested_ns, finished_ns=shown_ns, shown_ns=shown_ns,
        stages=stages, steady=steady, in_flight=in_flight, dropped=dropped, path=path,
    )  # fmt: skip


def steady_run(
    count: int,
    *,
    period_ms: float,
    latency_ms: float,
    stages: Sequence[tuple[str, float, float, str]] = (),
    depth: int = 1,
) -> list[FrameRecord]:
    """Frames shown every `period_ms`. A stage is (name, begins so long after the request, takes so long, clock)."""
    run = []
    for index in range(count):
        shown_ns = START_NS + round((latency_ms + index * period_ms) * MS)
        requested_ns = shown_ns - round(latency_ms * MS)
        times = tuple(
            StageTime(name, requested_ns + round(after_ms * MS), took_ms, clock)
            for name, after_ms, took_ms, clock in stages
        )
        run.append(record(index, stages=times, requested_ns=requested_ns, shown_ns=shown_ns, in_flight=depth))
    return run


def delayed(frame: FrameRecord, delay_ms: float) -> FrameRecord:
    """The same frame, so much later."""
    shift = round(delay_ms * MS)
    return replace(
        frame,
        requested_ns=frame.requested_ns + shift, submitted_ns=frame.submitted_ns + shift,
        finished_ns=frame.finished_ns + shift, shown_ns=frame.shown_ns + shift,
        stages=tuple(replace(stage, start_ns=stage.start_ns + shift) for stage in frame.stages),
    )  # fmt: skip


_instants = st.one_of(st.integers(), st.integers(0, 2**40), st.sampled_from([0, -1, 2**63, 2**62, -(2**70), 10**400]))
_stages = st.builds(
    StageTime,
    st.sampled_from(["pose", "render", "copy_out", "pack", "infer", "unpack", "copy_in", "show", "tea", ""]),
    _instants,
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from(["cpu", "gpu", "sundial"]),
)
_frames = st.builds(
    FrameRecord,
    index=st.integers(-(2**62), 2**62), requested_ns=_instants, submitted_ns=_instants, finished_ns=_instants,
    shown_ns=_instants, stages=st.lists(_stages, max_size=6).map(tuple), steady=st.booleans(),
    in_flight=st.integers(-5, 2000), dropped=st.integers(-3, 2**40), path=st.sampled_from(["host", "cuda", ""]),
    traffic_bytes=st.integers(-1, 2**40), unshown=st.integers(-1, 2**40),
)  # fmt: skip


def hostile_records() -> st.SearchStrategy[list[FrameRecord]]:
    """Records with negative, huge, missing and NaN timings, and clocks that jump."""
    return st.lists(_frames, max_size=25)
