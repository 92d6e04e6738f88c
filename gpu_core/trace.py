"""Traces: frames as Chrome trace events, for https://ui.perfetto.dev and chrome://tracing.

    frame(record) -> held until its GPU has told its stages, or eight more frames have come -> events -> TraceFile

Each stage is a span on the track of who did it. Spans of one track must not overlap: where two batches are inferred at
once, the second goes on a track of its own. A flow (s, t, f) joins the spans of one frame, an async span runs from its
request to the screen. Times are microseconds since a second before the first event.

The format: "Trace Event Format", https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from gpu_core.frame_budget import ENCODER, ENGINE, GPU, INFERENCE, WINDOW, worker_of
from gpu_core.frame_record import FrameRecord, Instant, is_believable, span_ms
from gpu_core.settings import StageTime
from gpu_core.trace_file import FLUSH_S, TraceFile
from gpu_core.trace_tracks import Span, Tracks

HELD_FRAMES = 8  # for what a GPU tells late
# As they are sorted; of those that can have several, the others are numbered.
TITLES = {
    ENGINE: "engine thread",
    INFERENCE: "inference (CPU)",
    GPU: "GPU stream",
    WINDOW: "window",
    ENCODER: "encoder",
}
_LEAD_NS = 1_000_000_000  # what was under way when the trace began lies before its first event
_SLACK_NS = 1_000_000_000  # a clock may be read a little after the event


class TraceWriter:
    """Writes a trace. A context manager, for one thread. No call raises because of a disk or a clock.

    `problem` says why it ended early, "" if it did not; `skipped` counts times that no clock can have told.

    Raises:
        MienError: the file cannot be begun.
    """

    def __init__(self, path: Path, *, now_ns: Callable[[], int] = time.perf_counter_ns) -> None:
        self.path, self.skipped, self.frames = path, 0, 0
        self._file = TraceFile(path, now_ns=now_ns)
        self._now_ns, self._pid = now_ns, os.getpid()
        self._origin_ns = 0
        self._tracks = Tracks(TITLES, self._name_track)
        self._held: deque[tuple[FrameRecord, int, bool]] = deque()  # record, since when, whether its GPU has told
        self._last: FrameRecord | None = None
        self._event("M", "process_name", None, args={"name": "Mien"})
        self._file.flush()

    @property
    def problem(self) -> str:
        """Why nothing more is written; "" as long as all is well."""
        return self._file.problem

    # ---- what there is to tell -----------------------------------------------------------------------------------
    def frame(self, record: FrameRecord) -> None:
        """Add a frame, shown or finished."""
        if not self._file.is_open:
            return
        self._held.append((record, self._now_ns(), False))
        while len(self._held) > HELD_FRAMES:
            self._write_frame(self._held.popleft()[0])
        if self._file.is_due:
            self.flush()

    def amend(self, index: int, stages: Iterable[StageTime]) -> None:
        """Put in what a GPU tells late of the frame with that `Frame.index`, if it has not been written yet."""
        for at, (record, since_ns, _told) in enumerate(self._held):
            if record.index == index:
                self._held[at] = (record.amended(stages), since_ns, True)
                break
        while self._held and self._held[0][2]:
            self._write_frame(self._held.popleft()[0])

    def span(self, track: str, name: str, start_ns: Instant, duration_ms: float, args: Mapping[str, Any] = {}) -> None:
        """Add work that belongs to no stage, such as ("encoder", "encode"); the track is made if need be."""
        if (span := self._span(start_ns, duration_ms)) is not None:
            self._place(track, name, span, args)

    def counter(self, name: str, values: Mapping[str, float], at_ns: Instant) -> None:
        """Add a reading of one or several series, such as ("fps", {"fps": 29.7})."""
        known = {key: value for key, value in values.items() if abs(value) < 1e15}  # False for NaN
        self.skipped += len(values) - len(known)
        if known and self._is_sane(at_ns):
            self._event("C", name, at_ns, args=known)

    def mark(self, name: str, at_ns: Instant, args: Mapping[str, Any] = {}) -> None:
        """Add something that happened, across all tracks."""
        if self._is_sane(at_ns):
            self._event("i", name, at_ns, s="p", args=_printable(args))

    def flush(self) -> None:
        """Hand all but the newest frames to the disk. To be called now and then while no frames come."""
        due_ns = self._now_ns() - FLUSH_S * 1e9
        while self._held and self._held[0][1] <= due_ns:
            self._write_frame(self._held.popleft()[0])
        self._file.flush()

    def close(self) -> None:
        """Write what is held and complete the file; may be called twice."""
        while self._held:
            self._write_frame(self._held.popleft()[0])
        self._file.close()

    def __enter__(self) -> TraceWriter:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    # ---- events --------------------------------------------------------------------------------------------------
    def _write_frame(self, record: FrameRecord) -> None:
        self.frames += 1
        args = {"frame": record.index}
        placed = []
        for stage in sorted(record.stages, key=lambda stage: stage.start_ns):
            span = self._span(stage.start_ns, stage.duration_ms)
            if span is not None and (found := self._place(worker_of(stage), stage.name, span, args)) is not None:
                placed.append(found)
        self._write_flow(placed)
        self._write_passage(record)
        self._write_marks(record)
        self._write_counters(record)
        self._last = record

    def _write_flow(self, placed: list[tuple[int, int]]) -> None:
        """Arrows from each stage to the next: (start, track) each."""
        for number, (start_ns, track) in enumerate(sorted(placed) if len(placed) > 1 else ()):
            phase = "s" if not number else "f" if number == len(placed) - 1 else "t"
            end = {"bp": "e"} if phase == "f" else {}
            self._event(phase, "frame", start_ns, cat="flow", id=self.frames, tid=track, **end)

    def _write_passage(self, record: FrameRecord) -> None:
        if span_ms(record.requested_ns, record.shown_ns) is None or not self._is_sane(record.requested_ns):
            return
        args = {
            "frame": record.index, "path": record.path, "steady": record.steady, "in flight": record.in_flight,
            "bytes": record.traffic_bytes,
        }  # fmt: skip
        self._event("b", "request to screen", record.requested_ns, cat="frame", id=self.frames, args=args)
        self._event("e", "request to screen", record.shown_ns, cat="frame", id=self.frames)

    def _write_marks(self, record: FrameRecord) -> None:
        at_ns = next((at for at in (record.shown_ns, record.finished_ns, record.submitted_ns) if at), 0)
        if record.dropped > 0:
            self.mark("requests dropped", at_ns, {"frame": record.index, "dropped": record.dropped})
        if record.unshown > 0:
            self.mark("pictures not shown", at_ns, {"frame": record.index, "not shown": record.unshown})
        if not record.steady:
            self.mark("unsteady frame", at_ns, {"frame": record.index})
        if self._last is None or record.path != self._last.path:
            self.mark(f"path {record.path}", at_ns, {"frame": record.index})

    def _write_counters(self, record: FrameRecord) -> None:
        if record.submitted_ns:
            self.counter("in flight", {"batches": record.in_flight}, record.submitted_ns)
        interval_ms = span_ms(self._last.shown_ns, record.shown_ns) if self._last is not None else None
        if interval_ms:
            self.counter("fps", {"fps": 1000.0 / interval_ms}, record.shown_ns)

    def _place(self, track: str, name: str, span: Span, args: Mapping[str, Any]) -> tuple[int, int] | None:
        """Write a span where there is room; its start and its track, None if there is none."""
        found = self._tracks.place(track, span)
        if found is None:
            self.skipped += 1
            return None
        tid, (start_ns, end_ns) = found
        dur = (end_ns - start_ns) / 1000
        self._event("X", name or "?", start_ns, cat="stage", dur=dur, tid=tid, args=_printable(args))
        return start_ns, tid

    def _name_track(self, tid: int, title: str) -> None:
        self._event("M", "thread_name", None, tid=tid, args={"name": title})
        self._event("M", "thread_sort_index", None, tid=tid, args={"sort_index": tid})

    def _span(self, start_ns: Instant, duration_ms: float) -> Span | None:
        if not is_believable(duration_ms):
            self.skipped += 1
            return None
        end_ns = start_ns + max(round(duration_ms * 1e6), 1)  # a flow ends in no span that takes no time
        return (start_ns, end_ns) if self._is_sane(start_ns) and self._is_sane(end_ns) else None

    def _is_sane(self, at_ns: Instant) -> bool:
        """Whether that can have happened during this trace. The first that can begins it."""
        is_past = 0 < at_ns <= self._now_ns() + _SLACK_NS
        if is_past and not self._origin_ns:
            self._origin_ns = max(at_ns - _LEAD_NS, 1)
        if is_past and at_ns >= self._origin_ns:
            return True
        self.skipped += 1
        return False

    def _event(self, phase: str, name: str, at_ns: Instant | None, *, tid: int = 0, **more: Any) -> None:
        ts = {} if at_ns is None else {"ts": (at_ns - self._origin_ns) / 1000}
        self._file.write({"name": name, "ph": phase, **ts, "pid": self._pid, "tid": tid, **more})


def _printable(args: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments as JSON has them: what it has no number for becomes a word."""
    return {str(key): value if _is_plain(value) else str(value) for key, value in args.items()}


def _is_plain(value: object) -> bool:
    return isinstance(value, int | str | None) or (isinstance(value, float) and abs(value) < 1e300)
