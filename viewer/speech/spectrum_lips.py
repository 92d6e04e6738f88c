"""Jaw and lips from a sound whose words nobody knows: the lesser way. It sees no p, no f, no th.

    loudness -> jaw; silence -> closed
    the share of 1.6 to 3.2 kHz -> spread, as of "ee"; that of 0.25 to 0.9 kHz alone -> rounded, as of "oo"
    the share above 4 kHz -> a hiss: teeth together

Bands by the formants of vowels: G. Peterson and H. Barney, Control methods used in a study of the vowels, 1952: the
first from 270 to 850 Hz goes with the jaw, the second from 850 (rounded) to 2800 Hz (spread). Factors were chosen by
eye.
"""

from __future__ import annotations

import numpy as np

from viewer.performance.idle import IN_CONVERSATION, IdleLife
from viewer.performance.layers import LivingBeneath
from viewer.speech.analysis import Analysis
from viewer.speech.recording import RATE, Recording
from viewer.speech.spectra import HOP_S, Table, power, size_of
from viewer.speech.speech_performance import Rows, SpeechPerformance, table_of
from viewer.speech.spoken import Phone, Spoken

_OPEN_DB, _SHUT_DB = -6.0, -34.0  # of the loudest: here the jaw is widest, and here shut
_JAW, _SPREAD, _ROUND = 0.42, 0.5, 0.6
_LOW, _MIDDLE, _HIGH = (250.0, 900.0), (1600.0, 3200.0), (4000.0, 8000.0)
_SMOOTH_S = 0.05  # lips are slower than sound


def sound_performance(recording: Recording, *, seed: int = 1) -> SpeechPerformance:
    """A face that moves with a sound."""
    samples = recording.samples
    spoken = Spoken(samples, RATE, (Phone("", 0.0, recording.duration_s),), recording.name)
    rows = table_of(mouth_shapes_of(recording))
    living = LivingBeneath(Rows(rows), IdleLife(seed, IN_CONVERSATION))
    return SpeechPerformance(recording.name, spoken, Analysis(""), rows, living)


def mouth_shapes_of(recording: Recording) -> dict[str, Table]:
    """Weights of the mouth, a hundred a second."""
    spectra = power(recording.samples, RATE)
    whole = spectra.sum(axis=1)
    loud = _loudness(whole)
    low, middle, high = (_smooth(_share(spectra, whole, band)) for band in (_LOW, _MIDDLE, _HIGH))
    hiss = np.clip(3.0 * high - 0.6, 0.0, 1.0)
    spread = loud * np.clip(6.0 * middle, 0.0, 1.0) * (1.0 - hiss)
    rounded = loud * np.clip(2.0 * low - 1.2 - 8.0 * middle, 0.0, 1.0) * (1.0 - hiss)
    jaw = _JAW * loud * (1.0 - 0.45 * spread - 0.35 * rounded) * (1.0 - 0.7 * hiss)
    return {
        "jawOpen": jaw, "mouthFunnel": 0.7 * _ROUND * rounded, "mouthPucker": _ROUND * rounded,
        "mouthStretchLeft": 0.5 * _SPREAD * spread, "mouthStretchRight": 0.5 * _SPREAD * spread,
        "mouthSmileLeft": 0.5 * _SPREAD * spread, "mouthSmileRight": 0.5 * _SPREAD * spread,
        "mouthLowerDownLeft": 0.25 * loud, "mouthLowerDownRight": 0.25 * loud,
    }  # fmt: skip


def _loudness(whole: Table) -> Table:
    """0 in silence, 1 at the loudest."""
    loudest = np.percentile(whole, 99) + 1e-12
    decibels = 10.0 * np.log10(whole / loudest + 1e-9)
    return _smooth(np.clip((decibels - _SHUT_DB) / (_OPEN_DB - _SHUT_DB), 0.0, 1.0))


def _share(spectra: Table, whole: Table, band: tuple[float, float]) -> Table:
    hertz = np.fft.rfftfreq(size_of(RATE), 1.0 / RATE)
    inside = (hertz >= band[0]) & (hertz < band[1])
    result: Table = spectra[:, inside].sum(axis=1) / (whole + 1e-12)
    return result


def _smooth(values: Table) -> Table:
    width = 2 * round(_SMOOTH_S / HOP_S / 2) + 1
    shape = np.hanning(width + 2)[1:-1]
    result: Table = np.convolve(np.pad(values, width // 2, "edge"), shape / shape.sum(), "valid")
    return result
