"""The exact track: every frame that was drawn, its moment and its face, as numbers that read back bit by bit.

Each number is Python's `repr` of a double: the shortest decimal that reads back as the same bits, in every language
that rounds correctly. Gaze is told as well, for whoever plots; it is read from the eight eyeLook weights.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from gpu_core.expression import ARKIT_SHAPES, Expression
from viewer.sessions import table
from viewer.sessions.layout import SessionError

HEADER = ("frame", "time_s", *ARKIT_SHAPES, "headYaw", "headPitch", "headRoll", "gazeYaw", "gazePitch")
_SHAPES = len(ARKIT_SHAPES)


class TrackRow(NamedTuple):
    """One frame that was drawn. `time_s` counts from the first; `expression` is None where there was no face."""

    frame: int  # counted from 0 within the session
    time_s: float
    expression: Expression | None


def line(frame: int, time_s: float, expression: Expression | None) -> str:
    """A row of the file, with its line end."""
    if expression is None:
        return f"{frame},{float(time_s)!r}" + "," * (len(HEADER) - 2) + "\n"
    head = (expression.yaw, expression.pitch, expression.roll)
    values = (time_s, *expression.weights, *head, *expression.gaze)
    return f"{frame}," + ",".join(repr(float(value)) for value in values) + "\n"


def read_track(path: Path) -> Iterator[TrackRow]:
    """The rows of a track, frame after frame.

    Raises:
        SessionError: the file cannot be read or a row is broken; the text names the line.
    """
    for count, (number, cells) in enumerate(table.rows(path, HEADER)):
        yield row_of(path, number, cells, count)


def row_of(path: Path, number: int, cells: list[str], frame: int) -> TrackRow:
    """The row that a line's cells make, which has to be that of this frame.

    Raises:
        SessionError: it is not, or it is broken.
    """
    if len(cells) != len(HEADER):
        raise SessionError(f"{path}:{number}: {len(cells)} cells where {len(HEADER)} belong")
    if table.whole(path, number, cells[0]) != frame:
        raise SessionError(f"{path}:{number}: frame {cells[0][:40]} where frame {frame} belongs")
    time_s = table.finite(path, number, cells[1])
    return TrackRow(frame, time_s, _face(path, number, cells[2 : 2 + _SHAPES + 3]))


def _face(path: Path, number: int, cells: list[str]) -> Expression | None:
    if not any(cells):
        return None
    values = [table.finite(path, number, cell) for cell in cells]
    yaw, pitch, roll = values[_SHAPES:]
    return Expression(tuple(values[:_SHAPES]), yaw, pitch, roll)
