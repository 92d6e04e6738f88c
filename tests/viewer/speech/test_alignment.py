"""viewer.speech.alignment and spectra: sounds are found in another voice's recording, at another tempo."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.viewer.speech.texts import plain
from viewer.speech.alignment import aligned, warped
from viewer.speech.analysis import Prosody
from viewer.speech.recording import RATE, Recording
from viewer.speech.spectra import HOP_S, cepstra, power
from viewer.speech.spoken import Samples, Spoken
from viewer.speech.voices import installed_voices
from viewer.speech.warming import KeptVoices

TEXT = "Maybe my mother bought a big map. Please pat the puppy before it jumps up!"


def recorded(spoken: Spoken) -> Samples:
    """A voice's sound at the rate of a recording, with noise before it."""
    frame = av.AudioFrame.from_ndarray(spoken.samples[None], format="fltp", layout="mono")
    frame.sample_rate, frame.time_base = spoken.rate, Fraction(1, spoken.rate)
    resampler = av.AudioResampler(format="fltp", layout="mono", rate=RATE)
    parts = [made.to_ndarray()[0] for made in [*resampler.resample(frame), *resampler.resample(None)]]
    noise = np.random.default_rng(1).normal(0.0, 0.001, RATE // 2).astype(np.float32)
    return np.concatenate([noise, *parts])


@pytest.mark.parametrize(("speaker", "voice"), [("hibari", "espeak"), ("espeak", "hibari")])
@pytest.mark.parametrize("rate", [0.8, 1.3])
def test_words_are_found_in_another_voice_at_another_tempo(speaker: str, voice: str, rate: float) -> None:
    if {speaker, voice} - set(installed_voices()):
        pytest.skip("hibari and espeak are not both installed")
    with closing(KeptVoices()) as voices:
        truth = voices.of(speaker).speak(plain(TEXT, Prosody(rate=rate)))
        spoken = voices.of(voice).speak(plain(TEXT))
    found = aligned(Recording(recorded(truth), "recording.wav"), spoken)
    assert all(one.end_s == two.start_s for one, two in pairwise(found.phones))
    assert found.phones[-1].end_s == pytest.approx(found.duration_s)
    words, real = found.word_times(), truth.word_times()
    assert set(words) == set(real)
    errors = sorted(abs(words[word][0] - 0.5 - real[word][0]) for word in real)
    assert np.median(errors) < 0.05
    assert errors[int(0.9 * len(errors))] < 0.12


def test_the_same_sound_later_is_the_same_later() -> None:
    chance = np.random.default_rng(3)
    rows = chance.normal(size=(200, 26))
    later = np.concatenate([np.repeat(rows[:1], 50, axis=0), rows])
    path = warped(later, rows)
    assert path[0] == 0
    assert np.array_equal(path[50:], np.arange(200))
    twice = warped(np.repeat(rows, 2, axis=0), rows)
    assert np.abs(twice - np.repeat(np.arange(200), 2)).max() <= 1


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 9))
def test_a_path_never_goes_back_and_stays_inside(count: int, others: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    path = warped(chance.normal(size=(count, 26)), chance.normal(size=(others, 26)))
    assert len(path) == count
    assert path[-1] == others - 1
    assert (np.diff(path) >= 0).all()
    assert path.min() >= 0


def test_rows_are_where_they_say() -> None:
    click = np.zeros(RATE, np.float32)
    click[RATE // 2] = 1.0
    loudest = int(power(click, RATE).sum(axis=1).argmax())
    assert loudest * HOP_S == pytest.approx(0.5, abs=HOP_S)
    assert len(power(click, RATE)) == pytest.approx(1 / HOP_S, abs=1)


def test_a_louder_sound_has_the_same_cepstra() -> None:
    noise = np.random.default_rng(1).normal(0.0, 0.1, RATE).astype(np.float32)
    assert cepstra(noise, RATE) == pytest.approx(cepstra(np.float32(0.25) * noise, RATE), abs=0.05)


def test_a_sound_shorter_than_its_text_is_still_whole() -> None:
    spoken = Spoken(np.random.default_rng(1).normal(0, 0.1, RATE).astype(np.float32), RATE, (), "nobody")
    short = aligned(Recording(spoken.samples[:2400], "short"), replace(spoken, phones=()))
    assert short.duration_s == pytest.approx(0.1)
