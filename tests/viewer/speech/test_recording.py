"""viewer.speech.recording: sounds of every kind, and files that lie."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from viewer.speech import recording
from viewer.speech.recording import RATE, read_sound
from viewer.speech.spoken import SpeechError


def wav(path: Path, data: bytes, *, rate: int = 16_000, channels: int = 1, bits: int = 16, kind: int = 1) -> Path:
    """A WAV file that says of itself what it is told to."""
    block = channels * bits // 8
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, kind, channels, rate,
                       (rate * block) & 0xFFFFFFFF, block, bits, b"data", len(data))  # fmt: skip
    path.write_bytes(head + data)
    return path


def tone(rate: int, seconds: float = 1.0) -> np.ndarray:
    """440 Hz at half of full scale."""
    return 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(rate * seconds)) / rate)


def packed(samples: np.ndarray, bits: int) -> bytes:
    """Whole numbers of so many bits, little-endian."""
    whole = np.rint(samples * (2 ** (bits - 1) - 1)).astype("<i4")
    return b"".join(int(v).to_bytes(bits // 8, "little", signed=True) for v in whole)


@pytest.mark.parametrize(
    ("rate", "bits", "channels"), [(16_000, 16, 1), (44_100, 24, 2), (8_000, 16, 1), (48_000, 16, 2), (22_050, 24, 1)]
)
def test_a_tone_is_a_tone_at_any_rate_and_width(tmp_path: Path, rate: int, bits: int, channels: int) -> None:
    samples = np.repeat(tone(rate, 0.5), channels)
    read = read_sound(wav(tmp_path / "tone é.wav", packed(samples, bits), rate=rate, bits=bits, channels=channels))
    assert read.duration_s == pytest.approx(0.5, abs=0.01)
    spectrum = np.abs(np.fft.rfft(read.samples))
    assert np.argmax(spectrum) * RATE / len(read.samples) == pytest.approx(440, abs=4)
    assert np.abs(read.samples[1000:-1000]).max() == pytest.approx(0.5, abs=0.02)


def test_floats_are_read_and_what_is_no_number_is_told(tmp_path: Path) -> None:
    data = tone(16_000).astype("<f4")
    assert read_sound(wav(tmp_path / "f.wav", data.tobytes(), bits=32, kind=3)).duration_s == pytest.approx(1, abs=0.01)
    data[500] = np.nan
    refused(wav(tmp_path / "nan.wav", data.tobytes(), bits=32, kind=3), "no numbers")


def refused(path: Path, told: str) -> None:
    with pytest.raises(SpeechError, match=told) as caught:
        read_sound(path)
    assert "\n" not in str(caught.value)


def test_what_is_no_sound_is_one_line(tmp_path: Path) -> None:
    refused(tmp_path / "missing.wav", "there is no sound file")
    refused(tmp_path, "there is no sound file")
    text = tmp_path / "text.wav"
    text.write_text("Hello, I am no sound.\nNot at all.")
    refused(text, "no sound that can be read")
    text.write_bytes(b"")
    refused(text, "no sound")
    refused(wav(tmp_path / "empty.wav", b""), "no sound")
    refused(wav(tmp_path / "silent.wav", bytes(32_000)), "silent")
    refused(wav(tmp_path / "fast.wav", bytes(1000), rate=1_000_000_000), "samples a second|no sound")
    refused(wav(tmp_path / "slow.wav", bytes(1000), rate=1), "samples a second|no sound")


def test_what_is_too_long_is_refused_before_all_of_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "LONGEST_S", 60.0)
    refused(wav(tmp_path / "hours.wav", packed(tone(4_000), 16) * 3 * 3600, rate=4_000), "longer than 1 minutes")


def test_a_file_that_is_cut_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = wav(tmp_path / "cut.wav", packed(tone(16_000, 1.0), 16))
    path.write_bytes(path.read_bytes()[:16_044])
    assert read_sound(path).duration_s == pytest.approx(0.5, abs=0.02)
