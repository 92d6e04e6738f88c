"""What is to be said and how, as one value, and what comes of it: text, voice, feelings, what was decided by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from viewer.speech.analysing import LONGEST, analyse
from viewer.speech.analysis import Analysis, Clause
from viewer.speech.overriding import Override
from viewer.speech.speech_performance import SpeechPerformance, speech_performance
from viewer.speech.spoken import SpeechError, Spoken, Voice
from viewer.speech.voices import AUTO
from viewer.speech.warming import KeptVoices

SLOWEST, FASTEST = 0.5, 2.0
_TITLE = 32  # characters of a title


@dataclass(frozen=True)
class SpeechOrder:
    """A text, plain or with markup, and how it is to be spoken."""

    text: str
    voice: str = AUTO
    rate: float = 1.0  # `SLOWEST`..`FASTEST`, times what the text says
    emotions: tuple[tuple[str, float], ...] = ()  # felt over all of it: name, 0..1
    overrides: tuple[Override, ...] = ()
    seed: int = 1  # of blinks and glances

    def analysis(self) -> Analysis:
        """The text taken apart.

        Raises:
            SpeechError: there is nothing to say, too much of it, or its markup is broken.
        """
        analysis = analyse(self.text, dict(self.emotions), self.overrides)
        return replace(analysis, clauses=tuple(_faster(clause, self.rate) for clause in analysis.clauses))

    @property
    def is_too_long(self) -> bool:
        """Whether nobody need try."""
        return len(self.text) > LONGEST


def _faster(clause: Clause, rate: float) -> Clause:
    prosody = replace(clause.prosody, rate=min(max(clause.prosody.rate * rate, SLOWEST), FASTEST))
    return replace(clause, prosody=prosody, pause_s=clause.pause_s / rate)


class Voices(Protocol):
    """Voices that stay open between texts: see `warming.KeptVoices`."""

    def of(self, name: str, analysis: Analysis | None) -> Voice:
        """The voice of that name, or the one that suits a text."""

    def warm_up(self) -> None:
        """Read what a first text would wait for."""

    def close(self) -> None:
        """Close them. May be called twice."""


class Speaker:
    """Carries orders out: voices stay open, and what sounds the same is not spoken again. One thread; owners close."""

    def __init__(self, voices: Voices | None = None) -> None:
        self._voices = voices or KeptVoices()
        self._last: tuple[object, Spoken] | None = None

    def warm_up(self) -> None:
        """Do beforehand what the first text would wait for."""
        self._voices.warm_up()

    def perform(self, order: SpeechOrder, is_cancelled: Callable[[], bool] = lambda: False) -> SpeechPerformance:
        """The face that says it.

        Raises:
            SpeechError: it cannot be said, or was cancelled.
        """
        analysis = order.analysis()
        sounds = (order.voice, analysis.text, analysis.words, analysis.clauses)
        if self._last is None or self._last[0] != sounds:
            spoken = self._voices.of(order.voice, analysis).speak(analysis, is_cancelled)
            self._last = (sounds, spoken)
        if is_cancelled():
            raise SpeechError("speaking was cancelled")
        return speech_performance(analysis, self._last[1], title=title_of(analysis), seed=order.seed)

    def close(self) -> None:
        """Close the voices. May be called twice."""
        self._voices.close()


def title_of(analysis: Analysis) -> str:
    """What a speech is called in menus."""
    text = " ".join(analysis.text.split())
    return f"Speech: {text if len(text) <= _TITLE else f'{text[:_TITLE]}…'}"
