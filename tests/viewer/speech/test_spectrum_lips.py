"""viewer.speech.spectrum_lips: a sound without words moves jaw and lips."""

from __future__ import annotations

import numpy as np

from viewer.speech.recording import RATE, Recording
from viewer.speech.spectrum_lips import mouth_shapes_of, sound_performance


def vowel(first: float, second: float, seconds: float = 0.6) -> np.ndarray:
    """A voice at 120 Hz whose harmonics are loud around two formants; silence before and after."""
    times = np.arange(round(RATE * seconds)) / RATE
    harmonics = 120.0 * np.arange(1, 40)
    near = sum(np.exp(-(((harmonics - formant) / 120.0) ** 2)) for formant in (first, second))
    sound = (near[:, None] * np.sin(2 * np.pi * harmonics[:, None] * times)).sum(axis=0)
    quiet = np.zeros(RATE // 2)
    return np.concatenate([quiet, 0.5 * sound / np.abs(sound).max(), quiet]).astype(np.float32)


def middle(samples: np.ndarray) -> dict[str, float]:
    """Weights in the middle of a vowel."""
    return {name: float(values[80]) for name, values in mouth_shapes_of(Recording(samples, "x")).items()}


def test_silence_is_closed_and_sound_is_open() -> None:
    shapes = mouth_shapes_of(Recording(vowel(800, 1200), "ah"))
    assert shapes["jawOpen"][20] < 0.01
    assert shapes["jawOpen"][80] > 0.25
    assert shapes["jawOpen"][-20] < 0.01
    assert all(values.min() >= 0 and values.max() <= 1 for values in shapes.values())


def test_ee_is_spread_and_oo_is_rounded() -> None:
    ee, oo = middle(vowel(280, 2300)), middle(vowel(300, 750))
    assert ee["mouthSmileLeft"] > 0.1 > oo["mouthSmileLeft"]
    assert oo["mouthPucker"] > 0.2 > ee["mouthPucker"]


def test_a_hiss_leaves_the_jaw_up() -> None:
    chance = np.random.default_rng(1).normal(0, 1, RATE)
    spectrum = np.fft.rfft(chance)
    spectrum[np.fft.rfftfreq(RATE, 1 / RATE) < 4500] = 0
    hiss = (0.1 * np.fft.irfft(spectrum)).astype(np.float32)
    assert middle(hiss)["jawOpen"] < 0.5 * middle(vowel(800, 1200))["jawOpen"]


def test_it_is_a_performance_as_long_as_the_sound() -> None:
    recording = Recording(vowel(800, 1200), "ah.wav")
    performance = sound_performance(recording)
    assert performance.duration_s == recording.duration_s
    assert performance.at(0.8)["jawOpen"] > 0.25
    assert performance.title == "ah.wav"
