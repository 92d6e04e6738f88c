"""What a pusher's frames become: packets for a sender, or pictures of a virtual camera."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
from numpy.typing import NDArray

from viewer.push.coded import Tracks
from viewer.push.h264 import H264Encoder
from viewer.push.sender import Sender
from viewer.push.sound import Sound, SoundTrack
from viewer.push.target import Target
from viewer.push.values import PushStatus, VideoForm
from viewer.push.virtual_camera import VirtualCamera
from viewer.sessions.video_frames import FrameMaker

Pixels = NDArray[np.uint8]


class Encoding:
    """Frames to packets to a sender.

    Raises:
        PushError: the encoder that was asked for is not there.
    """

    def __init__(self, target: Target, size: int, rate: Fraction, form: VideoForm, sound: Sound | None) -> None:
        self._maker, self._rate, self._sound = FrameMaker(size), rate, sound
        self._encoder = H264Encoder(self._maker.side, rate, form)
        self._sender = Sender(target, Tracks(self._maker.side, rate, sound is not None))
        self._queue = self._sender.queue
        self._frame: av.VideoFrame | None = None
        self._waiting: Pixels | None = None  # is made a frame when somebody is there to see it
        self._track: SoundTrack | None = None
        self._sender.start()

    def begin(self, at_s: float) -> None:
        """See Output."""
        self._track = SoundTrack(self._sound, at_s) if self._sound is not None else None

    def write(self, pixels: Pixels | None, number: int) -> bool:
        """See Output."""
        self._waiting = pixels if pixels is not None else self._waiting
        if self._track is not None:
            for piece in self._track.until(float(number / self._rate)):
                self._queue.put(piece)
        if not self._queue.is_open:
            return False
        if self._waiting is not None:
            self._frame, self._waiting = self._maker.frame(self._waiting), None
        if self._frame is None:
            return False
        for piece in self._encoder.encode(self._frame, number, key=self._queue.wants_key):
            self._queue.put(piece)
        return True

    def watch(self) -> None:
        """See Output."""
        self._sender.watch()

    @property
    def process_id(self) -> int:
        """See Output."""
        return self._sender.process_id

    def status(self) -> PushStatus:
        """See Output."""
        return self._sender.status()

    def wait_live(self, timeout_s: float) -> bool:
        """See Output."""
        return self._sender.wait_live(timeout_s)

    def finish(self) -> None:
        """See Output."""
        pieces = self._encoder.finish() + (self._track.finish() if self._track is not None else [])
        for piece in pieces:
            self._queue.put(piece)

    def end(self) -> None:
        """See Output."""
        self._queue.end()

    def close(self, timeout_s: float) -> None:
        """See Output."""
        self._sender.close(timeout_s)


class CameraOutput:
    """Frames to a virtual camera."""

    def __init__(self, target: Target, camera: VirtualCamera) -> None:
        self._camera, self._where = camera, target.where
        self._frames, self._state, self._note = 0, "live", ""
        self._pixels: Pixels | None = None

    def begin(self, _at_s: float) -> None:
        """See Output."""

    def write(self, pixels: Pixels | None, _number: int) -> bool:
        """See Output."""
        self._pixels = pixels if pixels is not None else self._pixels
        if self._state != "live" or self._pixels is None:
            return False
        try:
            self._camera.show(self._pixels)
        except (RuntimeError, OSError):
            self._state, self._note = "failed", f"{self._where}: the device takes no more pictures"
            return False
        self._frames += 1
        return True

    def watch(self) -> None:
        """See Output."""

    @property
    def process_id(self) -> int:
        """See Output."""
        return 0

    def status(self) -> PushStatus:
        """See Output."""
        return PushStatus(self._where, self._state, self._note, frames=self._frames)

    def wait_live(self, _timeout_s: float) -> bool:
        """See Output."""
        return self._state == "live"

    def finish(self) -> None:
        """See Output."""

    def end(self) -> None:
        """See Output."""
        self._camera.close()

    def close(self, _timeout_s: float) -> None:
        """See Output."""
        if self._state == "live":
            self._state = "closed"
