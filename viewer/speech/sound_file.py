"""Sound into files: a WAV of its own, or AAC beside a video that is there already, its pictures copied untouched."""

from __future__ import annotations

import wave
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from av.error import FFmpegError

from viewer.speech.spoken import Samples, SpeechError, Spoken

AAC_RATE, AAC_BITS = 48_000, 128_000  # what every player takes
_CHUNK = 1024  # samples of a frame of AAC


def write_wav(spoken: Spoken, file: BinaryIO) -> None:
    """Write 16-bit mono."""
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(spoken.rate)
        wav.writeframes(as_int16(spoken.samples).tobytes())


def as_int16(samples: Samples) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """-1..1 as whole numbers."""
    return np.rint(np.clip(samples, -1.0, 1.0) * 32767).astype("<i2")


def add_sound(video: Path, spoken: Spoken, out: Path) -> None:
    """Write the new file `out`: the pictures of `video` as they are, and the sound from their beginning.

    Raises:
        SpeechError: a file cannot be read or written.
    """
    try:
        with (
            av.open(str(video)) as source,
            av.open(str(out), "w", format="mp4", options={"movflags": "faststart"}) as made,
        ):
            pictures = source.streams.video[0]
            stream = made.add_stream_from_template(pictures)
            sound = made.add_stream("aac", rate=AAC_RATE, layout="mono")
            sound.codec_context.bit_rate = AAC_BITS
            for packet in source.demux(pictures):
                if packet.dts is not None:
                    packet.stream = stream
                    made.mux(packet)
            for frame in _frames(spoken):
                made.mux(sound.encode(frame))
            made.mux(sound.encode(None))
    except (FFmpegError, OSError) as error:
        raise SpeechError(f"{out}: the sound cannot be written: {getattr(error, 'strerror', None) or error}") from error


def _frames(spoken: Spoken) -> list[av.AudioFrame]:
    """The sound at AAC's rate, in frames."""
    whole = av.AudioFrame.from_ndarray(spoken.samples[None, :].astype(np.float32), format="fltp", layout="mono")
    whole.sample_rate, whole.pts, whole.time_base = spoken.rate, 0, Fraction(1, spoken.rate)
    resampler = av.AudioResampler(format="fltp", layout="mono", rate=AAC_RATE, frame_size=_CHUNK)
    return [*resampler.resample(whole), *resampler.resample(None)]
