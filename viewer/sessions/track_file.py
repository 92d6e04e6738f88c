"""Random access to an exact track of any length: hours open at once, for a row is read when it is asked for."""

from __future__ import annotations

import mmap
from pathlib import Path
from types import TracebackType

import numpy as np

from gpu_core.expression import NEUTRAL, Expression
from viewer.sessions import exact_track, table
from viewer.sessions.exact_track import TrackRow
from viewer.sessions.layout import SessionError

_CHUNK_BYTES = 2**22


class TrackFile:
    """A track, row by number; to be closed. A last line without its end is none.

    Raises:
        SessionError: the file is no track; from `row` and `at`: that row is broken.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                header = file.readline(table.LINE_LIMIT)
                if header != (",".join(exact_track.HEADER) + "\n").encode():
                    raise SessionError(f"{path}:1: the first line is not that of a session's {path.name}")
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except OSError as error:
            raise SessionError(f"{path}: cannot be read: {error.strerror or error}") from error
        self._ends = _line_ends(self._bytes)  # of the header, then of each row

    def __len__(self) -> int:
        return len(self._ends) - 1

    @property
    def seconds(self) -> float:
        """The moment of the last row; 0 for a track without rows."""
        return self.row(len(self) - 1).time_s if len(self) else 0.0

    def row(self, number: int) -> TrackRow:
        """A row, counted from 0."""
        start, end = int(self._ends[number]) + 1, int(self._ends[number + 1])
        if end - start > table.LINE_LIMIT:
            raise SessionError(f"{self.path}:{number + 2}: a line too long for any row")
        text = self._bytes[start:end].decode("utf-8", "replace")
        return exact_track.row_of(self.path, number + 2, text.split(","), number)

    def at(self, time_s: float) -> Expression:
        """The face of a moment, exactly as it was recorded: that of the last frame that was there by then."""
        low, high = 0, len(self)  # the row wanted is before `high`
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.row(middle).time_s <= time_s else (low, middle)
        return (self.row(low).expression if len(self) else None) or NEUTRAL

    def close(self) -> None:
        """Let go of the file. Again is fine."""
        self._bytes.close()

    def __enter__(self) -> TrackFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None) -> None:
        self.close()


def _line_ends(data: mmap.mmap) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    found = []
    for start in range(0, len(data), _CHUNK_BYTES):
        chunk = np.frombuffer(data[start : start + _CHUNK_BYTES], np.uint8)
        found.append(np.flatnonzero(chunk == ord("\n")) + start)
    return np.concatenate(found)
