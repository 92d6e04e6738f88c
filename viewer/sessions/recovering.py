"""Makes sessions whole whose writer was killed: cut to what was written whole, indexed, and described as it is."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
from av.error import FFmpegError

from gpu_core.errors import MienError
from viewer.sessions import layout
from viewer.sessions.append_file import cut_to_whole_lines
from viewer.sessions.contact_sheet import ContactSheet
from viewer.sessions.frame_index import DROPPED, LOST, SHOWN, SKIPPED, IndexRow
from viewer.sessions.frame_index import HEADER as INDEX_HEADER
from viewer.sessions.growing_file import cut_to_whole_fragments
from viewer.sessions.layout import SessionError
from viewer.sessions.session import Session, open_session
from viewer.sessions.session_folder import SPARE_NAME, reason, write_bytes, write_state
from viewer.sessions.video_reading import copy_whole, frames_in, pictures
from viewer.sessions.writer_lock import WriterLock, is_held

_TABLES = (layout.CSV_NAME, layout.TRACK_NAME, layout.INDEX_NAME, layout.TIMINGS_NAME, layout.UTILISATION_NAME)
KILLED = "the program ended while it was recording"


def recover(folder: Path) -> str:
    """Make a session whole; returns in a sentence what it holds. Whole ones stay as they are; again is fine.

    Raises:
        SessionError: the folder holds no session, somebody is writing it, or the disk does not let us.
    """
    session = open_session(folder)
    try:
        lock = WriterLock(folder)
    except BlockingIOError:
        raise SessionError(f"{folder} is being recorded right now: end that first") from None
    except OSError as error:
        raise SessionError(f"{folder} cannot be mended: {reason(error)}") from error
    try:
        return mend(session)
    except (OSError, FFmpegError) as error:
        raise SessionError(f"{folder} cannot be mended: {reason(error)}") from error
    finally:
        lock.release()


def lost_sessions(parent: Path) -> list[Path]:
    """The sessions in a folder that were being recorded when their writer went."""
    found = []
    with contextlib.suppress(OSError):
        for path in sorted(parent.iterdir()):
            with contextlib.suppress(SessionError, OSError):
                if open_session(path).state == layout.RECORDING and not is_held(path):
                    found.append(path)
    return found


def recover_lost(parent: Path) -> Iterator[str]:
    """Recover every lost session in a folder, a sentence each; what cannot be mended is told and left alone."""
    for path in lost_sessions(parent):
        try:
            yield recover(path)
        except MienError as error:
            yield str(error)


def mend(session: Session) -> str:
    """What `recover` does, for who holds the session's lock.

    Raises:
        OSError, FFmpegError, SessionError: the disk does not let us, or a file is not what a recorder writes.
    """
    for path in session.folder.glob(".*"):
        if path.is_file() and (path.name == SPARE_NAME or path.name.endswith(".part")):
            path.unlink()
    video_frames = _mend_video(session)
    for name in _TABLES:
        path = session.folder / name
        if path.exists():
            cut_to_whole_lines(path)
    rows = _mend_index(session, video_frames)
    _end_trace(session.folder / layout.TRACE_NAME)
    _describe(session, video_frames, rows)
    if video_frames and not (session.folder / layout.SHEET_NAME).exists():
        _draw_sheet(session)  # last: where the disk is full it is what has no room
    lost = sum(row.state == LOST for row in rows)
    return f"{session.folder}: {video_frames} video frames, {len(rows)} expressions" + (
        f"; the pictures of {lost} are lost" if lost else ""
    )


def _mend_video(session: Session) -> int:
    """Cut off what was being written, and index the rest; returns how many frames there are."""
    path = session.video
    if session.state == layout.RECORDING and path.is_file():
        if path.suffix == ".mp4":
            cut_to_whole_fragments(path)
        part = path.with_name(f".{path.name}.part")
        try:
            if copy_whole(path, part):
                part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        if not frames_in(session):
            path.unlink()  # not even a beginning: no player opens it
    return frames_in(session)


def _mend_index(session: Session, video_frames: int) -> list[IndexRow]:
    """A row for each row of the track, and none that says of a picture it is there when it is not."""
    track = [row.time_s for row in session.track()]
    rows = list(session.index())[: len(track)]
    for frame in range(len(rows), len(track)):  # the row of the track is written first
        rows.append(IndexRow(frame, track[frame], max(0, round(track[frame] * session.fps)), LOST))
    rows = [row._replace(state=LOST) if row.state == SHOWN and row.video_frame >= video_frames else row for row in rows]
    lines = (row.line() for row in rows)
    write_bytes(session.folder / layout.INDEX_NAME, "".join((",".join(INDEX_HEADER) + "\n", *lines)).encode())
    return rows


def _end_trace(path: Path) -> None:
    """Close the list of events."""
    if not path.exists():
        return
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - 8))
        if file.read().rstrip().endswith(b"]"):
            return
    cut_to_whole_lines(path)
    with path.open("r+b") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - 2))
        has_comma = file.read() == b",\n"
        file.truncate(end - 2 if has_comma else end)
        file.seek(0, os.SEEK_END)
        file.write(b"\n]\n" if end else b"[\n]\n")


def _draw_sheet(session: Session) -> None:
    if session.codec == "exr":
        return
    sheet = ContactSheet(session.background)
    for number, picture in pictures(session, only_keys=True):
        if sheet.wants(number):
            opaque = picture if picture.shape[2] == 4 else cv2.cvtColor(picture, cv2.COLOR_RGB2RGBA)
            sheet.add(number, number / session.fps, np.asarray(opaque))
    write_bytes(session.folder / layout.SHEET_NAME, sheet.png())


def _describe(session: Session, video_frames: int, rows: list[IndexRow]) -> None:
    counts = {"video_frames": video_frames, "frames": len(rows)}
    counts |= {state: sum(row.state == state for row in rows) for state in (SKIPPED, DROPPED, LOST)}
    told = session.told("counts")
    about = dict(session.about) | {"counts": (told if isinstance(told, dict) else {}) | counts}
    if session.state == layout.RECORDING:
        now = datetime.now().astimezone().isoformat(timespec="milliseconds")
        about |= {"state": layout.STOPPED, "problem": KILLED, "recovered": now}
    write_state(session.folder, about, sync=True)
