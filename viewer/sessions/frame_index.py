"""The index of a session: which video frame shows which row of the track, and at which time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from viewer.sessions import table
from viewer.sessions.layout import SessionError

HEADER = ("frame", "time_s", "video_frame", "state", "engine_frame", "requested_ns", "finished_ns", "steady", "path")
# Its picture is in the video; was dropped, for encoding was behind; is not there because another had its moment; went
# with a writer that was killed.
SHOWN, DROPPED, SKIPPED, LOST = "shown", "dropped", "skipped", "lost"
STATES = (SHOWN, DROPPED, SKIPPED, LOST)


class IndexRow(NamedTuple):
    """One frame that was drawn. A video frame that is nobody's shows what the one before it shows."""

    frame: int  # of the track
    time_s: float
    video_frame: int  # at that moment, counted from 0; whether it shows this frame, `state` says
    state: str
    engine_frame: int = -1  # `Frame.index`
    requested_ns: int = 0  # on the clock of the timings
    finished_ns: int = 0
    steady: bool = False
    path: str = ""

    def line(self) -> str:
        """The row in the file, with its line end."""
        cells = (
            self.frame, repr(float(self.time_s)), self.video_frame, self.state, self.engine_frame, self.requested_ns,
            self.finished_ns, int(self.steady), self.path.replace(",", " "),
        )  # fmt: skip
        return ",".join(map(str, cells)) + "\n"


def read_index(path: Path) -> Iterator[IndexRow]:
    """The rows of an index.

    Raises:
        SessionError: the file cannot be read or a row is broken; the text names the line.
    """
    for count, (number, cells) in enumerate(table.rows(path, HEADER)):
        frame, moment, engine_frame, requested, finished, steady = (
            table.whole(path, number, cells[at]) for at in (0, 2, 4, 5, 6, 7)
        )
        if frame != count or moment < 0 or cells[3] not in STATES:
            raise SessionError(f"{path}:{number}: no row of frame {count}: {','.join(cells)[:60]!r}")
        time_s = table.finite(path, number, cells[1])
        yield IndexRow(frame, time_s, moment, cells[3], engine_frame, requested, finished, bool(steady), cells[8])
