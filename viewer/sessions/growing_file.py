"""Video files that survive their writer: readable while they grow, whole again when they are closed.

A file is written in fragments of half a second, each on the disk's side of the process as soon as it is full: killing
the process costs half a second of pictures and not the recording. Closing turns an MP4 into an ordinary one with an
index (libavformat's `hybrid_fragmented`), which every player can seek in.

One thread at a time may use a file.
"""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
from av.error import FFmpegError

from gpu_core.errors import MienError

FRAGMENT_S = 0.5


class RecordingError(MienError):
    """A recording cannot be begun or go on; the text says what, where and what has been saved."""


class GrowingFile:
    """A growing video of one stream. Nothing is overwritten: the file must be new. Closed without a frame it is empty.

    `options` are libavformat's for this kind of file. Of one that failed no torn end is left, where a player minds one.

    Raises:
        RecordingError: from every method: the file cannot be made or written to. It is closed properly then.
    """

    kind = ""  # libavformat's name: mp4 or matroska

    def __init__(self, path: Path, fps: float, options: Mapping[str, str]) -> None:
        self.path, self.frames = path, 0
        self._rate = Fraction(fps).limit_denominator(1001)
        try:
            path.open("xb").close()  # libavformat makes the file with the first frame: too late to hear of a bad folder
            every = {"flush_packets": "1", **options}
            self._container = av.open(str(path), "w", format=self.kind, options=every)
            self._add_stream()
        except (FFmpegError, OSError) as error:
            raise self._failure(error) from error
        self._open = True

    def _add_stream(self) -> None:
        """Say what the file holds."""
        raise NotImplementedError

    def _flush(self) -> None:
        """Write what is still held back; there is at least one frame."""

    def close(self) -> None:
        """Write what is still held back, and the index. Again is fine."""
        if not self._open:
            return
        # Without a frame there is no header either, and libavformat 62 crashes on indexing a hybrid file without one.
        if self.frames:
            self._flush()
        self._open = False
        try:
            self._container.close()
        except (FFmpegError, OSError) as error:
            self._abandon()
            raise self._failure(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    def _mux(self, packets: Callable[[], Iterable[av.Packet[Any]]]) -> None:
        try:
            self._container.mux(list(packets()))
        except (FFmpegError, OSError) as error:
            self._open = False
            self._abandon()
            raise self._failure(error) from error

    def _abandon(self) -> None:
        """Close after a failure: the first error is the one worth telling."""
        with contextlib.suppress(FFmpegError, OSError):
            self._container.close()
        if self.kind == "mp4":
            with contextlib.suppress(OSError):
                cut_to_whole_fragments(self.path)

    def _failure(self, error: Exception) -> RecordingError:
        return RecordingError(f"{self.path}: cannot be written: {getattr(error, 'strerror', None) or error}")


class EncodedFile(GrowingFile):
    """A growing video of frames that are encoded here; `_stream` does, and keeps nothing of `_last`."""

    _stream: Any
    _last: av.VideoFrame | None = None

    def repeat(self) -> None:
        """Append the last frame once more."""
        if self._last is None:
            return
        self._last.pts, self._last.time_base = self.frames, 1 / self._rate
        self._mux(partial(self._stream.encode, self._last))
        self.frames += 1

    def _flush(self) -> None:
        self._mux(partial(self._stream.encode, None))


def cut_to_whole_fragments(path: Path) -> None:
    """Cut a growing MP4 after its last whole fragment: a part of one is an error to some players.

    Walks the boxes (ISO/IEC 14496-12: a 32-bit size, which counts itself, and a four-letter name).
    """
    with path.open("r+b") as file:
        length, whole, box = path.stat().st_size, 0, 0
        while box + 8 <= length:
            file.seek(box)
            size, name = struct.unpack(">I4s", file.read(8))
            if size < 8 or box + size > length:
                break
            box += size
            whole = whole if name == b"moof" else box  # a fragment is whole when its mdat is
        file.truncate(whole)
