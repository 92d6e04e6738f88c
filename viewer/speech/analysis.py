"""What is to be said and how, as values: the meeting point of text analysis, voices, lips and the window.

    markup -> plain text with breaks, emphasis, prosody, marks
           -> spans of one language, words, clauses
           -> lanes: emotions, excitement, stress; each value with its evidence
    Analysis -> a voice (`spoken.Voice`) -> `spoken.Spoken` -> lips and expressions over time

All positions are characters of `Analysis.text`, which is free of markup. All lane values are 0..1.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

# Ekman's six (1992), as the presets have them.
EMOTIONS = ("joy", "sadness", "anger", "fear", "surprise", "disgust")
LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Evidence:
    """Why a lane has a value: the characters that say so, and what they say."""

    start: int
    end: int
    why: str  # for people: "exclamation mark", "booster: very", "lexicon: 了不起"


@dataclass(frozen=True)
class Mark:
    """A lane's value over some characters."""

    start: int
    end: int
    value: float
    evidence: tuple[Evidence, ...] = ()


Lane = tuple[Mark, ...]  # in order, not overlapping; 0 between marks


@dataclass(frozen=True)
class LanguageSpan:
    """Characters of one language."""

    start: int
    end: int
    language: str  # one of LANGUAGES


@dataclass(frozen=True)
class Word:
    """A word: in Chinese what the tokeniser takes for one."""

    start: int
    end: int
    language: str
    reading: str = ""  # pinyin with tone numbers for Chinese; "" where a voice decides


@dataclass(frozen=True)
class Prosody:
    """How a clause is to be spoken, as factors: 1 is the voice's own."""

    rate: float = 1.0  # 0.5..2
    pitch: float = 1.0  # 0.5..2
    energy: float = 1.0  # 0..2


@dataclass(frozen=True)
class Clause:
    """What is spoken in one breath: up to a punctuation mark, a break or a change of prosody.

    `words` are indices into `Analysis.words`: first, and one past the last. `ending` is its punctuation, "" if none.
    """

    start: int
    end: int
    words: tuple[int, int]
    sentence: int  # number of its sentence
    ending: str = ""
    pause_s: float = 0.0  # of silence after it
    prosody: Prosody = Prosody()


@dataclass(frozen=True)
class NamedMark:
    """A place that the author has named: `<mark name="here"/>`."""

    name: str
    at: int


@dataclass(frozen=True)
class Analysis:
    """A whole text. `notes` tell what was left out or assumed, a sentence each."""

    text: str
    languages: tuple[LanguageSpan, ...] = ()
    words: tuple[Word, ...] = ()
    clauses: tuple[Clause, ...] = ()
    emotions: Mapping[str, Lane] = field(default_factory=dict)  # names of EMOTIONS
    excitement: Lane = ()
    stress: Lane = ()  # one mark a word that stands out; 1 is the accent of its sentence
    marks: tuple[NamedMark, ...] = ()
    notes: tuple[str, ...] = ()

    def sentences(self) -> int:
        """How many there are."""
        return 1 + max((clause.sentence for clause in self.clauses), default=-1)


def value_at(lane: Lane, position: int) -> float:
    """A lane's value at a character."""
    place = bisect_right(lane, position, key=lambda mark: mark.start) - 1
    return lane[place].value if place >= 0 and position < lane[place].end else 0.0
