"""Encodes a clip beside whatever makes its pictures: a thread of its own behind a short queue.

    encoder.put(picture) ... encoder.take_spans() ... encoder.finish()        or: encoder.abandon()

`put` waits while the queue is full, so nothing is dropped and nothing piles up. One thread puts and finishes; the video
belongs to the encoder's thread from the first picture on.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from types import TracebackType
from typing import NamedTuple, Protocol

from viewer.clips.size import scaled
from viewer.sessions.background import Pixels

QUEUE_PICTURES = 8  # a hitch of the encoder of this many frames is not felt: 8 MiB at 512x512


class Video(Protocol):
    """What pictures are written to; see `viewer.sessions.video.VideoFile`."""

    def write(self, pixels: Pixels) -> None: ...
    def close(self) -> None: ...


class EncodeSpan(NamedTuple):
    """When a picture was composited, converted and encoded, on the clock of time.perf_counter_ns."""

    picture: int  # counted from 0
    start_ns: int
    end_ns: int


class ClipEncoder:
    """One clip. `open_video` is called on the encoder's thread with the side in pixels; another than the pictures'
    own if `side` says so.

    `waited_s` is how long `put` has waited: the encoder was slower than the rest. `core_s` is what its thread, without
    the encoder's own, has used of a core.
    """

    def __init__(self, open_video: Callable[[int], Video], side: int | None = None) -> None:
        self.waited_s = self.core_s = 0.0
        self._open_video, self._side = open_video, side
        self._pictures: queue.Queue[Pixels | None] = queue.Queue(QUEUE_PICTURES)  # None ends it
        self._spans: deque[EncodeSpan] = deque()
        self._error: Exception | None = None
        self._given_up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="encode", daemon=True)
        self._thread.start()

    @property
    def queued(self) -> int:
        """Pictures that wait for the encoder."""
        return self._pictures.qsize()

    def put(self, pixels: Pixels) -> None:
        """Encode a picture, (size, size, 4) or NV12 as `VideoFile.write` takes it; the caller leaves it as it is.

        Raises:
            MienError: the file cannot be written; so do later calls.
        """
        self._raise_error()
        try:
            self._pictures.put_nowait(pixels)
        except queue.Full:
            start_s = time.perf_counter()
            self._pictures.put(pixels)
            self.waited_s += time.perf_counter() - start_s

    def take_spans(self) -> list[EncodeSpan]:
        """What has been encoded since the last call, in order."""
        return [self._spans.popleft() for _ in range(len(self._spans))]

    def finish(self) -> None:
        """Wait until the file is whole and closed.

        Raises:
            MienError: it cannot be written.
        """
        self._pictures.put(None)
        self._thread.join()
        self._raise_error()

    def abandon(self) -> None:
        """Close the file without what is queued; never fails. Idempotent, and nothing after `finish`."""
        self._given_up.set()
        while self._thread.is_alive():
            try:
                self._pictures.put_nowait(None)
            except queue.Full:
                self._thread.join(0.01)  # it empties the queue
            else:
                self._thread.join()

    def __enter__(self) -> ClipEncoder:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None) -> None:
        self.abandon()

    def _raise_error(self) -> None:
        if self._error is not None:
            raise self._error

    # The encoder's own thread, from here on.

    def _run(self) -> None:
        pictures = self._queued()
        try:
            self._encode(pictures)
        except Exception as error:  # noqa: BLE001 (whoever puts or finishes raises it again)
            self._error = error
            for _ in pictures:  # whoever waits to put must get on
                pass
        finally:
            self.core_s = time.thread_time()

    def _queued(self) -> Iterator[Pixels]:
        while (pixels := self._pictures.get()) is not None:
            yield pixels

    def _encode(self, pictures: Iterable[Pixels]) -> None:
        with ExitStack() as closing:
            video: Video | None = None
            for number, taken in enumerate(pictures):
                if self._given_up.is_set():
                    continue
                start_ns = time.perf_counter_ns()
                pixels = scaled(taken, self._side or taken.shape[1])
                if video is None:
                    video = self._open_video(pixels.shape[1])
                    closing.callback(video.close)
                video.write(pixels)
                self._spans.append(EncodeSpan(number, start_ns, time.perf_counter_ns()))
