"""Expressions on disk: the CSV that Live Link Face writes, so that takes and sessions open in the same tools.

63 columns: `Timecode`, `BlendShapeCount`, 52 shapes (in the order of real files, where JawRight precedes JawLeft and
MouthRight MouthLeft), and three rotations each of head, left eye and right eye, in radians. The timecode is
HH:MM:SS:FF.sub, frames of a second and thousandths of a frame; the app counts 60 frames a second unless told otherwise.
A moment without a face has a count of 0 and no values.

Signs of the rotations: yaw is positive towards the character's right, pitch downwards, roll with the top of the head
towards the character's left: yaw and roll against `Expression`. For the eyes this was read off real takes
(eyeLookOutLeft goes with a negative LeftEyeYaw, eyeLookUp with a negative pitch); the takes at hand had no head
rotation, so that the head follows the same convention is an assumption. The eyes' rotations are written from the
eyeLook weights, and not read back: the weights say the same.
"""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType

from gpu_core.expression import ARKIT_SHAPES, GAZE_DOWN_DEG, GAZE_UP_DEG, GAZE_YAW_DEG, Expression
from viewer.sessions.append_file import AppendFile
from viewer.sessions.csv_clock import DAY_S, PHONE_FPS
from viewer.sessions.csv_reading import read_table
from viewer.sessions.timed_expression import TakeError, TimedExpression

__all__ = [
    "DAY_S", "HEADER", "PHONE_FPS", "CsvWriter", "TakeError", "TimedExpression", "read_csv", "rotations", "row",
    "timecode", "write_csv",
]  # fmt: skip

_COUNT = 61  # what BlendShapeCount says: 52 weights and 9 rotations


def _file_order() -> tuple[str, ...]:
    """The shapes in the order of files: that of `ARKIT_SHAPES`, but for right before left in jaw and mouth."""
    swaps = {"jawLeft": "jawRight", "jawRight": "jawLeft", "mouthLeft": "mouthRight", "mouthRight": "mouthLeft"}
    return tuple(swaps.get(name, name) for name in ARKIT_SHAPES)


_SHAPES = _file_order()
_ROTATIONS = tuple(f"{part}{angle}" for part in ("Head", "LeftEye", "RightEye") for angle in ("Yaw", "Pitch", "Roll"))
HEADER: tuple[str, ...] = (
    "Timecode", "BlendShapeCount", *(name[0].upper() + name[1:] for name in _SHAPES), *_ROTATIONS,
)  # fmt: skip


def timecode(seconds: float, fps: float = PHONE_FPS) -> str:
    """HH:MM:SS:FF.sub of a time of day in seconds; after midnight it begins anew."""
    ticks = round(fps * 1000)  # thousandths of a frame a second, whole so that nothing rounds up to a 60th frame
    whole, part = divmod(round(seconds * ticks), ticks)
    frame, sub = divmod(part, 1000)
    return f"{whole // 3600 % 24:02}:{whole // 60 % 60:02}:{whole % 60:02}:{frame:02}.{sub:03}"


def row(expression: Expression | None, seconds: float, fps: float = PHONE_FPS) -> str:
    """One line of the file, without its line end. `seconds` is the time of day."""
    if expression is None:
        return f"{timecode(seconds, fps)},0" + "," * _COUNT
    values = [expression[name] for name in _SHAPES] + [math.radians(angle) for angle in rotations(expression)]
    return f"{timecode(seconds, fps)},{_COUNT}," + ",".join(f"{value:.10f}" for value in values)


def rotations(expression: Expression) -> Iterator[float]:
    """The app's nine rotations in degrees: head, left eye, right eye, with the signs of its files and packets."""
    yield from (-expression.yaw, expression.pitch, -expression.roll)
    for side, to_left, to_right in (("Left", "Out", "In"), ("Right", "In", "Out")):
        look = {way: expression[f"eyeLook{way}{side}"] for way in ("Out", "In", "Up", "Down")}
        yield from ((look[to_right] - look[to_left]) * GAZE_YAW_DEG,
                    look["Down"] * GAZE_DOWN_DEG - look["Up"] * GAZE_UP_DEG, 0.0)  # fmt: skip


class CsvWriter:
    """Appends rows to a new file, each on the disk's side of Python before `write` returns.

    A row is written whole or, if the disk is full, not at all. Any one thread.

    Args:
        start_s: time of day of the first row's zero, in seconds.

    Raises:
        OSError: from every method, as the operating system says it: a recorder has more to say about it.
    """

    def __init__(self, path: Path, fps: float = PHONE_FPS, start_s: float = 0.0) -> None:
        self._fps, self._start_s = fps, start_s
        self._file = AppendFile(path, ",".join(HEADER))

    def write(self, expression: Expression | None, time_s: float) -> None:
        """Append the expression of a moment, in seconds from the start."""
        self._file.append(row(expression, self._start_s + time_s, self._fps) + "\n")

    def close(self) -> None:
        """Close the file. Again is fine."""
        self._file.close()

    def __enter__(self) -> CsvWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None) -> None:
        self.close()


def write_csv(path: Path, rows: Iterable[TimedExpression], fps: float = PHONE_FPS, start_s: float = 0.0) -> None:
    """Write a whole file, or leave what was there untouched.

    Raises:
        TakeError: it cannot be written.
    """
    lines = [",".join(HEADER), *(row(expression, start_s + time_s, fps) for time_s, expression in rows)]
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with open(handle, "w", encoding="ascii") as file:
                file.writelines(line + "\n" for line in lines)
            Path(name).chmod(0o644)
            os.replace(name, path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise TakeError(f"{path}: cannot be written: {error.strerror or error}") from error


def read_csv(path: Path, fps: float | None = None) -> tuple[TimedExpression, ...]:
    """The rows of a file, this one's or another CSV of expressions: see `viewer.sessions.csv_reading`.

    Args:
        fps: frames a second of the timecode; by default the usual rate that fits the frame numbers seen.

    Raises:
        TakeError: the file cannot be read, is no such CSV, or a row is broken.
    """
    return read_table(path, fps).rows
