"""viewer.speech.sound_file: sound in a WAV, and beside pictures where it belongs in time."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from viewer.sessions.video import VideoFile
from viewer.speech.sound_file import add_sound, write_wav
from viewer.speech.spoken import Phone, SpeechError, Spoken

RATE = 24_000
CLICK_S = 0.75


@pytest.fixture
def clicked() -> Spoken:
    """Two seconds of silence with a burst of tone at `CLICK_S`."""
    samples = np.zeros(2 * RATE, np.float32)
    first = round(CLICK_S * RATE)
    samples[first : first + 1200] = 0.8 * np.sin(np.arange(1200) * 2 * np.pi * 1000 / RATE)
    return Spoken(samples, RATE, (Phone("", 0.0, 2.0),), "nobody")


@pytest.fixture
def silent_video(tmp_path: Path) -> Path:
    path = tmp_path / "silent.mp4"
    with VideoFile(path, 25, 64) as video:
        for level in range(50):
            video.write(np.full((64, 64, 4), 5 * level, np.uint8))
    return path


def test_a_wav_is_what_it_says(clicked: Spoken) -> None:
    file = io.BytesIO()
    write_wav(clicked, file)
    with wave.open(io.BytesIO(file.getvalue())) as wav:
        assert (wav.getframerate(), wav.getnchannels(), wav.getnframes()) == (RATE, 1, 2 * RATE)
        data = np.frombuffer(wav.readframes(2 * RATE), "<i2")
    assert np.abs(data - clicked.samples * 32767).max() <= 0.5


def test_sound_is_in_time_with_the_pictures(clicked: Spoken, silent_video: Path, tmp_path: Path) -> None:
    out = tmp_path / "with sound.mp4"
    add_sound(silent_video, clicked, out)
    with av.open(str(out)) as made:
        assert made.streams.video[0].codec_context.name == "h264"
        assert made.streams.audio[0].codec_context.name == "aac"
        heard = [(float(frame.time), frame.to_ndarray()[0], frame.sample_rate) for frame in made.decode(audio=0)]
    loud = [start + np.argmax(np.abs(data) > 0.2) / rate for start, data, rate in heard if np.abs(data).max() > 0.2]
    assert loud[0] == pytest.approx(CLICK_S, abs=0.02)


def test_the_pictures_are_the_same_bytes(clicked: Spoken, silent_video: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    add_sound(silent_video, clicked, out)

    def pictures(path: Path) -> list[np.ndarray]:
        with av.open(str(path)) as file:
            return [frame.to_ndarray() for frame in file.decode(video=0)]

    before, after = pictures(silent_video), pictures(out)
    assert len(before) == len(after) == 50
    assert all(np.array_equal(one, other) for one, other in zip(before, after, strict=True))


def test_what_cannot_be_read_is_one_line(clicked: Spoken, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video")
    with pytest.raises(SpeechError, match="cannot be written") as caught:
        add_sound(broken, clicked, tmp_path / "out.mp4")
    assert "\n" not in str(caught.value)
