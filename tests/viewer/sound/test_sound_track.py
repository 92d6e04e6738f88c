"""viewer.sound.sound_track: what was heard while a session was recorded, against its pictures."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from viewer.sessions.layout import AUDIO_NAME
from viewer.sound.sound_track import RATE, SoundTrack, write_audio
from viewer.speech.spoken import Spoken

# The sound says where it is: a hundredth of the seconds since its beginning.
SPOKEN = Spoken((np.arange(24_000 * 20) / 24_000 / 100).astype(np.float32), 24_000, (), "nobody")
MS = 1_000_000
DELAY_MS = 60  # from asking for a picture to having it


def track(*passages: tuple[float, float, float], seconds: float = 5.0, speed: float = 1.0) -> SoundTrack:
    """Pictures from 1 s on, 30 a second; passages from a time to a time, heard from a place."""
    made = SoundTrack()
    for number in range(round(30 * seconds)):
        asked = 1000 * MS + number * 33 * MS
        made.note_frame(asked, asked + DELAY_MS * MS)
    for start, end, place in passages:
        for step in range(round((end - start) / 0.016)):
            made.note(round(1e9 * (start + 0.016 * step)), place + 0.016 * step * speed, SPOKEN)
    return made


def place_at(made: SoundTrack, picture_s: float) -> float:
    """What is heard so long after the first picture."""
    return 100 * float(made.samples()[round(picture_s * RATE)])


def test_a_picture_s_sound_is_heard_with_it() -> None:
    made = track((1.5, 4.0, 2.0))
    # The picture that was asked for at 2 s is there at 2.06, 1 s after the first picture; then 2.5 was heard.
    assert place_at(made, 1.0) == pytest.approx(2.5, abs=0.002)
    assert place_at(made, 0.4) == 0.0
    assert place_at(made, 3.2) == 0.0


def test_what_had_begun_before_the_first_picture_is_cut() -> None:
    assert place_at(track((0.0, 4.0, 0.0)), 0.0) == pytest.approx(1.0, abs=0.002)


def test_jumps_and_other_rates_are_followed() -> None:
    made = track((1.0, 2.0, 0.0), (2.0, 3.0, 10.0), speed=1.01)
    for picture_s, place in ((0.5, 0.505), (0.9, 0.909), (1.5, 10.505), (1.9, 10.909)):
        assert place_at(made, picture_s) == pytest.approx(place, abs=0.035)


def test_nothing_heard_writes_nothing(tmp_path: Path) -> None:
    track().write(tmp_path)
    SoundTrack().write(tmp_path)
    track((1.5, 2.0, 1.0)).write(tmp_path / "never made")
    assert not list(tmp_path.iterdir())


def test_the_file_is_as_the_layout_says(tmp_path: Path) -> None:
    track((1.5, 2.0, 1.0)).write(tmp_path)
    with wave.open(str(tmp_path / AUDIO_NAME)) as wav:
        assert (wav.getframerate(), wav.getsampwidth(), wav.getnchannels()) == (48_000, 2, 1)
        assert wav.getnframes() / 48_000 == pytest.approx(149 * 0.033, abs=0.001)
    write_audio(SPOKEN, tmp_path, 3.0)
    with wave.open(str(tmp_path / AUDIO_NAME)) as wav:
        assert wav.getnframes() == 3 * 48_000
