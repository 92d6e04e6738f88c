"""viewer.streams.source_sound: the WAV beside a take, in step with its clock, again with every turn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gpu_core.errors import MienError
from viewer.speech.recording import RATE, Recording
from viewer.speech.sound_file import write_wav
from viewer.speech.spoken import Spoken
from viewer.streams.play import Clock
from viewer.streams.source_sound import SourceSound, open_sound, sound_file

RAMP = np.linspace(0.0, 1.0, RATE, dtype=np.float32)  # of one second


def sounding(seconds: float) -> SourceSound:
    return SourceSound(Recording(RAMP, "ramp"), seconds, Clock(25.0, epoch_s=100.0))


def test_it_sounds_where_the_source_is() -> None:
    assert sounding(3.0).samples(100.5, 2) == pytest.approx(RAMP[RATE // 2 : RATE // 2 + 2])
    assert sounding(3.0).samples(103.5, 2) == pytest.approx(RAMP[RATE // 2 : RATE // 2 + 2])


def test_after_its_end_is_silence_and_then_it_begins_anew() -> None:
    heard = sounding(2.0).samples(100.9, round(1.2 * RATE))
    assert heard.dtype == np.float32
    tenth = RATE // 10
    assert heard[:tenth] == pytest.approx(RAMP[-tenth:])
    assert not heard[tenth : 11 * tenth].any()
    assert heard[11 * tenth :] == pytest.approx(RAMP[:tenth])


def test_a_source_shorter_than_its_sound_cuts_it() -> None:
    assert sounding(0.5).samples(100.5, 3) == pytest.approx(RAMP[:3])


def test_files_are_found_beside_takes_and_in_sessions(tmp_path: Path) -> None:
    for name in ("talk.csv", "talk.wav", "expressions.csv", "audio.wav", "mute.csv"):
        (tmp_path / name).touch()
    assert sound_file("talk") is None
    assert sound_file(str(tmp_path / "talk.csv")) == tmp_path / "talk.wav"
    assert sound_file(str(tmp_path / "expressions.csv")) == tmp_path / "audio.wav"
    assert sound_file(str(tmp_path / "mute.csv")) is None
    with pytest.raises(MienError, match=r"talk\.wav"):
        open_sound(str(tmp_path / "talk.csv"), 1.0, Clock(25.0))


def test_a_wav_is_read(tmp_path: Path) -> None:
    with (tmp_path / "talk.wav").open("wb") as file:
        write_wav(Spoken(RAMP, RATE, (), "nobody"), file)
    sound = open_sound(str(tmp_path / "talk.csv"), 1.0, Clock(25.0, 10.0))
    assert sound is not None
    assert sound.rate == RATE
    assert sound.samples(10.25, 5) == pytest.approx(RAMP[RATE // 4 : RATE // 4 + 5], abs=1e-3)
