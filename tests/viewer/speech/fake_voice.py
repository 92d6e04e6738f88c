"""A voice of the tests' own: a vowel for each letter, a tone of its own for each word."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import numpy as np

from viewer.speech.analysis import Analysis
from viewer.speech.spoken import Phone, SpeechError, Spoken

RATE, LETTER_S = 8000, 0.05


class FakeVoices:
    """One voice, whoever is asked for; `names` are those that were."""

    def __init__(self, voice: FakeVoice | None = None) -> None:
        self.voice = voice or FakeVoice()
        self.names: list[str] = []
        self.is_warm = False

    def of(self, name: str, _analysis: Analysis | None) -> FakeVoice:
        self.names.append(name)
        return self.voice

    def warm_up(self) -> None:
        self.is_warm = True

    def close(self) -> None:
        self.voice.close()


class FakeVoice:
    """Counts what it has spoken. `gate`, where it is given, is waited for."""

    languages = ("en", "zh")

    def __init__(self, name: str = "fake", gate: threading.Event | None = None) -> None:
        self.name, self._gate = name, gate
        self.spoken = 0
        self.is_closed = False

    def speak(self, analysis: Analysis, is_cancelled: Callable[[], bool] = lambda: False) -> Spoken:
        self.spoken += 1
        while self._gate is not None and not self._gate.wait(0.005):
            if is_cancelled():
                raise SpeechError("speaking was cancelled")
        phones, at = [], 0.0
        for index, word in enumerate(analysis.words):
            rate = next(clause.prosody.rate for clause in analysis.clauses if index < clause.words[1])
            end = at + (word.end - word.start) * LETTER_S / rate
            phones.append(Phone("a", at, end, index))
            at = end
        times = np.arange(round(at * RATE)) / RATE
        return Spoken((0.1 * np.sin(2 * np.pi * 440 * times)).astype(np.float32), RATE, tuple(phones), self.name)

    def close(self) -> None:
        self.is_closed = True

    def speak_clauses(self, analysis: Analysis, is_cancelled: Callable[[], bool] = lambda: False) -> Iterator[Spoken]:
        yield self.speak(analysis, is_cancelled)
