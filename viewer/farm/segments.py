"""Takes cut into segments, and what is finished of them, kept beside the video they become.

A segment is a run of frames that begins with a key frame and refers to none outside: rendered by itself, it is the
same packets as in a video that was rendered in one go, for that is made of the same parts (`viewer.clips.parts`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from viewer.clips.parts import HASHES_NAME, PART_S, ClipParts
from viewer.sessions.growing_file import RecordingError
from viewer.sessions.packed_take import FaceTable
from viewer.sessions.session_folder import reason, write_bytes
from viewer.sessions.take import Take

SHORTEST_S, LONGEST_S = 0.5, 600.0  # below it key frames are most of the file; above it a lost worker costs minutes


def cut(frames: int, fps: float, segment_s: float = PART_S) -> tuple[tuple[int, int], ...]:
    """First frame and the one after the last of each segment, in order: all `segment_s` long but the last."""
    most = max(1, round(segment_s * fps))
    return tuple((first, min(first + most, frames)) for first in range(0, frames, most))


def faces_of(take: Take, fps: float) -> FaceTable:
    """What every frame of a video of the take shows, exactly."""
    return FaceTable(list(take.expressions(fps)))


def part_of(faces: FaceTable, first: int, end: int) -> FaceTable:
    """Some of them."""
    return FaceTable([faces[place] for place in range(first, end)])


def take_of_faces(faces: FaceTable, fps: float) -> Take:
    """A take that shows one face a frame, exactly those."""
    return Take("segment", len(faces) / fps, fps, lambda time_s: faces[round(time_s * fps)])


class SegmentParts(ClipParts):
    """The finished segments of the clip `out`, in any order; each is looked at before it is believed.

    Raises:
        MienError: as `ClipParts`.
    """

    def __init__(self, out: Path, about: Mapping[str, Any], fps: float, segments: Sequence[tuple[int, int]]) -> None:
        self.about, self._segments = dict(about), tuple(segments)
        self._hashes: dict[str, str] = {}
        super().__init__(out, about, fps)

    def missing(self) -> tuple[tuple[int, int], ...]:
        """The segments that have to be rendered yet."""
        there = {path.name for path in self.paths}
        return tuple(segment for segment in self._segments if part_name(*segment) not in there)

    def add(self, first: int, end: int, data: bytes) -> None:
        """Keep a finished segment, also through a loss of power.

        Raises:
            RecordingError: it cannot be written; nothing of it is kept.
        """
        path = self.folder / part_name(first, end)
        hashes = self._hashes | {path.name: hashlib.sha256(data).hexdigest()}
        try:
            write_bytes(path, data, sync=True)
            write_bytes(self.folder / HASHES_NAME, json.dumps(hashes, indent=0).encode(), sync=True)
        except OSError as error:
            path.unlink(missing_ok=True)
            raise RecordingError(f"{path}: cannot be written: {reason(error)}") from error
        self._hashes = hashes
        self.paths = sorted({*self.paths, path})

    def _whole(self) -> Iterator[Path]:
        wanted, noted = {part_name(*segment) for segment in self._segments}, self._noted()
        for path in sorted(self.folder.glob("*.mp4")):
            if path.name in wanted and noted.get(path.name) == hashlib.sha256(path.read_bytes()).hexdigest():
                self._hashes[path.name] = noted[path.name]
                yield path
            else:
                path.unlink()  # torn, or cut otherwise

    def _noted(self) -> dict[str, str]:
        try:
            told = json.loads((self.folder / HASHES_NAME).read_bytes())
        except (OSError, ValueError):
            return {}
        return {str(name): str(found) for name, found in told.items()} if isinstance(told, dict) else {}


def part_name(first: int, end: int) -> str:
    """As `ClipParts` names its parts."""
    return f"{first:08}-{end:08}.mp4"
