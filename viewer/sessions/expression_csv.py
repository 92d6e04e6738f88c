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

Missing weights read as 0. Values are taken as they are; `Expression.clamped` brings them within the limits.
"""

from __future__ import annotations

import csv
import io
import math
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, TextIO

from gpu_core.errors import MienError
from gpu_core.expression import ARKIT_SHAPES, GAZE_DOWN_DEG, GAZE_UP_DEG, GAZE_YAW_DEG, Expression

PHONE_FPS = 60.0  # what the app counts its timecode in by default
DAY_S = 24 * 3600
_COUNT = 61  # what BlendShapeCount says: 52 weights and 9 rotations
# Rates a timecode is counted in, for files that do not say: all do not.
_RATES = (24.0, 25.0, 30.0, 48.0, 50.0, 60.0, 90.0, 100.0, 120.0, 240.0)
# Longer than any header or row: a file whose first line is longer is something else.
_LINE_LIMIT = 65536


def _file_order() -> tuple[str, ...]:
    """The shapes in the order of files: that of `ARKIT_SHAPES`, but for right before left in jaw and mouth."""
    swaps = {"jawLeft": "jawRight", "jawRight": "jawLeft", "mouthLeft": "mouthRight", "mouthRight": "mouthLeft"}
    return tuple(swaps.get(name, name) for name in ARKIT_SHAPES)


_SHAPES = _file_order()
_ROTATIONS = tuple(f"{part}{angle}" for part in ("Head", "LeftEye", "RightEye") for angle in ("Yaw", "Pitch", "Roll"))
HEADER: tuple[str, ...] = (
    "Timecode", "BlendShapeCount", *(name[0].upper() + name[1:] for name in _SHAPES), *_ROTATIONS,
)  # fmt: skip


class TakeError(MienError):
    """A file of expressions cannot be read or written; the text names the file and, where there is one, the line."""


class TimedExpression(NamedTuple):
    """One row. `time_s` counts from the first row; `expression` is None where no face was seen."""

    time_s: float
    expression: Expression | None


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
    values = [expression[name] for name in _SHAPES] + [math.radians(angle) for angle in _angles(expression)]
    return f"{timecode(seconds, fps)},{_COUNT}," + ",".join(f"{value:.10f}" for value in values)


def _angles(expression: Expression) -> Iterator[float]:
    """The nine rotations in degrees, with the file's signs."""
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
        self._file = path.open("xb", buffering=0)
        try:
            self._append(",".join(HEADER))
        except OSError:
            self.close()
            raise

    def write(self, expression: Expression | None, time_s: float) -> None:
        """Append the expression of a moment, in seconds from the start."""
        self._append(row(expression, self._start_s + time_s, self._fps))

    def close(self) -> None:
        """Close the file. Again is fine."""
        self._file.close()

    def __enter__(self) -> CsvWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    def _append(self, line: str) -> None:
        data = line.encode() + b"\n"
        end = self._file.seek(0, os.SEEK_END)
        try:
            # A nearly full disk takes a part and says so only when asked for the rest.
            while data:
                data = data[self._file.write(data) :]
        except OSError:
            self._file.truncate(end)
            raise


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
    """The rows of a file, times counted from the first.

    Columns go by name, in any order, PascalCase or camelCase; unknown ones are passed over.

    Args:
        fps: frames a second of the timecode; by default the usual rate that fits the frame numbers seen.

    Raises:
        TakeError: the file cannot be read, is no such CSV, or a row is broken.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            columns = _columns(path, file)
            rows = [_parsed(path, line, cells, columns) for line, cells in _numbered(path, file) if any(cells)]
    except UnicodeDecodeError as error:
        raise TakeError(f"{path}: no Live Link Face CSV: it is not text") from error
    except OSError as error:
        raise TakeError(f"{path}: cannot be read: {error.strerror or error}") from error
    rate = fps or _rate([time for time, _ in rows])
    return tuple(_timed(rows, rate))


def _columns(path: Path, file: TextIO) -> dict[str, int]:
    """Column index by the header's names, in lower case: the cases of real files differ."""
    header = file.readline(_LINE_LIMIT)
    names = next(csv.reader(io.StringIO(header)), [])
    columns = {name.strip().lower(): index for index, name in enumerate(names)}
    if "timecode" not in columns or not any(name.lower() in columns for name in _SHAPES):
        raise TakeError(f"{path}:1: no Live Link Face CSV: the first line names no Timecode or no blendshape")
    return columns


