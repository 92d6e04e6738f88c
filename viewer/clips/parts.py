"""What is made of a clip so far, in the folder OUT.parts beside it: rendering that was interrupted goes on from there.

Each part is a video of some seconds by itself, named by its frames and by nothing before it is whole. However the
program ends, the parts before the last stay; `join` copies their packets into one video, none encoded twice.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.error import FFmpegError

from gpu_core.errors import MienError
from viewer.clips.encoder import Video
from viewer.sessions.growing_file import RecordingError
from viewer.sessions.session_folder import reason, write_bytes
from viewer.sessions.take import Take
from viewer.sessions.writer_lock import WriterLock

PART_S = 5.0  # what a crash costs at most, in seconds of video; each begins with a key frame
ABOUT_NAME, NEXT_NAME = "clip.json", "next.part"
HASHES_NAME = "hashes.json"  # of parts that came from elsewhere; see viewer.farm.segments


def parts_folder(out: Path) -> Path:
    """Where the parts of a clip are."""
    return out.with_name(f"{out.name}.parts")


class ClipParts:
    """The parts of the clip `out`; to be closed. `about` says all that its pictures depend on: parts of another are
    thrown away.

    Raises:
        MienError: somebody else makes this clip right now, or the folder cannot be made.
    """

    def __init__(self, out: Path, about: Mapping[str, Any], fps: float) -> None:
        self.folder, self._fps = parts_folder(out), fps
        text = json.dumps(about, sort_keys=True, indent=1, default=str)
        try:
            self.folder.mkdir(exist_ok=True)
            self._lock = WriterLock(self.folder)
            try:
                self.was_other = self._adopt(text.encode())
                self.paths = list(self._whole())
            except OSError:
                self.close()
                raise
        except BlockingIOError:
            raise MienError(f"{out} is being rendered right now by another Mien") from None
        except OSError as error:
            raise MienError(f"cannot write to {self.folder}: {reason(error)}") from error

    @property
    def frames(self) -> int:
        """How many frames there are, from the first on without a gap."""
        return _frames_of(self.paths[-1])[1] if self.paths else 0

    def _adopt(self, about: bytes) -> bool:
        """Throw away what belongs to another clip; returns whether there was such."""
        path = self.folder / ABOUT_NAME
        (self.folder / NEXT_NAME).unlink(missing_ok=True)
        is_other = path.exists() and path.read_bytes() != about
        if is_other or not path.exists():
            for part in (*self.folder.glob("*.mp4"), self.folder / HASHES_NAME):
                part.unlink(missing_ok=True)
            write_bytes(path, about)
        return is_other

    def _whole(self) -> Iterator[Path]:
        frames = 0
        for path in sorted(self.folder.glob("*.mp4")):
            first, end = _frames_of(path)
            if first != frames or end <= first:
                path.unlink()  # of nobody that is known here
                continue
            frames = end
            yield path

    def keep(self, frames: int) -> None:
        """The next part is whole and has so many frames.

        Raises:
            RecordingError: it cannot be named.
        """
        first = self.frames
        path = self.folder / f"{first:08}-{first + frames:08}.mp4"
        try:
            (self.folder / NEXT_NAME).rename(path)
        except OSError as error:
            raise RecordingError(f"{path}: cannot be written: {reason(error)}") from error
        self.paths.append(path)

    def join(self, out: Path) -> None:
        """Write the new file `out`, all parts in one.

        Raises:
            RecordingError: it cannot be written.
        """
        try:
            with av.open(str(out), "w", format="mp4", options={"movflags": "faststart"}) as target:
                _copy(self.paths, target, Fraction(self._fps).limit_denominator(1001))
        except (FFmpegError, OSError) as error:
            raise RecordingError(f"{out}: cannot be written: {getattr(error, 'strerror', None) or error}") from error

    def remove(self) -> None:
        """The clip is whole: what it was made of goes."""
        for path in (*self.paths, *(self.folder / name for name in (ABOUT_NAME, NEXT_NAME, HASHES_NAME))):
            path.unlink(missing_ok=True)
        self.paths.clear()

    def close(self) -> None:
        """Let go of the folder, which goes if there is nothing in it that a later run could use."""
        with contextlib.suppress(OSError):
            (self.folder / NEXT_NAME).unlink(missing_ok=True)
            if not any(self.folder.glob("*.mp4")):
                for name in (ABOUT_NAME, HASHES_NAME):
                    (self.folder / name).unlink(missing_ok=True)
        self._lock.release()
        with contextlib.suppress(OSError):  # there is something in it
            self.folder.rmdir()


class PartsVideo:
    """A video that is written part by part; see `viewer.clips.encoder.Video`. `open_part` begins one in a new file.

    Raises:
        RecordingError: from every method; the parts before stay.
    """

    def __init__(self, parts: ClipParts, open_part: Callable[[Path], Video], frames: int) -> None:
        self._parts, self._open_part, self._most = parts, open_part, frames
        self._video: Video | None = None
        self._frames = 0

    def write(self, pixels: Any) -> None:
        """Append a frame."""
        if self._video is None:
            self._video, self._frames = self._open_part(self._parts.folder / NEXT_NAME), 0
        try:
            self._video.write(pixels)
        except BaseException:
            self._video = None
            raise
        self._frames += 1
        if self._frames >= self._most:
            self.close()

    def close(self) -> None:
        """End the part that was begun, however short it is."""
        video, self._video = self._video, None
        if video is not None:
            video.close()
            self._parts.keep(self._frames)


def take_hash(take: Take, fps: float) -> str:
    """What all of a take's frames show."""
    found = sha256()
    for face in take.expressions(fps):
        found.update(np.array((*face.weights, face.yaw, face.pitch, face.roll), np.float64).tobytes())
    return found.hexdigest()


def _frames_of(path: Path) -> tuple[int, int]:
    """The first frame of a part and the one after its last, as its name says; (-1, -1) if it says nothing."""
    first, _, end = path.stem.partition("-")
    return (int(first), int(end)) if first.isdecimal() and end.isdecimal() else (-1, -1)


def _copy(paths: list[Path], target: Any, rate: Fraction) -> None:
    """Packets one after the other: none refers to a later one, so a packet's number is its time."""
    stream, number = None, 0
    for path in paths:
        with av.open(str(path)) as source:
            video = source.streams.video[0]
            if stream is None:
                stream = target.add_stream_from_template(video)
                stream.time_base = 1 / rate
            for packet in source.demux(video):
                if packet.size:
                    packet.pts = packet.dts = number
                    packet.time_base, packet.duration, packet.stream = 1 / rate, 1, stream
                    target.mux(packet)
                    number += 1
