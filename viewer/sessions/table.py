"""The tables of a session: CSV with a header that is known, read row by row."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from viewer.sessions.layout import SessionError

LINE_LIMIT = 65536  # far beyond any row: a file with longer lines is something else


def rows(path: Path, header: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Each row's line number and cells. A last line without its end was being written: it is none.

    Raises:
        SessionError: the file cannot be read or is no such table; the text names the line.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            yield from _rows(path, file, header)
    except UnicodeDecodeError as error:
        raise SessionError(f"{path}: it is not text") from error
    except OSError as error:
        raise SessionError(f"{path}: cannot be read: {error.strerror or error}") from error


def _rows(path: Path, file: TextIO, header: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    first = file.readline(LINE_LIMIT)
    if first.rstrip("\r\n") != ",".join(header):
        raise SessionError(f"{path}:1: the first line is not that of a session's {path.name}")
    number = 1
    while line := file.readline(LINE_LIMIT):
        number += 1
        if not line.endswith("\n"):
            if len(line) >= LINE_LIMIT:
                raise SessionError(f"{path}:{number}: a line too long for any row")
            return
        cells = line.rstrip("\r\n").split(",")
        if len(cells) != len(header):
            raise SessionError(f"{path}:{number}: {len(cells)} cells where {len(header)} belong")
        yield number, cells


def whole(path: Path, line: int, text: str) -> int:
    """A cell that holds a whole number.

    Raises:
        SessionError: it does not.
    """
    try:
        return int(text)
    except ValueError:
        raise SessionError(f"{path}:{line}: {text[:40]!r} is no whole number") from None


def finite(path: Path, line: int, text: str) -> float:
    """A cell that holds a finite number.

    Raises:
        SessionError: it does not.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise SessionError(f"{path}:{line}: {text[:40]!r} is no finite number")
    return value
