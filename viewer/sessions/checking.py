"""Whether a session is whole, and what it lacks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from gpu_core.errors import MienError
from viewer.sessions import layout, table, timings
from viewer.sessions.frame_index import SHOWN
from viewer.sessions.layout import SessionError
from viewer.sessions.session import Session, open_session
from viewer.sessions.session_folder import reason
from viewer.sessions.video_reading import frames_in
from viewer.sessions.writer_lock import is_held


def shortcomings(folder: Path) -> list[str]:
    """What is missing or wrong, one sentence each; none: the session is whole.

    Raises:
        SessionError: the folder holds no session that this Mien knows.
    """
    session = open_session(folder)
    try:
        if session.state == layout.RECORDING:
            if is_held(folder):
                return ["it is being recorded right now"]
            return [f"its writer is gone: mien session recover {folder}"]
        return list(_of_ended(session))
    except OSError as error:
        raise SessionError(f"{folder}: cannot be read: {reason(error)}") from error


def _of_ended(session: Session) -> Iterator[str]:
    folder = session.folder
    names: tuple[str, ...] = (
        layout.CSV_NAME, layout.TRACK_NAME, layout.INDEX_NAME, layout.TIMINGS_NAME, layout.UTILISATION_NAME,
        layout.TRACE_NAME, layout.SHEET_NAME, session.video.name,
    )  # fmt: skip
    if not session.told("counts", "video_frames"):  # killed before its first picture was on the disk
        names = names[:-2]
    missing = [name for name in names if not (folder / name).exists()]
    yield from (f"{name} is missing" for name in missing)
    if session.video.name in names and session.video.name not in missing:
        yield from _of_video(session)
    try:
        yield from _of_rows(session, missing)
        for name in (layout.TIMINGS_NAME, layout.UTILISATION_NAME):
            header = timings.TIMINGS_HEADER if name == layout.TIMINGS_NAME else timings.UTILISATION_HEADER
            if name not in missing:
                for _ in table.rows(folder / name, header):
                    pass
    except MienError as error:
        yield str(error)
    yield from _of_ends(folder, [name for name in names if name.endswith(".csv") and name not in missing])
    if layout.TRACE_NAME not in missing and not _ends_with(folder / layout.TRACE_NAME, b"]"):
        yield f"{layout.TRACE_NAME} has no end"


def _of_video(session: Session) -> Iterator[str]:
    wanted, found = session.told("counts", "video_frames"), frames_in(session)
    if found != wanted:
        yield f"{session.video.name} has {found} of {wanted} frames"


def _of_rows(session: Session, missing: list[str]) -> Iterator[str]:
    if {layout.TRACK_NAME, layout.INDEX_NAME} & set(missing):
        return
    wanted, video_frames = session.told("counts", "frames"), frames_in(session)
    track = sum(1 for _ in session.track())
    index = list(session.index())
    if not track == len(index) == wanted:
        yield f"{layout.TRACK_NAME} has {track} rows, {layout.INDEX_NAME} {len(index)}: both ought to have {wanted}"
    beyond = sum(row.state == SHOWN and row.video_frame >= video_frames for row in index)
    if beyond:
        yield f"{layout.INDEX_NAME}: {beyond} frames are said to be in the video and are not"
    if layout.CSV_NAME not in missing:
        rows = _lines(session.folder / layout.CSV_NAME) - 1  # without the header
        if rows < video_frames:
            yield f"{layout.CSV_NAME} has {rows} rows for {video_frames} video frames"


def _of_ends(folder: Path, names: list[str]) -> Iterator[str]:
    for name in names:
        if not _ends_with(folder / name, b"\n"):
            yield f"{name} ends within a row"


def _lines(path: Path) -> int:
    """How many whole lines a file has; an hour's take is not parsed for that."""
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(2**20), b""))


def _ends_with(path: Path, end: bytes) -> bool:
    """Whether the file's last bytes are these, white space apart if they are none themselves."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 64))
            tail = file.read()
    except OSError as error:
        raise SessionError(f"{path}: cannot be read: {error.strerror or error}") from error
    return (tail if end.isspace() else tail.rstrip()).endswith(end)
