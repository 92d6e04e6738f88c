"""A source's sound, pushed beside its pictures: the WAV that lies beside a take, or in its session.

`mien speak --take-out talk.csv --sound ...` and recorded sessions leave such pairs: talk.csv and talk.wav, or
expressions.csv and audio.wav in one folder. Both begin together.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from viewer.performance.builtin import BUILTIN
from viewer.sessions.layout import AUDIO_NAME, CSV_NAME
from viewer.speech.recording import RATE, Recording, read_sound
from viewer.speech.spoken import Samples
from viewer.streams.play import Clock


class SourceSound:
    """A `viewer.push.sound.Sound` that plays with a stream's clock, and begins anew when its source does."""

    rate = RATE

    def __init__(self, recording: Recording, seconds: float, clock: Clock) -> None:
        self._samples, self._seconds, self._clock = recording.samples, seconds, clock

    def samples(self, from_s: float, count: int) -> Samples:
        """What sounds from a moment of time.monotonic's clock on; silence where the source has none."""
        begin = round(self._clock.place_s(from_s, self._seconds) * RATE)
        places = (begin + np.arange(count)) % max(1, round(self._seconds * RATE))
        heard = places < len(self._samples)
        return np.where(heard, self._samples[np.where(heard, places, 0)], np.float32(0.0))


def sound_file(source: str) -> Path | None:
    """The file with a source's sound, if there is one."""
    if source in BUILTIN:
        return None
    take = Path(source)
    path = take.with_name(AUDIO_NAME) if take.name == CSV_NAME else take.with_suffix(".wav")
    return path if path.is_file() else None


def open_sound(source: str, seconds: float, clock: Clock) -> SourceSound | None:
    """The sound of a source of that length; None: it has none.

    Raises:
        SpeechError: there is a file, and it cannot be read.
    """
    path = sound_file(source)
    return SourceSound(read_sound(path), seconds, clock) if path is not None else None
