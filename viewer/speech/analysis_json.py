"""An analysis, and what a voice made of it, as JSON for other tools: `mien speak TEXT --analysis`.

Positions are characters of `text`, times seconds of the sound.
"""

from __future__ import annotations

from typing import Any

from viewer.speech.analysis import Analysis, Lane
from viewer.speech.spoken import Spoken

SCHEMA = 1


def to_dict(analysis: Analysis, spoken: Spoken | None = None) -> dict[str, Any]:
    """Everything that is known of a text, in plain values."""
    times = spoken.word_times() if spoken is not None else {}
    text = analysis.text
    return {
        "mien": "speech analysis", "schema": SCHEMA, "text": text,
        "spans": [_span(text, span.start, span.end) | {"language": span.language} for span in analysis.languages],
        "sentences": analysis.sentences(),
        "clauses": [
            _span(text, clause.start, clause.end) | {
                "sentence": clause.sentence, "words": list(clause.words), "ending": clause.ending,
                "pause_s": round(clause.pause_s, 3), "rate": round(clause.prosody.rate, 3),
                "pitch": round(clause.prosody.pitch, 3), "energy": round(clause.prosody.energy, 3),
            } for clause in analysis.clauses
        ],
        "words": [
            _span(text, word.start, word.end) | {"language": word.language}
            | ({"reading": word.reading} if word.reading else {}) | _times(times.get(index))
            for index, word in enumerate(analysis.words)
        ],
        "emotions": {name: _lane(text, lane) for name, lane in analysis.emotions.items()},
        "excitement": _lane(text, analysis.excitement),
        "stress": _lane(text, analysis.stress),
        "marks": [{"name": mark.name, "at": mark.at} for mark in analysis.marks],
        "notes": list(analysis.notes),
    } | ({} if spoken is None else _sound(spoken))  # fmt: skip


def _sound(spoken: Spoken) -> dict[str, Any]:
    return {
        "voice": spoken.voice,
        "duration_s": round(spoken.duration_s, 4),
        "phonemes": [
            {"ipa": phone.ipa, **_times((phone.start_s, phone.end_s)), "word": phone.word, "stress": phone.stress}
            for phone in spoken.phones
        ],
    }


def _span(text: str, start: int, end: int) -> dict[str, Any]:
    return {"start": start, "end": end, "text": text[start:end]}


def _times(times: tuple[float, float] | None) -> dict[str, float]:
    return {} if times is None else {"start_s": round(times[0], 4), "end_s": round(times[1], 4)}


def _lane(text: str, lane: Lane) -> list[dict[str, Any]]:
    return [
        _span(text, mark.start, mark.end) | {
            "value": round(mark.value, 4),
            "evidence": [_span(text, why.start, why.end) | {"why": why.why} for why in mark.evidence],
        } for mark in lane
    ]  # fmt: skip
