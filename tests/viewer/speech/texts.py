"""Texts taken apart in the simplest way, for tests of what comes after the analysis."""

from __future__ import annotations

import re

from viewer.speech.analysis import Analysis, Clause, Prosody, Word


def plain(text: str, prosody: Prosody = Prosody(), pause_s: float = 0.3) -> Analysis:  # noqa: B008 - frozen
    """One clause a sentence; a run of letters, or of Chinese characters, is a word."""
    words, clauses = [], []
    for number, sentence in enumerate(re.finditer(r"[^.!?。！？]+[.!?。！？]*", text)):
        first = len(words)
        for word in re.finditer(r"[A-Za-z'0-9]+|[一-鿿]+", sentence[0]):
            start, end = sentence.start() + word.start(), sentence.start() + word.end()
            words.append(Word(start, end, "zh" if word[0][0] > "z" else "en"))
        clauses.append(
            Clause(sentence.start(), sentence.end(), (first, len(words)), number, sentence[0][-1], pause_s, prosody)
        )
    return Analysis(text, words=tuple(words), clauses=tuple(clauses))


def one_line(error: Exception) -> None:
    """What a user is told has no second line."""
    assert str(error)
    assert "\n" not in str(error)