def _numbered(path: Path, file: TextIO) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(file)
    try:
        for cells in reader:
            yield reader.line_num + 1, cells  # the header was read before
    except csv.Error as error:
        raise TakeError(f"{path}:{reader.line_num + 1}: {error}") from error


_Stamp = tuple[int, float]  # whole seconds of the day, frames


def _parsed(path: Path, line: int, cells: list[str], columns: dict[str, int]) -> tuple[_Stamp, Expression | None]:
    try:
        stamp = _stamp(cells[columns["timecode"]])
        if _faceless(cells, columns):
            return stamp, None
        values = {name: float(cells[index]) for name, index in columns.items() if name in _WANTED}
        if bad := [name for name, value in values.items() if not math.isfinite(value)]:
            raise ValueError(f"{bad[0]} is {values[bad[0]]}")
    except (ValueError, IndexError) as error:
        raise TakeError(f"{path}:{line}: {error}") from error
    head = (math.degrees(values.get(f"head{angle}", 0.0)) for angle in ("yaw", "pitch", "roll"))
    yaw, pitch, roll = head
    return stamp, Expression(tuple(values.get(name.lower(), 0.0) for name in ARKIT_SHAPES), -yaw, pitch, -roll)


_WANTED = {*(name.lower() for name in _SHAPES), "headyaw", "headpitch", "headroll"}


def _faceless(cells: list[str], columns: dict[str, int]) -> bool:
    """A count of nought, or cells that are missing or empty: the phone saw no face."""
    count = columns.get("blendshapecount")
    if count is not None and count < len(cells) and cells[count].strip() in ("0", ""):
        return True
    return any(index >= len(cells) or not cells[index].strip() for name, index in columns.items() if name in _WANTED)


def _stamp(text: str) -> _Stamp:
    parts = text.strip().replace(";", ":").split(":")  # a semicolon marks drop frame
    if len(parts) != 4:
        raise ValueError(f"{text!r} is no timecode HH:MM:SS:FF.sub")
    hours, minutes, seconds = map(int, parts[:3])
    frames = float(parts[3])
    if not (0 <= minutes < 60 and 0 <= seconds < 60 and hours >= 0 and 0 <= frames < 1000):
        raise ValueError(f"{text!r} is no timecode HH:MM:SS:FF.sub")
    return hours * 3600 + minutes * 60 + seconds, frames


def _rate(stamps: list[_Stamp]) -> float:
    """The usual rate just above the greatest frame number, if the take is long enough to have shown it."""
    greatest = max((frames for _, frames in stamps), default=0.0)
    whole = len({second for second, _ in stamps}) >= 3  # the first and the last second may be cut
    floor = 0.0 if whole else PHONE_FPS - 1
    return next((rate for rate in _RATES if rate > max(math.floor(greatest), floor)), greatest + 1)


def _timed(rows: list[tuple[_Stamp, Expression | None]], rate: float) -> Iterator[TimedExpression]:
    day, previous, first = 0.0, -math.inf, None
    for (second, frames), expression in rows:
        time = second + frames / rate
        if time + day < previous - DAY_S / 2:  # past midnight; a small step back is the clock's, and stays
            day += DAY_S
        previous = time + day
        first = previous if first is None else first
        yield TimedExpression(previous - first, expression)
