"""Expressions from a CSV: that of Live Link Face, or any table that names ARKit's shapes.

Columns go by name, in any order and in the spellings that `gpu_core.gltf.shape_names` knows. Weights that are not there
read as 0. The head's rotations have the signs of Live Link Face and are radians, unless their name says degrees or a
value beyond a full turn shows it. Values are taken as they are; `Expression.clamped` brings them within the limits.
"""

from __future__ import annotations

import math
from array import array
from dataclasses import replace
from pathlib import Path

from gpu_core.expression import ARKIT_SHAPES, Expression
from viewer.sessions.csv_clock import FRAME_FPS, Stamp, from_numbers, from_timecodes, moment, stamp
from viewer.sessions.csv_columns import Columns, columns_of
from viewer.sessions.csv_table import CsvTable, open_table
from viewer.sessions.timed_expression import TakeError, TakeRows, TimedExpression

MOST_ROWS = 500_000  # more than two hours at 60 a second: a gigabyte in memory
_SIGNS = {"yaw": -1.0, "pitch": 1.0, "roll": -1.0}


def read_table(path: Path, fps: float | None = None) -> TakeRows:
    """The rows of a file, times counted from the first.

    Args:
        fps: frames a second of a timecode or of frame numbers; by default the usual rate that fits the frame numbers
            of a timecode, and `FRAME_FPS` where frames are only numbered.

    Raises:
        TakeError: the file cannot be read, is no such CSV, or a row is broken.
    """
    with open_table(path) as table:
        try:
            columns = columns_of(table.header)
        except ValueError as error:
            raise TakeError(f"{path}:1: {error}") from error
        body = _Body(path, columns, decimal="," if table.separator == ";" else ".")
        body.read(table)
    times, remark = body.times(fps)
    remarks = (columns.remark(), remark, *body.remarks())
    return TakeRows(body.rows(times), tuple(f"{path.name}: {text}" for text in remarks if text))


class _Body:
    """The rows while they are read."""

    def __init__(self, path: Path, columns: Columns, *, decimal: str) -> None:
        self._path, self._columns, self._decimal = path, columns, decimal
        self._clock = columns.clock
        self._stamps: list[Stamp] = []
        self._moments = array("d")
        self._faces: list[tuple[float, ...] | None] = []  # cells of the wanted columns
        self._short = 0
        self._left_out = False

    def read(self, table: CsvTable) -> None:
        for line, cells in table:
            try:
                self._add(cells, last=table.cut)
            except ValueError as error:
                raise TakeError(f"{self._path}:{line}: {error}") from error

    def _add(self, cells: list[str], *, last: bool) -> None:
        width = self._columns.width
        if len(cells) > width and any(map(str.strip, cells[width:])):
            raise ValueError(f"has {len(cells)} cells, while the first line names {width} columns")
        face = self._face(cells)
        is_short = len(cells) < width and not self._says_no_face(cells)
        if is_short and last:  # whoever wrote the file did not come to its end
            self._left_out = True
            return
        self._note_time(cells)
        self._short += is_short
        self._faces.append(face)
        if len(self._faces) > MOST_ROWS:
            raise ValueError(f"more than {MOST_ROWS:,} rows")

    def _note_time(self, cells: list[str]) -> None:
        at = self._columns.clock_at
        if self._clock is None:
            return
        text = cells[at] if at < len(cells) else ""
        if not self._faces and self._clock.unit == "timecode" and ":" not in text:
            self._clock = replace(self._clock, unit="?")  # Audio2Face's "timeCode" is a plain number of seconds
        if self._clock.unit == "timecode":
            self._stamps.append(stamp(text))
        else:
            self._moments.append(moment(self._number(text)))

    def _says_no_face(self, cells: list[str]) -> bool:
        at = self._columns.count_at
        return at is not None and at < len(cells) and cells[at].strip() in ("0", "")

    def _face(self, cells: list[str]) -> tuple[float, ...] | None:
        """The wanted cells as numbers; None where the count is nought or a cell is missing: the phone saw no face."""
        if self._says_no_face(cells):
            return None
        try:
            texts = [cells[at] for at in self._columns.wanted]
        except IndexError:
            return None
        if not all(map(str.strip, texts)):
            return None
        values = tuple(map(self._value, texts))
        if not all(map(math.isfinite, values)):
            at = next(at for at in self._columns.wanted if not math.isfinite(self._value(cells[at])))
            raise ValueError(f"{self._columns.names[at]} is {cells[at].strip()[:40]!r}, no number")
        return values

    def _value(self, text: str) -> float:
        """The number of a cell, NaN if it is none."""
        try:
            return float(self._number(text))
        except ValueError:
            return math.nan

    def _number(self, text: str) -> str:
        return text if self._decimal == "." else text.replace(self._decimal, ".")

    def times(self, fps: float | None) -> tuple[list[float], str]:
        """Seconds from the first row, and what had to be assumed."""
        clock, count = self._clock, len(self._faces)
        if count == 0:
            return [], ""
        if clock is None:
            remark = "" if fps else f"has no column of time: its rows are taken as {FRAME_FPS:g} a second"
            return [row / (fps or FRAME_FPS) for row in range(count)], remark
        if clock.unit == "timecode":
            return from_timecodes(self._stamps, fps)
        return from_numbers(clock, self._moments, fps)

    def rows(self, times: list[float]) -> tuple[TimedExpression, ...]:
        """The rows, with the head in degrees."""
        scales = self._scales()
        return tuple(
            TimedExpression(time, None if face is None else self._expression(face, scales))
            for time, face in zip(times, self._faces, strict=True)
        )

    def _expression(self, face: tuple[float, ...], scales: list[tuple[str, float]]) -> Expression:
        weights = [0.0] * len(ARKIT_SHAPES)
        for (_, index), value in zip(self._columns.shapes, face, strict=False):
            weights[index] = value
        head = {axis: value * scale for (axis, scale), value in
                zip(scales, face[len(self._columns.shapes) :], strict=True)}  # fmt: skip
        return Expression(tuple(weights), **head)

    def _scales(self) -> list[tuple[str, float]]:
        """For each angle's column the axis, and what makes degrees of its values with our sign."""
        return [
            (axis, _SIGNS[axis] * (1.0 if unit == "deg" or (unit == "" and self._turns_over) else math.degrees(1.0)))
            for _, axis, unit in self._columns.angles
        ]

    @property
    def _turns_over(self) -> bool:
        """Whether an angle without a unit is beyond a full turn in radians."""
        first = len(self._columns.shapes)
        places = [first + i for i, (_, _, unit) in enumerate(self._columns.angles) if unit == ""]
        return any(abs(face[place]) > 2 * math.pi for face in self._faces if face for place in places)

    def remarks(self) -> list[str]:
        """What was assumed of the rows, or left out."""
        return [
            "the head's angles are taken as degrees: some are beyond a full turn in radians" * self._turns_over,
            f"{self._short} rows lack cells: taken as without a face" * bool(self._short),
            "the last row is cut off: left out" * self._left_out,
        ]
