"""A recorded sound, read whatever its file is, within bounds: what lies about itself is told in one line."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError

from viewer.speech.spoken import Samples, SpeechError

RATE = 24_000  # samples a second of what is read
LONGEST_S = 600.0
_SHORTEST_S = 0.05
_LOWEST_HZ, _HIGHEST_HZ = 4_000, 384_000
_MOST_CHANNELS = 32
_QUIETEST = 1e-4  # of full scale: below it there is nothing to be heard


@dataclass(frozen=True)
class Recording:
    """Samples at `RATE` Hz, mono, and the name of what they are from."""

    samples: Samples = field(repr=False)
    name: str

    @property
    def duration_s(self) -> float:
        """How long it sounds."""
        return len(self.samples) / RATE


def read_sound(path: Path) -> Recording:
    """Read any sound that FFmpeg knows; channels are mixed.

    Raises:
        SpeechError: there is no such file, no sound in it, or too much of it; one line.
    """
    if not path.is_file():
        raise SpeechError(f"there is no sound file {path}")
    try:
        samples = _decoded(path)
    except (FFmpegError, OSError, ValueError, OverflowError, MemoryError) as error:
        told = getattr(error, "strerror", None) or error
        raise SpeechError(f"{path}: is no sound that can be read: {' '.join(str(told).split())}") from error
    if len(samples) < _SHORTEST_S * RATE:
        raise SpeechError(f"{path}: holds no sound, or less than {_SHORTEST_S * 1000:.0f} ms of it")
    if not np.isfinite(samples).all():
        raise SpeechError(f"{path}: has samples that are no numbers")
    if np.abs(samples).max() < _QUIETEST:
        raise SpeechError(f"{path}: is silent")
    return Recording(np.clip(samples, -1.0, 1.0), path.name)


def _decoded(path: Path) -> Samples:
    parts: list[Samples] = []
    count = 0
    with av.open(str(path)) as file:
        if not file.streams.audio:
            raise SpeechError(f"{path}: has no sound in it")
        _refuse_odd(path, file.streams.audio[0].codec_context)
        resampler = av.AudioResampler(format="fltp", rate=RATE)
        for frame in file.decode(audio=0):
            frame.pts, frame.time_base = None, Fraction(1, frame.sample_rate)
            for made in resampler.resample(frame):
                parts.append(made.to_ndarray().mean(axis=0))
                count += len(parts[-1])
            if count > LONGEST_S * RATE:
                raise SpeechError(f"{path}: lasts longer than {LONGEST_S / 60:.0f} minutes: cut it")
        parts += [made.to_ndarray().mean(axis=0) for made in resampler.resample(None)] if count else []
    return np.concatenate(parts).astype(np.float32) if parts else np.zeros(0, np.float32)


def _refuse_odd(path: Path, context: av.AudioCodecContext) -> None:
    if not _LOWEST_HZ <= context.sample_rate <= _HIGHEST_HZ:
        raise SpeechError(
            f"{path}: says {context.sample_rate:,} samples a second; {_LOWEST_HZ:,} to {_HIGHEST_HZ:,} are read"
        )
    if not 1 <= context.channels <= _MOST_CHANNELS:
        raise SpeechError(f"{path}: says {context.channels} channels; at most {_MOST_CHANNELS} are read")
