"""Sentences and clauses: where a voice pauses and begins anew, by punctuation, breaks and changes of prosody."""

from __future__ import annotations

import re
from collections.abc import Sequence

from viewer.speech.analysis import Clause, Prosody, Word
from viewer.speech.markup import MarkedText

# Silence after a clause, seconds: chosen by ear between eSpeak's and what newsreaders do.
_PAUSES_S = {
    ",": 0.16, "、": 0.12, ";": 0.28, ":": 0.24, "-": 0.22, ".": 0.45, "!": 0.45, "?": 0.5, "…": 0.6, "\n": 0.7,
}  # fmt: skip
_PLAIN = str.maketrans("，；：。！？—–．", ",;:.!?--.")
_SENTENCE_ENDS = frozenset(".!?…\n")
# A comma within a number, a point within one or after a title or an initial, a hyphen within a word are no ends.
_END = re.compile(
    r"[.!?。！？…．]+[\"'”’)\]»]*|\n\s*\n|\n|(?<!\d)[,](?=\s|[^\x00-\x7f]|$)|(?<=\d),(?!\d)|[，、；：]|[;:](?=\s|$)|\s[-–—]+\s|—+"
)
_TITLES = frozenset(["mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "etc", "eg", "ie", "no", "vol", "fig"])
LONGEST = 300  # characters of a clause without any punctuation; voices lose their breath beyond


def clauses_of(marked: MarkedText, text: str, words: Sequence[Word]) -> tuple[Clause, ...]:
    """The clauses of a text, each with at least one word. `text` is what can be read, as long as `marked.text`."""
    made: list[Clause] = []
    start = sentence = first = 0
    for end, ending in _ends(marked, text, words):
        last = next((i for i in range(first, len(words)) if words[i].start >= end), len(words))
        if last > first:
            made.append(Clause(start, end, (first, last), sentence, ending, _pause_s(marked, start, end, ending),
                               _prosody(marked, words[first].start)))  # fmt: skip
        elif made and (longer := _pause_s(marked, start, end, ending)) > 0:  # only a break, or more punctuation
            former = made[-1]
            made[-1] = Clause(former.start, end, former.words, former.sentence, former.ending or ending,
                              max(former.pause_s, longer), former.prosody)  # fmt: skip
        sentence += ending in _SENTENCE_ENDS and last > 0 and bool(made) and made[-1].sentence == sentence
        start, first = end, last
    return tuple(made)


def _ends(marked: MarkedText, text: str, words: Sequence[Word]) -> list[tuple[int, str]]:
    """(where a clause ends, its punctuation), in order, the last one at the end of the text."""
    found: dict[int, str] = {len(text): ""}
    for stretch in marked.prosody:
        found |= dict.fromkeys((stretch.start, stretch.end), "")
    found |= {position: "" for position, _ in marked.breaks}
    for match in _END.finditer(text):
        sign = match[0].strip().translate(_PLAIN)[:1] if match[0].strip() else "\n"
        if sign != "." or not _is_within(text, match):
            found[match.end()] = "!" if "!" in match[0] or "！" in match[0] else sign
    found.pop(0, None)
    ends = sorted(found)
    return [(end, found.get(end, "")) for end in _breathing(ends, words)]


def _is_within(text: str, match: re.Match[str]) -> bool:
    """Whether a point belongs to a number, a title or an initial."""
    if match[0][0] != ".":
        return False
    following = text[match.end() : match.end() + 1]
    if following and not following.isspace() and following.isascii():
        return True
    word = re.search(r"[^\W\d_]+$", text[: match.start()])
    return word is not None and (word[0].lower() in _TITLES or len(word[0]) == 1)


def _breathing(ends: Sequence[int], words: Sequence[Word]) -> list[int]:
    """The same ends, and one more between words wherever a clause would be too long."""
    result: list[int] = []
    start = 0
    for end in ends:
        while end - start > LONGEST:
            inside = [word.end for word in words if start < word.end <= start + LONGEST]
            start = inside[-1] if inside else start + LONGEST
            if start < end:
                result.append(start)
        result.append(end)
        start = end
    return result


def _pause_s(marked: MarkedText, start: int, end: int, ending: str) -> float:
    asked = [seconds for position, seconds in marked.breaks if start < position <= end]
    return sum(asked) if asked else _PAUSES_S.get(ending, 0.0)


def _prosody(marked: MarkedText, position: int) -> Prosody:
    """All prosody around a position, multiplied and kept within what voices do."""
    rate = pitch = energy = 1.0
    for stretch in marked.prosody:
        if stretch.start <= position < stretch.end:
            rate, pitch, energy = (rate * stretch.prosody.rate, pitch * stretch.prosody.pitch,
                                   energy * stretch.prosody.energy)  # fmt: skip
    return Prosody(min(max(rate, 0.5), 2.0), min(max(pitch, 0.5), 2.0), min(max(energy, 0.0), 2.0))
