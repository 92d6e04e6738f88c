"""Records what is shown: a session folder with a video and, row for row, the expression of each of its frames.

The picture arrives when it is ready, the video has a fixed rate. Each frame goes to the nearest moment of the video,
`round((time - first time) * fps)`; moments that nobody drew repeat the picture before them, and of several pictures for
one moment the first is kept (`skipped` counts the others). So the video plays at the speed of life in every player, and
row n of the CSV belongs to frame n of the video.

Threads: `add` and `close` belong to one thread, whichever. Encoding runs on a thread of its own behind a queue of
`QUEUE_FRAMES`. Nothing is lost to a full queue: `add` waits then; `waits` and `waited_s` tell how often and how long.
The properties may be read anywhere.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from gpu_core.expression import Expression
from gpu_core.thread_load import name_thread
from viewer.sessions.expression_csv import CsvWriter
from viewer.sessions.packet_video import Encodable, Packet, PacketVideo
from viewer.sessions.video import BACKGROUND, Colour, Pixels, RecordingError, VideoFile, nv12_shape

QUEUE_FRAMES = 32  # a second of pictures at 30 a second: 32 MiB at 512x512
VIDEO_NAME, CSV_NAME = "video.mp4", "expressions.csv"

# Moment of the video, picture or its packets (None: hold the last), expression.
_Item = tuple[int, Pixels | Sequence[Packet] | None, Expression | None]


class Recorder:
    """One session, from its first frame until `close`. `size` is the side of the square pictures in pixels.

    `encoded`: the pictures are not pixels but `Encodable`s, encoded by the GPU on the thread that adds them.

    The session's folder is new: `folder`/NAME_DATE_TIME. A session that got no frame leaves nothing behind.

    Raises:
        RecordingError: the folder or its files cannot be made. Later, once each, from `add` and `close`: the disk is
            full, say. The files are closed by then and hold what fitted.
    """

    def __init__(
        self,
        folder: Path,
        fps: float,
        size: int,
        name: str = "session",
        background: Colour = BACKGROUND,
        *,
        encoded: bool = False,
    ) -> None:
        self.fps, self.size, self._is_encoded = fps, size, encoded
        self.waits, self.waited_s, self.skipped = 0, 0.0, 0
        now = datetime.now()
        self.folder = _new_folder(folder, f"{name}_{now:%Y-%m-%d_%H-%M-%S}")
        self._frames, self._next, self._first_s = 0, 0, 0.0
        self._error: RecordingError | None = None
        self._told = self._closed = False
        self._late: Sequence[Packet] = ()  # not before the end is queued
        try:
            with contextlib.ExitStack() as undo:
                undo.callback(self._remove)
                self._video: Any = (
                    PacketVideo(self.video_path, fps, size)
                    if encoded
                    else VideoFile(self.video_path, fps, size, background)
                )
                undo.callback(self._video.close)
                self._csv = CsvWriter(
                    self.csv_path, start_s=now.hour * 3600 + now.minute * 60 + now.second + now.microsecond / 1e6
                )
                undo.pop_all()
        except (RecordingError, OSError) as error:
            raise self._failure(error) from error
        self._queue: queue.Queue[_Item | None] = queue.Queue(QUEUE_FRAMES)  # None ends it
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def video_path(self) -> Path:
        """The video, readable at any moment."""
        return self.folder / VIDEO_NAME

    @property
    def csv_path(self) -> Path:
        """The expressions, readable at any moment."""
        return self.folder / CSV_NAME

    @property
    def frames(self) -> int:
        """Frames of the video so far, repeated ones included."""
        return self._frames

    @property
    def seconds(self) -> float:
        """Length of the video so far."""
        return self._frames / self.fps

    @property
    def error(self) -> RecordingError | None:
        """Why the recording stopped by itself, if it did."""
        return self._error

    def add(self, pixels: Pixels | Encodable, expression: Expression | None, time_s: float) -> None:
        """Record a picture; copied before this returns.

        Args:
            pixels: (size, size, 4) uint8, premultiplied sRGB, top row first; or the same as `video.VideoFile.write`
                takes it in NV12, (size * 3 / 2, size) uint8.
            expression: what the picture shows, None for no face.
            time_s: when, on any steady clock.
        """
        self._tell()
        if self._closed:
            raise RecordingError(f"{self.folder}: this recording has ended")
        self._check(pixels)
        if not self._next:
            self._first_s = time_s
        moment = self._moment(time_s)
        if moment < self._next:
            self.skipped += 1
            return
        held = moment - self._next if self._next else 0
        self._next = moment + 1
        self._put((moment, pixels.copy() if isinstance(pixels, np.ndarray) else pixels.encode(held), expression))

    def _check(self, pixels: Pixels | Encodable) -> None:
        if isinstance(pixels, np.ndarray) == self._is_encoded:
            raise RecordingError(
                f"{self.folder}: what the GPU's encoder began only the GPU's encoder can go on with: begin another"
            )
        fitting = ((self.size, self.size, 4), nv12_shape(self.size))
        if isinstance(pixels, np.ndarray) and (pixels.shape not in fitting or pixels.dtype != np.uint8):
            raise RecordingError(
                f"{self.folder}: a picture of {pixels.shape} {pixels.dtype} does not fit a recording of "
                f"{self.size}x{self.size} RGBA or NV12: end it and begin another"
            )

    def close(self, end_s: float | None = None, late: Sequence[Packet] = ()) -> None:
        """Finish the files. Again is fine.

        Args:
            end_s: when the recording ended, on the clock of `add`: the last picture is held until then.
            late: what the GPU's encoder still had of the pictures that were added.
        """
        if not self._closed:
            self._closed = True
            if end_s is not None and self._next:
                self._queue.put((self._moment(end_s), None, None))
            self._late = late
            self._queue.put(None)
            self._thread.join()
        self._tell()

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None) -> None:
        # An error on its way out says more than what it did to the recording.
        with contextlib.suppress(RecordingError) if kind else contextlib.nullcontext():
            self.close()

    def _moment(self, time_s: float) -> int:
        return round((time_s - self._first_s) * self.fps)

    def _put(self, item: _Item) -> None:
        try:
            self._queue.put_nowait(item)
        except queue.Full:
            start = time.perf_counter()
            self._queue.put(item)
            self.waits += 1
            self.waited_s += time.perf_counter() - start

    def _tell(self) -> None:
        if self._error and not self._told:
            self._told = True
            raise self._error

    # The recorder's own thread, from here on.

    def _run(self) -> None:
        name_thread("encoder")  # and those that the encoder starts
        items = iter(self._queue.get, None)
        try:
            with contextlib.closing(self._csv), contextlib.closing(self._video):
                last = None
                for item in items:
                    last = self._record(item, last)
                if self._late:
                    self._video.write_late(self._late)
        except (RecordingError, OSError) as error:
            self._error = self._failure(error)
            for _ in items:  # whoever waits to add must get on
                pass
        if not self._frames:
            self._remove()

    def _record(self, item: _Item, last: Expression | None) -> Expression | None:
        moment, pixels, expression = item
        while self._frames < moment:
            self._csv.write(last, self.seconds)
            self._video.repeat()
            self._frames += 1
        if pixels is None:
            return last
        self._csv.write(expression, self.seconds)
        self._video.write(pixels)
        self._frames += 1
        return expression

    def _remove(self) -> None:
        for path in (self.video_path, self.csv_path):
            path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self.folder.rmdir()

    def _failure(self, error: Exception) -> RecordingError:
        if not self._frames:
            return RecordingError(f"cannot record into {self.folder}: {_reason(error)}")
        return RecordingError(
            f"the recording stopped after {self.seconds:.1f} s, {self.folder} holds what fitted: {_reason(error)}"
        )


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error)
    return str(error)


def _new_folder(parent: Path, name: str) -> Path:
    """A folder that was not there; sessions begun within one second are numbered."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
        for number in range(1, 1000):
            with contextlib.suppress(FileExistsError):
                folder = parent / (name if number == 1 else f"{name}_{number}")
                folder.mkdir()
                return folder
    except OSError as error:
        raise RecordingError(f"cannot record: {_reason(error)}; choose another folder") from error
    raise RecordingError(f"cannot record: {parent / name} and a thousand like it are there already")
