"""Everything of a session but its pictures: take, exact track, index, timings, utilisation, trace. For one thread."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from gpu_core.expression import Expression
from gpu_core.frame_budget import ENCODER
from gpu_core.frame_record import FrameRecord
from gpu_core.settings import StageTime
from gpu_core.telemetry import UtilisationSample
from gpu_core.trace import TraceWriter
from viewer.sessions import exact_track, frame_index, layout, timings
from viewer.sessions.append_file import AppendFile
from viewer.sessions.expression_csv import CsvWriter
from viewer.sessions.frame_index import IndexRow

T = TypeVar("T")

_REMEMBERED = 64  # frames of which more may be told: more than are ever between engine and screen


class Tracks:
    """The growing files of a session in `folder`.

    Args:
        start_s: time of day of the first frame, in seconds.

    Raises:
        OSError: from every method: a file cannot be made or written to.
        MienError: the trace cannot be begun.
    """

    def __init__(self, folder: Path, start_s: float) -> None:
        self.frames = 0
        self._numbers: OrderedDict[int, int] = OrderedDict()  # of the track, by `Frame.index`
        self._early: OrderedDict[int, tuple[StageTime, ...]] = OrderedDict()  # told before the frame's picture came
        with ExitStack() as owned:

            def begun(name: str, header: Iterable[str]) -> AppendFile:
                file = AppendFile(folder / name, ",".join(header))
                owned.callback(file.close)
                return file

            self._take = owned.enter_context(CsvWriter(folder / layout.CSV_NAME, start_s=start_s))
            self._track = begun(layout.TRACK_NAME, exact_track.HEADER)
            self._index = begun(layout.INDEX_NAME, frame_index.HEADER)
            self._timings = begun(layout.TIMINGS_NAME, timings.TIMINGS_HEADER)
            self._utilisation = begun(layout.UTILISATION_NAME, timings.UTILISATION_HEADER)
            self._trace = owned.enter_context(TraceWriter(folder / layout.TRACE_NAME))
            self._owned = owned.pop_all()

    @property
    def trace_problem(self) -> str:
        """Why the trace ended early, "" if it did not: it has a limit of its own."""
        return self._trace.problem

    def frame(
        self, expression: Expression | None, time_s: float, *, video_frame: int, state: str, record: FrameRecord | None
    ) -> int:
        """A frame that was drawn; returns its number. `time_s` counts from the first."""
        number, self.frames = self.frames, self.frames + 1
        self._track.append(exact_track.line(number, time_s, expression))
        row = IndexRow(number, time_s, video_frame, state)
        if record is not None:
            row = _with_facts(row, record)
            _remember(self._numbers, record.index, number)
            record = replace(record, stages=(*record.stages, *self._early.pop(record.index, ())))
            self._timings.append(timings.stage_lines(number, record.stages))
            self._trace.frame(record)
        self._index.append(row.line())
        return number

    def video_frame(self, expression: Expression | None, time_s: float) -> None:
        """A row of the take: what the face did at the moment of a video frame."""
        self._take.write(expression, time_s)

    def encoded(self, number: int, start_ns: int, end_ns: int) -> None:
        """Encoding a frame took so long."""
        stage = StageTime("encode", start_ns, (end_ns - start_ns) / 1e6)
        self._timings.append(timings.stage_lines(number, (stage,)))
        self._trace.span(ENCODER, stage.name, stage.start_ns, stage.duration_ms, {"frame": number})

    def amend(self, index: int, stages: Iterable[StageTime]) -> None:
        """What was told of the frame with that `Frame.index`, late or before its picture came."""
        stages = tuple(stages)
        if index in self._numbers:
            self._timings.append(timings.stage_lines(self._numbers[index], stages))
            self._trace.amend(index, stages)
        else:
            _remember(self._early, index, (*self._early.get(index, ()), *stages))

    def sample(self, sample: UtilisationSample) -> None:
        """What the machine does."""
        self._utilisation.append(timings.sample_line(sample))
        self._trace.counter("CPU %", {"machine": sample.machine_percent}, sample.taken_ns)
        self._trace.counter("memory MB", {"Mien": sample.resident_mb}, sample.taken_ns)

    def flush(self) -> None:
        """Hand over what the trace holds back; the other files hold nothing."""
        self._trace.flush()

    def close(self) -> None:
        """Complete the files. Again is fine."""
        self._owned.close()


def _remember(table: OrderedDict[int, T], index: int, value: T) -> None:
    table[index] = value
    while len(table) > _REMEMBERED:
        table.popitem(last=False)


def _with_facts(row: IndexRow, record: FrameRecord) -> IndexRow:
    """The row with what is known of the frame."""
    return row._replace(
        engine_frame=record.index,
        requested_ns=record.requested_ns,
        finished_ns=record.finished_ns,
        steady=record.steady,
        path=record.path,
    )
