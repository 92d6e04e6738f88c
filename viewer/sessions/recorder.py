"""Records what is shown: a session folder, see `layout`, that is readable at any moment and whole when it is closed.

The picture arrives when it is ready, the video has a fixed rate. Each frame goes to the nearest moment of the video,
`round((time - first time) * fps)`; moments that nobody drew repeat the picture before them, and of several pictures for
one moment the first is kept (`skipped` counts the others). So the video plays at the speed of life in every player, and
row n of expressions.csv belongs to frame n of the video. Every frame that was drawn has a row in the track.

Threads: `add` and `close` belong to one thread, whichever; `amend` may be called from any. Writing is done on a thread
of its own behind a queue of `QUEUE_S` of pictures. Is it full, a patient recorder makes `add` wait (`waits`,
`waited_s`), any other leaves the picture out (`dropped`) and keeps the rest of the frame. The properties may be read
anywhere.
"""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TypeAlias

import numpy as np

from gpu_core.expression import Expression
from gpu_core.frame_record import FrameRecord
from gpu_core.settings import StageTime
from gpu_core.thread_load import name_thread
from viewer.sessions.background import Pixels
from viewer.sessions.disk_room import DiskRoom
from viewer.sessions.frame_index import DROPPED, SKIPPED
from viewer.sessions.growing_file import RecordingError
from viewer.sessions.layout import CSV_NAME, VIDEO_NAMES
from viewer.sessions.packet_video import Encodable, Packet
from viewer.sessions.recording import RecordingForm
from viewer.sessions.session_folder import reason
from viewer.sessions.session_writer import SessionWriter
from viewer.sessions.video_frames import nv12_shape

QUEUE_FRAMES = 32  # at most: 32 MiB at 512x512
QUEUE_S = 0.4  # of pictures, for what waits is lost with the process: with a fragment of the video under a second
QUEUE_ROWS = 4096  # what else waits: minutes of rows, should a disk take its time
NICE = 5  # a third of the processor that who draws gets where there is not enough for both: what encoding needs is less
BEAT_S = 0.25  # how often to look after what no frame wakes
# A step beyond these is no frame's time but a clock that was set: nobody's moment can be told any more.
LONGEST_STEP_S, LONGEST_STEP_BACK_S = 3600.0, 1.0

_Job: TypeAlias = tuple[Callable[[], None], bool]  # what to do; whether it holds a picture's place


