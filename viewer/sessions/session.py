"""A session on disk, to be read: `open_session` looks at what it says of itself, the rest is read when asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from viewer.sessions import layout
from viewer.sessions.exact_track import TrackRow, read_track
from viewer.sessions.frame_index import IndexRow, read_index
from viewer.sessions.layout import SessionError
from viewer.sessions.recording import Colour
from viewer.sessions.timings import read_timings

_MOST_BYTES = 2**20  # of a session.json: ours have three thousand


@dataclass(frozen=True)
class Session:
    """What a folder holds. `about` is all of session.json; what is in other fields has been checked."""

    folder: Path
    about: Mapping[str, Any]
    state: str
    fps: float
    size: int
    codec: str
    background: Colour

    @property
    def video(self) -> Path:
        """The video's file, or the folder of its pictures."""
        return self.folder / layout.VIDEO_NAMES[self.codec]

    @property
    def is_lossless(self) -> bool:
        """Whether the pictures are as they were."""
        return self.codec in layout.LOSSLESS

    @property
    def track_file(self) -> Path:
        """The exact track."""
        return self.folder / layout.TRACK_NAME

    def track(self) -> Iterator[TrackRow]:
        """Every frame that was drawn; SessionError where it cannot be read."""
        return read_track(self.track_file)

    def index(self) -> Iterator[IndexRow]:
        """A row for each row of the track; SessionError where it cannot be read."""
        return read_index(self.folder / layout.INDEX_NAME)

    def timings(self) -> Mapping[str, Mapping[int, float]]:
        """Milliseconds: {stage: {frame: ms}}; SessionError where they cannot be read."""
        return read_timings(self.folder / layout.TIMINGS_NAME)

    def told(self, *names: str) -> Any:
        """What session.json says under these names, one inside the other; None where it says nothing."""
        value: Any = self.about
        for name in names:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value


def open_session(folder: Path) -> Session:
    """Look at a session.

    Raises:
        SessionError: the folder holds none, or one from a newer Mien, or its description is broken.
    """
    path = folder / layout.STATE_NAME
    about = _read(path)
    if about.get("kind") != layout.KIND:
        raise SessionError(f"{folder} holds no session of Mien's: {layout.STATE_NAME} describes something else")
    schema = about.get("schema")
    if type(schema) is not int or schema < 1:
        raise SessionError(f"{path}: schema {str(schema)[:40]!r} is none")
    if schema > layout.SCHEMA:
        raise SessionError(f"{folder} was recorded by a newer Mien (schema {schema}): this one knows {layout.SCHEMA}")
    return _checked(folder, path, about)


def _read(path: Path) -> dict[str, Any]:
    try:
        if not path.parent.is_dir():
            raise SessionError(f"there is no folder {path.parent}")
        if not path.is_file():
            raise SessionError(f"{path.parent} holds no session of Mien's: there is no {path.name} in it")
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise SessionError(f"{path}: too large to describe a session")
        about = json.loads(data)
    except OSError as error:
        raise SessionError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise SessionError(f"{path}: is not JSON: {str(error).splitlines()[0][:120]}") from error
    if not isinstance(about, dict):
        raise SessionError(f"{path}: describes no session")
    return about


def _checked(folder: Path, path: Path, about: dict[str, Any]) -> Session:
    video = about.get("video")
    video = video if isinstance(video, dict) else {}
    fps, size, codec, background = (video.get(name) for name in ("fps", "size", "codec", "background"))
    state = about.get("state")
    if not (
        (isinstance(fps, int | float) and 0.01 <= fps <= 1000)  # False for NaN
        and (isinstance(size, int) and 1 <= size <= 65536)
        and (isinstance(codec, str) and codec in layout.CODECS)
        and (isinstance(state, str) and state in layout.STATES)
        and isinstance(background, list)
    ):
        raise SessionError(f"{path}: its state or its video is not described as a session's")
    red, green, blue = _bytes(path, background)
    return Session(folder, about, state, float(fps), size, codec, (red, green, blue))


def _bytes(path: Path, values: list[Any]) -> list[int]:
    if len(values) != 3 or not all(type(value) is int and 0 <= value <= 255 for value in values):
        raise SessionError(f"{path}: the background is no colour")
    return values
