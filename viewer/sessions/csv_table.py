"""The outside of a CSV file: bounded lines, the separator, cells. Nothing here knows about faces.

A file is untrusted: no line is longer than `LINE_LIMIT` and no file larger than `MAX_BYTES`, so that what is no CSV is
told from its first line and takes no memory.
"""

from __future__ import annotations

import csv
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from viewer.sessions.timed_expression import TakeError

LINE_LIMIT = 65536  # characters: longer than any header or row
MAX_BYTES = 500_000_000  # half a million rows of 63 columns
_SEPARATORS = ",;\t"


class CsvTable:
    """An open file. `header` is its first row; iterating gives (line number, cells) of the rest, but for empty rows."""

    def __init__(self, path: Path, file: TextIO) -> None:
        """Read the header.

        Raises:
            TakeError: the first line is no header of a CSV.
        """
        self._path, self._file, self._line = path, file, 0
        self._ended = True  # whether the last line read has its line end
        first = self._next_line()
        self.separator = max(_SEPARATORS, key=first.count)
        self._rows = csv.reader(self._lines(), delimiter=self.separator)
        self.header = next(csv.reader([first], delimiter=self.separator), [])

    @property
    def cut(self) -> bool:
        """Whether the last row read is the end of a file that does not end with a line."""
        return not self._ended

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        try:
            for cells in self._rows:
                if any(map(str.strip, cells)):
                    yield self._line, cells
        except csv.Error as error:
            raise TakeError(f"{self._path}:{self._line}: {error}") from error

    def _lines(self) -> Iterator[str]:
        while line := self._next_line():
            yield line

    def _next_line(self) -> str:
        line = self._file.readline(LINE_LIMIT)
        if line:
            self._line += 1
            self._ended = line.endswith(("\n", "\r"))
        if len(line) == LINE_LIMIT and not self._ended:
            raise TakeError(f"{self._path}:{self._line}: no CSV of expressions: "
                            f"a line has more than {LINE_LIMIT} characters")  # fmt: skip
        return line


@contextmanager
def open_table(path: Path) -> Iterator[CsvTable]:
    """Open a file; whatever goes wrong while it is read is a TakeError of one line.

    Raises:
        TakeError: it cannot be read, is too large, or is no text.
    """
    check_plain_file(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield CsvTable(path, file)
    except UnicodeDecodeError as error:
        raise TakeError(f"{path}: no CSV of expressions: it is not text in UTF-8") from error
    except OSError as error:
        raise TakeError(f"{path}: cannot be read: {error.strerror or error}") from error


def check_plain_file(path: Path) -> None:
    """Refuse what is no file, or is larger than `MAX_BYTES`.

    Raises:
        TakeError: it is, in one line.
    """
    try:
        size = path.stat().st_size
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise TakeError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if not path.is_file():
        raise TakeError(f"{path}: cannot be read: {os.strerror(errno.EISDIR) if path.is_dir() else 'no plain file'}")
    if size > MAX_BYTES:
        raise TakeError(f"{path}: has {size / 1e6:.0f} MB; takes of at most {MAX_BYTES / 1e6:.0f} MB are read")