class Recorder:
    """One session, from its first frame until `close`. `size` is the side of the square pictures in pixels.

    `encoded`: the pictures are not pixels but `Encodable`s, encoded by the GPU on the thread that adds them.

    The session's folder is new: `folder`/NAME_DATE_TIME, or `folder` itself for a form without a name. A session that
    got no frame leaves nothing behind.

    Raises:
        RecordingError: the folder or its files cannot be made. Later, once each, from `add` and `close`: the disk is
            full, say. The files are closed by then and hold what fitted.
    """

    def __init__(self, folder: Path, form: RecordingForm, size: int, *, encoded: bool = False) -> None:
        self.form, self.size, self._is_encoded = form, size, encoded
        self.waits, self.waited_s, self.lost_rows = 0, 0.0, 0
        self._writer = SessionWriter(folder, form, size, encoded=encoded)
        self._next, self._first_s, self._last_s = 0, 0.0, 0.0
        self._error: RecordingError | None = None
        self._told = self._closed = False
        self._late: Sequence[Packet] = ()  # not before the end is queued
        self._places = threading.Semaphore(min(QUEUE_FRAMES, max(4, round(QUEUE_S * form.fps))))
        self._queue: queue.Queue[_Job | None] = queue.Queue(QUEUE_ROWS)  # None ends it
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def folder(self) -> Path:
        """The session."""
        return self._writer.folder

    @property
    def video_path(self) -> Path:
        """The video, readable at any moment."""
        return self.folder / VIDEO_NAMES[self.form.codec]

    @property
    def csv_path(self) -> Path:
        """The expressions, readable at any moment."""
        return self.folder / CSV_NAME

    @property
    def frames(self) -> int:
        """Frames of the video so far, repeated ones included."""
        return self._writer.frames

    @property
    def seconds(self) -> float:
        """Length of the video so far."""
        return self._writer.frames / self.form.fps

    @property
    def skipped(self) -> int:
        """Pictures that the video lacks because another had their moment."""
        return self._writer.left_out[SKIPPED]

    @property
    def dropped(self) -> int:
        """Pictures that the video lacks because encoding was behind, or because they were lost on their way."""
        return self._writer.left_out[DROPPED]

    @property
    def encoder(self) -> str:
        """Who encodes."""
        return self._writer.encoder

    @property
    def room(self) -> DiskRoom:
        """What is left on the disk, as it was half a second ago."""
        return self._writer.room

    @property
    def error(self) -> RecordingError | None:
        """Why the recording stopped by itself, if it did."""
        return self._error

    def add(
        self,
        pixels: Pixels | Encodable | None,
        expression: Expression | None,
        time_s: float,
        record: FrameRecord | None = None,
    ) -> None:
        """Record a picture; copied before this returns.

        Args:
            pixels: (size, size, 4) uint8, premultiplied sRGB, top row first; or the same as `video.VideoFile.write`
                takes it in NV12, (size * 3 / 2, size) uint8; None: it was lost on its way.
            expression: what the picture shows, None for no face.
            time_s: when, on any steady clock.
            record: what else is known of the frame.
        """
        self._tell()
        if self._closed:
            raise RecordingError(f"{self.folder}: this recording has ended")
        self._check(pixels)
        if pixels is None and not self._next:
            return  # a session begins with its first picture
        moment = self._moment_of(time_s)
        row = (expression, time_s - self._first_s, record)
        if pixels is None:
            self._put(partial(self._writer.leave_out, moment, row, DROPPED))
        elif moment < self._next:
            self._put(partial(self._writer.leave_out, moment, row, SKIPPED))
        elif not isinstance(pixels, np.ndarray):
            held = moment - self._next if self._next else 0
            self._next = moment + 1
            self._put(partial(self._writer.show, moment, row, pixels.encode(held)), must=True)
        elif self._find_place():
            self._next = moment + 1
            self._put(partial(self._writer.show, moment, row, pixels.copy()), picture=True)
        else:
            self._put(partial(self._writer.leave_out, moment, row, DROPPED))

    def amend(self, index: int, stages: Iterable[StageTime]) -> None:
        """What was told of the frame with that `Frame.index`, late or early; from any thread, which never waits."""
        if self._closed:
            return
        try:
            self._queue.put_nowait((partial(self._writer.amend, index, tuple(stages)), False))
        except queue.Full:
            self.lost_rows += 1

    def take_encoded(self) -> list[tuple[int, StageTime]]:
        """`Frame.index` and time of what has been encoded since the last call."""
        return self._writer.take_encoded()

    def close(self, end_s: float | None = None, late: Sequence[Packet] = ()) -> None:
        """Finish the files. Again is fine.

        Args:
            end_s: when the recording ended, on the clock of `add`: the last picture is held until then.
            late: what the GPU's encoder still had of the pictures that were added.
        """
        if not self._closed:
            self._closed = True
            if end_s is not None and self._next:
                self._queue.put((partial(self._writer.hold_until, self._moment(end_s)), False))
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

    def _check(self, pixels: Pixels | Encodable | None) -> None:
        if pixels is not None and isinstance(pixels, np.ndarray) == self._is_encoded:
            raise RecordingError(
                f"{self.folder}: what the GPU's encoder began only the GPU's encoder can go on with: begin another"
            )
        fitting = ((self.size, self.size, 4), nv12_shape(self.size))
        if isinstance(pixels, np.ndarray) and (pixels.shape not in fitting or pixels.dtype != np.uint8):
            raise RecordingError(
                f"{self.folder}: a picture of {pixels.shape} {pixels.dtype} does not fit a recording of "
                f"{self.size}x{self.size} RGBA or NV12: end it and begin another"
            )

    def _moment_of(self, time_s: float) -> int:
        """The moment of the video, once the clock is known to be steady."""
        if not self._next:
            self._first_s = self._last_s = self._writer.first_s = time_s
        step_s = time_s - self._last_s
        if not -LONGEST_STEP_BACK_S <= step_s <= LONGEST_STEP_S:  # also NaN
            self._error = self._error or self._failure(RecordingError(f"the clock jumped by {step_s:.1f} s"))
            self.close()
        self._last_s = time_s
        return max(0, self._moment(time_s))

    def _moment(self, time_s: float) -> int:
        return round((time_s - self._first_s) * self.form.fps)

    def _find_place(self) -> bool:
        if self._places.acquire(blocking=False):
            return True
        if self.form.patient:
            start = time.perf_counter()
            self._places.acquire()
            self.waits += 1
            self.waited_s += time.perf_counter() - start
        return self.form.patient

    def _put(self, do: Callable[[], None], *, picture: bool = False, must: bool = False) -> None:
        """Queue something; what has no room in the longer queue is counted, unless it `must` not be missing."""
        try:
            self._queue.put((do, picture), block=must or self.form.patient)
        except queue.Full:
            self.lost_rows += 1
            if picture:
                self._places.release()

    def _tell(self) -> None:
        if self._error and not self._told:
            self._told = True
            raise self._error

    def _failure(self, error: Exception) -> RecordingError:
        if not self.frames:
            return RecordingError(f"cannot record into {self.folder}: {reason(error)}")
        after = f"the recording stopped after {self.seconds:.1f} s"
        if not self.folder.is_dir():
            return RecordingError(f"{after}: the folder was removed or its disk is gone: {self.folder}")
        return RecordingError(f"{after}, {self.folder} holds what fitted: {reason(error)}")

    # The recorder's own thread, from here on.

    def _run(self) -> None:
        name_thread("encoder")  # and those that the encoder starts
        if not self.form.patient:
            _let_others_first()
        has_ended = False
        try:
            self._work()
            has_ended = True
            self._writer.write_late(self._late)
        except Exception as error:  # noqa: BLE001 (whatever an encoder raises, the picture goes on)
            self._error = self._error or self._failure(error)
        try:
            self._writer.close({"lost_rows": self.lost_rows, "waits": self.waits}, problem=str(self._error or ""))
        except Exception as error:  # noqa: BLE001
            self._error = self._error or self._failure(error)
        if not has_ended:
            self._drain()

    def _work(self) -> None:
        while True:
            try:
                job = self._queue.get(timeout=BEAT_S)
            except queue.Empty:
                self._writer.beat()
                continue
            if job is None:
                return
            try:
                job[0]()
            finally:
                if job[1]:
                    self._places.release()
            self._writer.beat()

    def _drain(self) -> None:
        """Whoever waits to add must get on."""
        while (job := self._queue.get()) is not None:
            if job[1]:
                self._places.release()


def _let_others_first() -> None:
    """Who draws and infers gets the processor before this thread, where the system lets one thread be told so."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
