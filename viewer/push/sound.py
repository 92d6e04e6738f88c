"""A stream's sound: taken by time from whatever has some, encoded as AAC, in step with the pictures."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Protocol

import av
import numpy as np
from numpy.typing import NDArray

from viewer.push.coded import SOUND_RATE, Coded

Samples = NDArray[np.float32]  # mono, -1..1
_BIT_RATE = 96_000  # of speech in mono: transparent to most with FFmpeg's AAC
_FRAME = 1024  # samples of an AAC frame
LONGEST_S = 1.0  # that is caught up with at once: what was heard before that is left out


class Sound(Protocol):
    """Whatever sounds: a voice, a microphone, a file."""

    @property
    def rate(self) -> int:
        """Samples a second."""

    def samples(self, from_s: float, count: int) -> Samples:
        """`count` samples from that moment of time.monotonic's clock on, mono, -1..1; fewer: the rest is silence.

        Called with moments that have passed, each after the one before, on the pusher's thread; must not wait.
        """


class SoundTrack:
    """What was heard from `start_s` of time.monotonic's clock on: the moment that the first picture shows."""

    def __init__(self, sound: Sound, start_s: float) -> None:
        self._sound, self._start_s, self._rate = sound, start_s, sound.rate
        self._taken = 0  # samples
        self._encoder: Any = av.CodecContext.create("aac", "w")
        self._encoder.rate, self._encoder.layout, self._encoder.format = SOUND_RATE, "mono", "fltp"
        self._encoder.bit_rate = _BIT_RATE
        self._encoder.open()
        self._resampler = av.AudioResampler("fltp", "mono", SOUND_RATE, frame_size=_FRAME)

    def until(self, media_s: float) -> list[Coded]:
        """Take and encode what was heard until so long after the first picture."""
        end = int(media_s * self._rate + 1e-6)
        if end - self._taken > LONGEST_S * self._rate:
            self._taken = end - int(LONGEST_S * self._rate)
        count = end - self._taken
        if count <= 0:
            return []
        heard = _whole(self._sound.samples(self._start_s + self._taken / self._rate, count), count)
        frame = av.AudioFrame.from_ndarray(heard[None, :], format="fltp", layout="mono")
        frame.rate, frame.pts, frame.time_base = self._rate, self._taken, Fraction(1, self._rate)
        self._taken += count
        return [piece for ready in self._resampler.resample(frame) for piece in self._encode(ready)]

    def finish(self) -> list[Coded]:
        """What is still held back."""
        late = [piece for ready in self._resampler.resample(None) for piece in self._encode(ready)]
        return late + self._encode(None)

    def _encode(self, frame: Any) -> list[Coded]:
        return [
            Coded(bytes(packet), packet.pts, _FRAME, is_sound=True) for packet in self._encoder.encode(frame)
        ]  # fmt: skip


def _whole(samples: Samples, count: int) -> Samples:
    """So many samples that an encoder takes: what is missing or no number is silence, what is too loud is cut."""
    whole = np.zeros(count, np.float32)
    some = np.asarray(samples, np.float32).ravel()[:count]
    whole[: len(some)] = np.nan_to_num(some, nan=0.0, posinf=0.0, neginf=0.0)
    return np.clip(whole, -1, 1, out=whole)
