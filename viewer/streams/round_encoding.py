"""Where a round's pictures go: into H.264, as a stream's do, and no further.

A stream's encoder has a thread of its own; without overlap it is the caller's turn.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from typing import Any, Protocol

from viewer.push.h264 import H264Encoder
from viewer.push.values import VideoForm
from viewer.sessions.video_frames import FrameMaker

RATE = Fraction(25)


class Encoders(Protocol):
    """Takes the pictures of so many faces."""

    def offer(self, face: int, pixels: Any) -> None:
        """A picture, as `viewer.streams.pictures.Arrived` has it."""

    def close(self) -> None:
        """Nothing more comes."""


class FaceEncoder:
    """One face's pictures to H.264.

    Raises:
        PushError: there is no such encoder here.
    """

    def __init__(self, size: int, form: VideoForm) -> None:
        self._maker = FrameMaker(size)
        self._encoder = H264Encoder(self._maker.side, RATE, form)
        self._number = 0

    def encode(self, pixels: Any) -> None:
        """Convert and encode one picture."""
        self._encoder.encode(self._maker.frame(pixels), self._number, key=self._number == 0)
        self._number += 1


class InTurn:
    """Encodes on the thread that offers."""

    def __init__(self, faces: int, size: int, form: VideoForm) -> None:
        self._encoders = [FaceEncoder(size, form) for _ in range(faces)]

    def offer(self, face: int, pixels: Any) -> None:
        """See `Encoders`."""
        self._encoders[face].encode(pixels)

    def close(self) -> None:
        """Nothing runs."""


class Beside:
    """Encodes on a thread a face; who offers before the picture before is encoded waits for that."""

    def __init__(self, faces: int, size: int, form: VideoForm) -> None:
        self._encoders = [FaceEncoder(size, form) for _ in range(faces)]
        self._threads = [ThreadPoolExecutor(1, thread_name_prefix=f"encoder {face}") for face in range(faces)]
        self._runs: dict[int, Future[None]] = {}

    def offer(self, face: int, pixels: Any) -> None:
        """See `Encoders`."""
        if face in self._runs:
            self._runs[face].result()
        self._runs[face] = self._threads[face].submit(self._encoders[face].encode, pixels)

    def close(self) -> None:
        """Let the threads finish and end."""
        for thread in self._threads:
            thread.shutdown(wait=True)
