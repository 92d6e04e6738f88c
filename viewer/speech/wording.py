"""Words: English ones by their letters, Chinese ones by jieba; which of them carry a sentence's weight.

Dictionaries take a second to read: `warming.warm_up` does that beforehand.
"""

from __future__ import annotations

import re
import tempfile
import threading
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import platformdirs

from viewer.speech.analysis import LanguageSpan, Word
from viewer.speech.hibari_words import english
from viewer.speech.spoken import SpeechError

_ENGLISH = re.compile(r"\d+(?:[.,:]\d+)*(?:st|nd|rd|th|s)?%?|[^\W\d_]+(?:['’-][^\W\d_]+)*|[$€£¥]\d+(?:[.,]\d+)*")
_CHINESE_FIRST_LETTERS = frozenset("nvaizlbjs")  # jieba's tags of nouns, verbs, adjectives, idioms, places
# Without hibari's tagger: words that mostly glue others together are short. Penn tags of content words with it.
_SHORT = 3
_CONTENT_TAGS = ("NN", "VB", "JJ", "RB", "CD", "UH")
_lock = threading.Lock()


def words_of(text: str, languages: Sequence[LanguageSpan]) -> tuple[Word, ...]:
    """The words of a text in order."""
    words: list[Word] = []
    for span in languages:
        part = text[span.start : span.end]
        if span.language == "zh":
            words += _chinese(part, span.start)
        else:
            words += (Word(span.start + m.start(), span.start + m.end(), "en") for m in _ENGLISH.finditer(part))
    return tuple(words)


def parts_of(word: str) -> tuple[str, ...]:
    """A Chinese word and the words within it, longest first: 非常高兴 has 非常 and 高兴 in it."""
    inside = _jieba().cut_for_search(word, HMM=False) if len(word) > 2 else ()
    return (word, *(part for part in inside if part != word))


def content_words(text: str, words: Sequence[Word]) -> frozenset[int]:
    """Indices of the words that carry meaning, those that an accent may fall on."""
    tags = _english_tags(text, words)
    return frozenset(index for index in range(len(words)) if _is_content(text, words, index, tags))


def _is_content(text: str, words: Sequence[Word], index: int, tags: dict[int, str]) -> bool:
    word = words[index]
    surface = text[word.start : word.end]
    if word.language == "zh":
        return _chinese_tag(surface)[:1] in _CHINESE_FIRST_LETTERS
    if index in tags:  # auxiliaries are verbs to it, and short
        is_verb = tags[index].startswith("VB")
        return tags[index].startswith(_CONTENT_TAGS) and not (is_verb and len(surface) <= _SHORT)
    return len(surface) > _SHORT


def _chinese(part: str, start: int) -> Iterator[Word]:
    for token, first, last in _jieba().tokenize(part, HMM=False):
        if any(c.isalnum() for c in token):
            yield Word(start + first, start + last, "zh" if not token.isascii() else "en", _reading(token))


def _reading(token: str) -> str:
    """Pinyin with tone numbers, 5 for none."""
    try:
        from pypinyin import Style, lazy_pinyin
    except ImportError:
        return ""
    return " ".join(lazy_pinyin(token, style=Style.TONE3, neutral_tone_with_five=True))


def _chinese_tag(word: str) -> str:
    from jieba import posseg

    _jieba()
    return next((pair.flag for pair in posseg.cut(word, HMM=False)), "")


def _english_tags(text: str, words: Sequence[Word]) -> dict[int, str]:
    """Penn tags of the English words, nothing where hibari is not installed."""
    indices = [index for index, word in enumerate(words) if word.language == "en"]
    known = english() if indices else None
    if known is None:
        return {}
    tagged = known.tagger([text[words[index].start : words[index].end] for index in indices])
    return dict(zip(indices, tagged, strict=True)) if len(tagged) == len(indices) else {}


@cache
def _jieba_once() -> Any:
    try:
        import jieba
    except ImportError:
        raise SpeechError("Chinese needs jieba: pip install 'mien[speech]'") from None
    jieba.setLogLevel(60)
    # Its own choice is a file that anybody may write, in the folder for temporary ones.
    jieba.dt.tmp_dir = _own_folder()
    jieba.initialize()
    return jieba


def _own_folder() -> str:
    folder = platformdirs.user_cache_path("mien") / "jieba"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return tempfile.mkdtemp(prefix="mien-jieba-")
    return str(folder)


def _jieba() -> Any:
    with _lock:
        return _jieba_once()
