"""The pictures of a session, to be read: how many there are, what they show, and a copy with an index of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from av.error import FFmpegError

from viewer.sessions.background import Pixels
from viewer.sessions.layout import SessionError
from viewer.sessions.session import Session


def frames_in(session: Session) -> int:
    """How many frames the video has, without decoding them; 0 for one that nobody could play."""
    path = session.video
    if path.is_dir():
        suffix = session.codec
        return next(number for number in count() if not (path / f"{number:08}.{suffix}").exists())
    found = 0
    try:
        with av.open(str(path)) as container:
            if container.streams.video:
                for packet in container.demux(container.streams.video[0]):
                    found += packet.size > 0
    except (FFmpegError, OSError):  # it ends within a packet: what was before it plays
        return found
    return found


def pictures(session: Session, *, only_keys: bool = False) -> Iterator[tuple[int, Pixels]]:
    """(frame, picture): of a sequence of PNGs (size, size, 4) with straight alpha, of any other video RGB as it shows.

    Raises:
        SessionError: a picture cannot be read.
    """
    if session.video.is_dir():
        yield from _png_pictures(session)
        return
    if not session.video.exists():
        return
    try:
        with av.open(str(session.video)) as container:
            stream: Any = container.streams.video[0]
            stream.codec_context.skip_frame = "NONKEY" if only_keys else "DEFAULT"
            stream.thread_count = 1
            for frame in container.decode(stream):
                yield round(float(frame.time or 0.0) * session.fps), np.asarray(frame.to_ndarray(format="rgb24"))
    except (FFmpegError, OSError, IndexError) as error:
        raise SessionError(f"{session.video}: cannot be read: {error}") from error


def _png_pictures(session: Session) -> Iterator[tuple[int, Pixels]]:
    if session.codec != "png":
        raise SessionError(f"{session.video}: EXR pictures are for other programs: they are not read back")
    for number in range(frames_in(session)):
        path = session.video / f"{number:08}.png"
        found = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
        if found is None or found.shape != (session.size, session.size, 4):
            raise SessionError(f"{path}: is no picture of this session")
        yield number, np.asarray(cv2.cvtColor(found, cv2.COLOR_BGRA2RGBA))


def copy_whole(path: Path, part: Path) -> int:
    """Copy every whole packet of a video into the new file `part`, indexed; returns how many those were.

    Raises:
        OSError, FFmpegError: the copy cannot be written.
    """
    copied = 0
    with contextlib.ExitStack() as owned:
        try:
            source = owned.enter_context(av.open(str(path)))
            stream = source.streams.video[0]
        except (FFmpegError, IndexError):
            return 0
        kind = "mp4" if path.suffix == ".mp4" else "matroska"
        options = {"movflags": "faststart"} if kind == "mp4" else {}
        target = owned.enter_context(av.open(str(part), "w", format=kind, options=options))
        copy = target.add_stream_from_template(stream)
        for packet in _readable(source.demux(stream)):
            packet.stream = copy
            target.mux(packet)
            copied += 1
    return copied


def _readable(packets: Iterator[av.Packet[Any]]) -> Iterator[av.Packet[Any]]:
    """Those before the first that cannot be read: it was being written."""
    with contextlib.suppress(FFmpegError):
        for packet in packets:
            if packet.size > 0 and packet.dts is not None:
                yield packet
