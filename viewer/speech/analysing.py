"""A text taken apart: what is said in which language, with what feeling, how excited, and which words stand out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from viewer.speech.analysis import EMOTIONS, Analysis, Clause, Evidence, Lane, Mark, Prosody, value_at
from viewer.speech.clauses import clauses_of
from viewer.speech.lanes import emotion_lanes, excitement_lane, laid_over, stress_lane
from viewer.speech.markup import read_markup
from viewer.speech.scripts import readable
from viewer.speech.spoken import SpeechError
from viewer.speech.wording import content_words, words_of

LONGEST = 20_000  # characters: half an hour of speech
# What full excitement does to a voice: faster, higher, louder. Murray and Arnott (1993) report joy and anger a third
# faster and higher, sadness slower and lower.
_FASTER, _HIGHER, _LOUDER = 0.12, 0.14, 0.15
_SAD_RATE, _SAD_PITCH = 0.12, 0.08


def analyse(text: str, emotions: Mapping[str, float] | None = None) -> Analysis:
    """Take a text apart. `emotions` are felt over all of it, 0..1, whatever its words say.

    Raises:
        SpeechError: there is nothing to say, too much of it, or its markup is broken.
    """
    if len(text) > LONGEST:
        raise SpeechError(f"the text has {len(text):,} characters; {LONGEST:,} at most are spoken at once")
    marked = read_markup(text)
    plain = readable(marked.text)
    words = words_of(plain.text, plain.languages)
    if not words:
        why = f": {plain.notes[0]}" if plain.notes else ""
        raise SpeechError(f"there is nothing to say{why}")
    clauses = clauses_of(marked, plain.text, words)
    felt = emotion_lanes(plain.text, words, clauses, marked.emotions, plain.feelings)
    felt = _as_told(felt, emotions or {}, len(plain.text))
    excitement = excitement_lane(plain.text, words, clauses, felt)
    stress = stress_lane(plain.text, words, clauses, content_words(plain.text, words), marked.emphasis)
    clauses = tuple(_spoken_so(clause, excitement, felt) for clause in clauses)
    return Analysis(plain.text, plain.languages, words, clauses, felt, excitement, stress, marked.marks, plain.notes)


def with_emotions(analysis: Analysis, emotions: Mapping[str, float]) -> Analysis:
    """The same analysis, felt otherwise over all of it.

    Raises:
        SpeechError: there is no such emotion.
    """
    return replace(analysis, emotions=_as_told(analysis.emotions, emotions, len(analysis.text)))


def _as_told(lanes: Mapping[str, Lane], told: Mapping[str, float], length: int) -> dict[str, Lane]:
    result = dict(lanes)
    for name, value in told.items():
        if name not in EMOTIONS:
            raise SpeechError(f"there is no emotion {name!r}: there are {', '.join(EMOTIONS)}")
        if not 0.0 <= value <= 1.0:
            raise SpeechError(f"{name} is {value:g}: 0 to 1")
        lane = laid_over(result.get(name, ()), Mark(0, length, value, (Evidence(0, length, "told"),)))
        result[name] = lane
    return {name: lane for name, lane in result.items() if lane}


def _spoken_so(clause: Clause, excitement: Lane, emotions: Mapping[str, Lane]) -> Clause:
    """A clause's prosody, moved by excitement and sadness."""
    at = clause.start
    lively, sad = value_at(excitement, at), value_at(emotions.get("sadness", ()), at)
    given = clause.prosody
    prosody = Prosody(
        given.rate * (1 + _FASTER * lively - _SAD_RATE * sad),
        given.pitch * (1 + _HIGHER * lively - _SAD_PITCH * sad),
        given.energy * (1 + _LOUDER * lively),
    )
    return replace(clause, prosody=prosody)
