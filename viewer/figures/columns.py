"""Frames as columns of numbers for the graphs: durations, shares of the latency, marks and gaps. numpy, no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gpu_core.frame_record import FrameRecord, is_believable, span_ms
from gpu_core.timing import BESIDE, LATENCY, STAGES, Floats, Percentiles
from viewer.figures.spans import WAIT, shares

# Series of the table and of the curves; layers of the stack, from the bottom.
ROWS: tuple[str, ...] = (*STAGES, *BESIDE, WAIT, LATENCY)
LAYERS: tuple[str, ...] = (*STAGES, WAIT)
# Between two frames nothing was asked for so long: that is a gap on the graph, as wide as so many frames.
GAP_MS = 500.0
GAP_SLOTS = 3


@dataclass(frozen=True)
class FrameColumns:
    """`count` frames, oldest first. What a frame does not have, or cannot have, is NaN."""

    records: tuple[FrameRecord, ...]
    durations: Floats  # (count, ROWS) milliseconds
    layers: Floats  # (count, LAYERS) milliseconds, 0 where there is none; they add up to the latency
    on_gpu: NDArray[np.bool_]  # (count, ROWS) timed by the GPU itself
    steady: NDArray[np.bool_]  # (count,)
    gaps: NDArray[np.bool_]  # (count,) there is a gap before this frame
    slots: NDArray[np.int64]  # (count,) places on the graph, gaps counted

    @property
    def count(self) -> int:
        """How many frames there are."""
        return len(self.records)

    def values(self, name: str) -> Floats:
        """Milliseconds of a series of ROWS in every frame."""
        column: Floats = self.durations[:, ROWS.index(name)]
        return column

    def table(self) -> dict[str, Percentiles]:
        """The percentiles of every series that steady frames have."""
        found = {name: Percentiles.of(self.values(name)[self.steady]) for name in ROWS}
        return {name: row for name, row in found.items() if row is not None}

    def gpu_stages(self) -> frozenset[str]:
        """Stages that a GPU timed in the newest frame for which it did."""
        (timed,) = np.nonzero(self.on_gpu.any(axis=1))
        if not timed.size:
            return frozenset()
        return frozenset(name for name, is_gpu in zip(ROWS, self.on_gpu[timed[-1]], strict=True) if is_gpu)

    def part(self, first: int, last: int) -> FrameColumns:
        """The frames [first, last), on the places that they have."""
        cut = slice(first, last)
        return FrameColumns(
            self.records[cut], self.durations[cut], self.layers[cut], self.on_gpu[cut], self.steady[cut],
            self.gaps[cut], self.slots[cut],
        )  # fmt: skip

    def nearest(self, slot: float) -> int:
        """The frame that stands nearest to a place on the graph; -1 if there is none."""
        return int(np.abs(self.slots - slot).argmin()) if self.count else -1


class FrameRows:
    """Makes columns of records and keeps what it has worked out of each, so that a redraw looks at new frames only."""

    def __init__(self) -> None:
        self._known: dict[int, _Row] = {}

    def columns(self, records: Sequence[FrameRecord]) -> FrameColumns:
        """The columns of these frames."""
        befores = (None, *records[:-1])
        rows = [self._row(record, before) for record, before in zip(records, befores, strict=False)]
        if len(self._known) > 2 * len(rows) + 1024:
            self._known = {row.record.index: row for row in rows}
        gaps = np.array([row.gap for row in rows], bool)
        gaps[:1] = False
        return FrameColumns(
            records=tuple(records),
            durations=np.array([row.durations for row in rows]).reshape(-1, len(ROWS)),
            layers=np.array([row.layers for row in rows]).reshape(-1, len(LAYERS)),
            on_gpu=np.array([row.on_gpu for row in rows], bool).reshape(-1, len(ROWS)),
            steady=np.array([record.steady for record in records], bool),
            gaps=gaps,
            slots=np.arange(len(rows)) + GAP_SLOTS * np.cumsum(gaps, dtype=np.int64),
        )

    def _row(self, record: FrameRecord, before: FrameRecord | None) -> _Row:
        known = self._known.get(record.index)
        # What a GPU told late makes another record of the same frame.
        if known is None or known.record is not record or (before is not None and known.before is not before):
            known = self._known[record.index] = _row_of(record, before)
        return known


@dataclass(frozen=True)
class _Row:
    record: FrameRecord
    before: FrameRecord | None
    gap: bool
    durations: tuple[float, ...]
    layers: tuple[float, ...]
    on_gpu: tuple[bool, ...]


def _row_of(record: FrameRecord, before: FrameRecord | None) -> _Row:
    taken: dict[str, float] = {}
    for stage in record.stages:
        if stage.name in (*STAGES, *BESIDE) and is_believable(stage.duration_ms):
            taken[stage.name] = taken.get(stage.name, 0.0) + stage.duration_ms
    parts = shares(record)
    if parts:
        taken[WAIT] = parts.get(WAIT, 0.0)
    if is_believable(record.latency_ms):
        taken[LATENCY] = record.latency_ms
    timed = {stage.name for stage in record.stages if stage.clock == "gpu"}
    return _Row(
        record,
        before,
        before is not None and _has_gap(before, record),
        tuple(taken.get(name, float("nan")) for name in ROWS),
        tuple(parts.get(name, 0.0) for name in LAYERS),
        tuple(name in timed for name in ROWS),
    )


def _has_gap(before: FrameRecord, after: FrameRecord) -> bool:
    """Idle, a clock that jumped, or another path: what is to the left says nothing of what is to the right."""
    idle_ms = span_ms(before.shown_ns, after.requested_ns) or 0.0  # None if it was asked for before: nobody waited
    jumped = span_ms(before.shown_ns, after.shown_ns) is None
    return jumped or idle_ms > GAP_MS or before.path != after.path
