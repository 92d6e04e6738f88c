"""What can be read aloud: text brought into order, spans of one language, and what has to be left out.

Languages go by script: Han is Mandarin, Latin is English; digits and signs belong to what is before them. Emoji are not
spoken; their names in Unicode tell a feeling.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass

from viewer.speech.analysis import LanguageSpan

_HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))
# Words in the Unicode names of emoji, and the feeling that they tell.
_FEELINGS = {
    "joy": ("GRIN", "SMIL", "JOY", "LAUGH", "HEART", "PARTY", "KISS", "HUGGING"),
    "sadness": ("CRY", "SAD", "PENSIVE", "DISAPPOINTED"),
    "anger": ("ANGRY", "POUTING", "RAGE", "STEAM"), "fear": ("FEAR", "SCREAM", "ANXIOUS", "WORRIED"),
    "surprise": ("ASTONISHED", "OPEN MOUTH", "EXPLODING"), "disgust": ("NAUSEATED", "VOMITING"),
}  # fmt: skip


@dataclass(frozen=True)
class Readable:
    """Text of the same length as what was given, where what cannot be read has become spaces."""

    text: str
    languages: tuple[LanguageSpan, ...]
    feelings: tuple[tuple[int, str], ...]  # position of an emoji, the emotion it tells
    notes: tuple[str, ...]


def readable(text: str) -> Readable:
    """Bring a text into order."""
    kept, left_out, feelings = [], Counter[str](), []
    for position, character in enumerate(text):
        if _can_be_read(character):
            kept.append(character)
            continue
        kept.append("\n" if character == "\n" else " ")
        if (feeling := _feeling(character)) is not None:
            feelings.append((position, feeling))
        elif not character.isspace() and unicodedata.category(character)[0] == "L":
            left_out[character] += 1
    ordered = "".join(kept)
    return Readable(ordered, _spans(ordered), tuple(feelings), _notes(left_out))


def is_han(character: str) -> bool:
    """Whether it is a Chinese character."""
    code = ord(character)
    return any(first <= code <= last for first, last in _HAN)


def _can_be_read(character: str) -> bool:
    if is_han(character) or character in " \n":
        return True
    category = unicodedata.category(character)
    if category[0] == "L":
        return unicodedata.name(character, "").startswith(("LATIN", "FULLWIDTH LATIN"))
    return category[0] in "NPM" or category in ("Sc", "Sm")


def _feeling(character: str) -> str | None:
    if unicodedata.category(character) != "So":
        return None
    name = unicodedata.name(character, "")
    return next((feeling for feeling, words in _FEELINGS.items() if any(word in name for word in words)), None)


def _spans(text: str) -> tuple[LanguageSpan, ...]:
    """Runs of one language; what has none goes with what is before it, at the beginning with what follows."""
    spans: list[LanguageSpan] = []
    for position, character in enumerate(text):
        language = "zh" if is_han(character) else "en" if character.isalpha() else None
        if language is None or (spans and spans[-1].language == language):
            continue
        if spans:
            spans[-1] = LanguageSpan(spans[-1].start, position, spans[-1].language)
        spans.append(LanguageSpan(position if spans else 0, position, language))
    if not spans:
        return (LanguageSpan(0, len(text), "en"),) if text.strip() else ()
    return (*spans[:-1], LanguageSpan(spans[-1].start, len(text), spans[-1].language))


def _notes(left_out: Counter[str]) -> tuple[str, ...]:
    if not left_out:
        return ()
    told = "".join(list(left_out)[:8])
    count = left_out.total()
    were = "letter was" if count == 1 else "letters were"
    return (f"{count} {were} left out, in scripts that no voice here reads: {told}",)
