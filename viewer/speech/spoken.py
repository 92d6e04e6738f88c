"""What a voice gives: sound, and when which phoneme sounds in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gpu_core.errors import MienError
from viewer.speech.analysis import Analysis

Samples = NDArray[np.float32]  # (n,) mono, -1..1


class SpeechError(MienError):
    """A text, a voice or a sound that cannot be used; the text is for users."""


@dataclass(frozen=True)
class Phone:
    """One phoneme in time. `ipa` is without stress and length marks, affricates in one piece ("tʃ"); "" is silence."""

    ipa: str
    start_s: float
    end_s: float
    word: int = -1  # index into `Analysis.words`; -1: none, or not known
    stress: int = 0  # 2 primary, 1 secondary, 0 none: lexical
    tone: int = 0  # Mandarin's 1..5; 0: none
    is_long: bool = False


@dataclass(frozen=True)
class Spoken:
    """Samples at `rate` Hz and the phonemes in them, in order and without gaps larger than a sample between phones."""

    samples: Samples = field(repr=False)
    rate: int
    phones: tuple[Phone, ...]
    voice: str  # whose, for people

    @property
    def duration_s(self) -> float:
        """How long it sounds."""
        return len(self.samples) / self.rate

    def word_times(self) -> dict[int, tuple[float, float]]:
        """When each word starts and ends, by its index in the analysis."""
        times: dict[int, tuple[float, float]] = {}
        for phone in self.phones:
            if phone.word >= 0:
                start = times.get(phone.word, (phone.start_s, 0.0))[0]
                times[phone.word] = (start, phone.end_s)
        return times


class Voice(Protocol):
    """Somebody who can speak. Opened by `voices.open_voice`; owners close."""

    @property
    def name(self) -> str:
        """For people and for `--voice`."""

    @property
    def languages(self) -> tuple[str, ...]:
        """What it can speak, of `analysis.LANGUAGES`."""

    def speak(self, analysis: Analysis, is_cancelled: Callable[[], bool] = lambda: False) -> Spoken:
        """Speak a whole text: every clause with its prosody, the pauses between them as silence.

        Raises:
            SpeechError: it cannot, or was cancelled; one line.
        """

    def speak_clauses(self, analysis: Analysis, is_cancelled: Callable[[], bool] = lambda: False) -> Iterator[Spoken]:
        """The same piece by piece, so that a long text is heard at once; see `joining.pieces`.

        Raises:
            SpeechError: as `speak`, with the piece that it cannot speak.
        """

    def close(self) -> None:
        """Let go of what it holds. May be called twice."""
